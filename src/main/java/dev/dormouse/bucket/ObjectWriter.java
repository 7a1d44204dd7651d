package dev.dormouse.bucket;

import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Writes an object while its bytes are being made: what fits in a part goes in one request, more as an upload of parts. There is no
 * object before {@link #finish}; closed earlier, what was sent is forgotten. For one thread; give it large arrays.
 */
public final class ObjectWriter extends OutputStream {

    private static final Logger LOG = Logger.getLogger(ObjectWriter.class);

    private final Bucket bucket;
    private final String key;
    private final Transfers transfers;
    private final int capacity;
    private final Deque<Transfer<?>> sending = new ArrayDeque<>();
    private Bucket.@Nullable Upload upload;
    private @Nullable Part part;
    private int sent;
    private boolean finished;
    private boolean failed;

    /**
     * @param expected bytes that it may be at most; a small object then takes no more memory than that
     */
    public ObjectWriter(Bucket bucket, String key, long expected, Transfers transfers) {
        this.bucket = bucket;
        this.key = key;
        this.transfers = transfers;
        this.capacity = Math.clamp(expected, 1, Part.SIZE);
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        if (failed) {
            // what wraps this stream writes once more when it is closed
            throw new BucketException("the upload has failed before", null);
        }
        int from = offset;
        while (from < offset + length) {
            Part filling = part();
            if (filling.isFull() && filling.capacity() < Part.SIZE) {
                filling.grow();
            } else if (filling.isFull()) {
                // now it is known not to be the last
                send(filling, false);
            } else {
                from += filling.append(bytes, from, offset + length - from);
            }
        }
    }

    /** Blocks until the object is stored. */
    public void finish() throws IOException {
        if (upload == null) {
            bucket.put(key, part());
        } else {
            send(part(), true);
            awaitAllBut(0);
            upload.complete();
        }
        finished = true;
        close();
    }

    private Part part() throws IOException {
        Part filling = part;
        if (filling == null) {
            filling = transfers.take(sent == 0 ? capacity : Part.SIZE);
            part = filling;
        }
        return filling;
    }

    private void send(Part full, boolean last) throws IOException {
        failed = true;
        Bucket.Upload target = upload == null ? bucket.begin(key) : upload;
        upload = target;
        awaitAllBut(target.partsAtOnce() - 1);
        failed = false;
        int number = ++sent;
        part = null;
        sending.add(new Transfer<>(() -> {
            try {
                target.send(number, full, last);
                return null;
            } finally {
                // not later: who waits for room may be this very writer
                transfers.give(full);
            }
        }));
    }

    private void awaitAllBut(int count) throws IOException {
        while (sending.size() > count) {
            sending.getFirst().await();
            sending.remove();
        }
    }

    /** Idempotent. */
    @Override
    public void close() {
        transfers.give(part);
        part = null;
        sending.forEach(Transfer::interrupt);
        sending.forEach(Transfer::awaitEnd);
        sending.clear();
        if (upload != null && !finished) {
            abort(upload);
        }
        upload = null;
    }

    private void abort(Bucket.Upload unfinished) {
        // what interrupted the upload must not interrupt this
        boolean interrupted = Thread.interrupted();
        try {
            unfinished.abort();
        } catch (IOException e) {
            LOG.warnf(
                    "the unfinished upload of %s can't be aborted; the sweep of orphans will: %s", key, e.getMessage());
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
