package dev.dormouse.bucket;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** Reads an object from its start, the next parts in parallel ahead of the reader. For one thread. */
public final class ObjectReader extends InputStream {

    /** Several connections are faster than one; more than these hardly are. */
    private static final int AHEAD = 4;

    private record Coming(Part part, Transfer<Long> size) {}

    private final Bucket bucket;
    private final String key;
    private final Transfers transfers;
    private final int capacity;
    private final Deque<Coming> coming = new ArrayDeque<>();
    private @Nullable Part part;
    private int position;
    private long asked;
    /** Unknown until the first answer. */
    private long size = Long.MAX_VALUE;

    /**
     * @param expected bytes that it has at most, as far as is known
     */
    public ObjectReader(Bucket bucket, String key, long expected, Transfers transfers) {
        this.bucket = bucket;
        this.key = key;
        this.transfers = transfers;
        this.capacity = Math.clamp(expected, 1, Part.SIZE);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        while (length > 0) {
            Part current = part;
            if (current == null) {
                current = next();
                if (current == null) {
                    return -1;
                }
            }
            int count = Math.min(length, current.length() - position);
            if (count > 0) {
                System.arraycopy(current.array(), position, target, offset, count);
                position += count;
                return count;
            }
            transfers.give(current);
            part = null;
        }
        return 0;
    }

    private @Nullable Part next() throws IOException {
        if (asked == 0) {
            request(transfers.take(capacity));
            size = coming.getFirst().size().await();
        }
        while (coming.size() < AHEAD && asked < size) {
            int rest = (int) Math.min(Part.SIZE, size - asked);
            // only who has none may wait for one
            Part free = coming.isEmpty() ? transfers.take(rest) : transfers.tryTake(rest);
            if (free == null) {
                break;
            }
            request(free);
        }
        Coming first = coming.peek();
        if (first == null) {
            return null;
        }
        first.size().await();
        coming.remove();
        part = first.part();
        position = 0;
        return part;
    }

    private void request(Part into) {
        long from = asked;
        asked += into.capacity();
        coming.add(new Coming(into, new Transfer<>(() -> bucket.read(key, from, into))));
    }

    /** Idempotent. */
    @Override
    public void close() {
        transfers.give(part);
        part = null;
        size = 0;
        coming.forEach(each -> each.size().interrupt());
        coming.forEach(each -> {
            each.size().awaitEnd();
            transfers.give(each.part());
        });
        coming.clear();
    }
}
