package dev.dormouse.ateom;

import dev.dormouse.log.LogLine;
import dev.dormouse.log.LogNote;
import dev.dormouse.log.LogSegment;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A segment on this node's disk, and how far others know of it. Guarded by the log that it is part of. */
final class SegmentFile {

    private final Path file;
    private final LogSegment segment;
    private final TreeMap<Long, Long> offsets = new TreeMap<>();
    private long size;
    private long first;
    private long last;
    private Instant lastAt = Instant.EPOCH;
    private boolean closed;
    private boolean dropped;
    private long stored;
    private long storedNanos;
    private @Nullable LogNote noted;

    private SegmentFile(Path file, LogSegment segment) {
        this.file = file;
        this.segment = segment;
    }

    static SegmentFile create(Path directory, LogSegment segment) throws IOException {
        SegmentFile created = new SegmentFile(directory.resolve(segment.id() + ".log"), segment);
        byte[] header = (segment.header() + "\n").getBytes(StandardCharsets.UTF_8);
        Files.write(created.file, header, StandardOpenOption.CREATE_NEW);
        created.size = header.length;
        created.storedNanos = System.nanoTime();
        return created;
    }

    /** One that an earlier process left; it may have died while it wrote. Throws IllegalArgumentException when it is none. */
    static SegmentFile recover(Path file) throws IOException {
        String text = Files.readString(file);
        String whole = text.substring(0, text.lastIndexOf('\n') + 1);
        byte[] bytes = whole.getBytes(StandardCharsets.UTF_8);
        List<LogLine> lines = LogSegment.lines(bytes);
        SegmentFile recovered = new SegmentFile(file, LogSegment.parse(whole.substring(0, whole.indexOf('\n'))));
        if (lines.isEmpty()) {
            throw new IllegalArgumentException("a segment without lines");
        }
        recovered.added(lines, whole.indexOf('\n') + 1L);
        recovered.size = bytes.length;
        recovered.closed = true;
        return recovered;
    }

    /** Adds lines; when that fails, none. */
    void append(List<LogLine> lines) throws IOException {
        StringBuilder rows = new StringBuilder();
        lines.forEach(line -> rows.append(line.encode()).append('\n'));
        ByteBuffer bytes = ByteBuffer.wrap(rows.toString().getBytes(StandardCharsets.UTF_8));
        long end = size;
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            while (bytes.hasRemaining()) {
                end += channel.write(bytes, end);
            }
        }
        added(lines, size);
        size = end;
    }

    private void added(List<LogLine> lines, long offset) {
        if (offsets.isEmpty()) {
            first = lines.getFirst().seq();
        }
        offsets.put(lines.getFirst().seq(), offset);
        last = lines.getLast().seq();
        lastAt = lines.getLast().at();
    }

    /** Lines behind one, from the next on; at most so many bytes of them, but one at least. Empty when there are none. */
    List<LogLine> after(long seq, int most) throws IOException {
        var begin = offsets.floorEntry(Math.max(first, seq + 1));
        if (dropped || last <= seq || begin == null) {
            return List.of();
        }
        List<LogLine> lines = new ArrayList<>();
        int bytes = 0;
        for (String row : text(begin.getValue()).split("\n")) {
            LogLine line = LogLine.parse(row);
            if (line.seq() > seq) {
                lines.add(line);
                bytes += row.length();
                if (bytes >= most) {
                    break;
                }
            }
        }
        return lines;
    }

    private String text(long from) throws IOException {
        return new String(bytes(from), StandardCharsets.UTF_8);
    }

    /** All of it so far. */
    byte[] text() throws IOException {
        return bytes(0);
    }

    private byte[] bytes(long from) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(size - from));
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            while (bytes.hasRemaining() && channel.read(bytes, from + bytes.position()) >= 0) {
                // until it is full
            }
        }
        return bytes.array();
    }

    LogSegment segment() {
        return segment;
    }

    long size() {
        return size;
    }

    long last() {
        return last;
    }

    /** No more lines come. */
    void close() {
        closed = true;
    }

    boolean isClosed() {
        return closed;
    }

    boolean isDropped() {
        return dropped;
    }

    /** Whether it should be put into the store: as soon as it is closed, before that from time to time. */
    boolean isDue(long now, long everyNanos) {
        return !dropped && stored < last && (closed || now - storedNanos >= everyNanos);
    }

    void stored(long upTo, long now) {
        stored = upTo;
        storedNanos = now;
    }

    /** Whether the store has something of it. */
    boolean isStored() {
        return stored > 0;
    }

    /** Removes it from the disk, whatever the store has of it. */
    void drop() throws IOException {
        Files.deleteIfExists(file);
        dropped = true;
        closed = true;
    }

    /** Whether all of it is in the store, or it is dropped, and the control plane knows that: then it is done with. */
    boolean isDone() {
        return noted != null && !noted.held();
    }

    /** What the control plane doesn't know yet; null when it knows all that matters. How far an open one has got doesn't. */
    @Nullable
    LogNote news() {
        boolean held = !dropped && !(closed && stored == last);
        LogNote known = noted;
        return last == 0 || known != null && known.held() == held && known.stored() == stored
                ? null
                : new LogNote(segment, first, last, lastAt, stored, size, held);
    }

    void noted(LogNote now) {
        noted = Objects.requireNonNull(now);
    }
}
