package dev.dormouse.ateom;

import dev.dormouse.log.LogLine;
import dev.dormouse.log.LogNote;
import dev.dormouse.log.LogSegment;
import dev.dormouse.name.ActorKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * What this node has of the lines of one activation: written while it runs, given to readers, removed once the store has it. Safe for
 * many threads.
 */
final class KeptLog {

    private static final Logger LOG = Logger.getLogger(KeptLog.class);
    private static final int PAGE_BYTES = 256 * 1024;
    private static final int BYTES_BESIDE_TEXT = 64;

    /** Whose lines: activations of one actor are numbered, over all nodes. */
    record Key(ActorKey actor, long generation) {}

    private final Path directory;
    private final Key key;
    private final UUID actorUid;
    private final String location;
    private final long segmentBytes;
    /** Oldest first. */
    private final List<SegmentFile> segments = new ArrayList<>();

    private boolean over;
    private boolean forgotten;

    /**
     * @param location where its segments go
     * @param segmentBytes how large a segment grows
     */
    KeptLog(Path directory, Key key, UUID actorUid, String location, long segmentBytes) {
        this.directory = directory;
        this.key = key;
        this.actorUid = actorUid;
        this.location = location;
        this.segmentBytes = segmentBytes;
    }

    /** Of an activation that ended with an earlier process. */
    static KeptLog recovered(Path directory, List<SegmentFile> segments) {
        LogSegment any = segments.getFirst().segment();
        KeptLog log = new KeptLog(directory, new Key(any.actor(), any.generation()), any.actorUid(), any.location(), 0);
        segments.stream()
                .sorted(Comparator.comparingInt(each -> each.segment().part()))
                .forEach(log.segments::add);
        log.over = true;
        return log;
    }

    Key key() {
        return key;
    }

    /** Where its segments go. */
    String location() {
        return location;
    }

    boolean isOf(UUID uid) {
        return actorUid.equals(uid);
    }

    /** Adds lines, as far as the disk lets; says whether a segment was begun for them. */
    synchronized boolean append(List<LogLine> lines) {
        boolean began = false;
        int from = 0;
        while (from < lines.size() && !forgotten) {
            try {
                SegmentFile open = open();
                began |= open.last() == 0;
                int to = fitting(lines, from, segmentBytes - open.size());
                open.append(lines.subList(from, to));
                from = to;
                if (from < lines.size()) {
                    open.close();
                }
            } catch (IOException e) {
                LOG.warnf("lines of %s are lost: %s", key.actor(), e.toString());
                break;
            }
        }
        notifyAll();
        return began;
    }

    private SegmentFile open() throws IOException {
        SegmentFile newest = segments.isEmpty() ? null : segments.getLast();
        if (newest != null && !newest.isClosed() && newest.size() < segmentBytes) {
            return newest;
        }
        if (newest != null) {
            newest.close();
        }
        int part = newest == null ? 0 : newest.segment().part() + 1;
        SegmentFile next = SegmentFile.create(
                directory, new LogSegment(UUID.randomUUID(), key.actor(), actorUid, key.generation(), part, location));
        segments.add(next);
        return next;
    }

    /** How far lines fit into so many bytes; one does at least. */
    private static int fitting(List<LogLine> lines, int from, long bytes) {
        int to = from;
        long left = bytes;
        do {
            left -= lines.get(to).text().getBytes(StandardCharsets.UTF_8).length + BYTES_BESIDE_TEXT;
            to++;
        } while (to < lines.size() && left > 0);
        return to;
    }

    /** No more lines come. */
    synchronized void end() {
        over = true;
        segments.forEach(SegmentFile::close);
        notifyAll();
    }

    /**
     * Some lines, and whether they are the last.
     *
     * @param missing nothing is left of the log here
     */
    record Page(List<LogLine> lines, boolean over, boolean missing) {}

    /** Lines behind one; waits for the next when there are none yet. */
    synchronized Page read(long after, long waitMillis) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(waitMillis);
        long left = waitMillis;
        while (last() <= after && !over && left > 0) {
            wait(left);
            left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        }
        for (SegmentFile segment : segments) {
            List<LogLine> lines = segment.after(after, PAGE_BYTES);
            if (!lines.isEmpty()) {
                return new Page(lines, over && lines.getLast().seq() == last(), false);
            }
        }
        return new Page(List.of(), over, over && segments.isEmpty());
    }

    private long last() {
        return segments.isEmpty() ? 0 : segments.getLast().last();
    }

    /** What there is to put into the store, oldest first. */
    synchronized List<SegmentFile> due(long now, long everyNanos) {
        return segments.stream().filter(each -> each.isDue(now, everyNanos)).toList();
    }

    /** A segment's text up to now. */
    record Snapshot(byte[] text, long last) {}

    /** Null when it was dropped. */
    synchronized @Nullable Snapshot snapshot(SegmentFile segment) throws IOException {
        return segment.isDropped() || forgotten ? null : new Snapshot(segment.text(), segment.last());
    }

    /** The store has it up to a line; false when nobody wants it any more. */
    synchronized boolean stored(SegmentFile segment, long last, long now) {
        segment.stored(last, now);
        return !forgotten;
    }

    synchronized List<LogNote> news() {
        return segments.stream()
                .map(SegmentFile::news)
                .flatMap(news -> Optional.ofNullable(news).stream())
                .toList();
    }

    /** The control plane has recorded this; what is done with is removed. */
    synchronized void noted(LogNote note) {
        Iterator<SegmentFile> each = segments.iterator();
        while (each.hasNext()) {
            SegmentFile segment = each.next();
            if (segment.segment().id().equals(note.segment().id())) {
                segment.noted(note);
                if (segment.isDone() && segment.isClosed()) {
                    drop(segment);
                    each.remove();
                }
            }
        }
    }

    /** The actor is deleted; gives the segments that the store has something of. */
    synchronized List<LogSegment> forget() {
        forgotten = true;
        List<LogSegment> stored = segments.stream()
                .filter(SegmentFile::isStored)
                .map(SegmentFile::segment)
                .toList();
        segments.forEach(KeptLog::drop);
        segments.clear();
        notifyAll();
        return stored;
    }

    synchronized boolean has(UUID segment) {
        return segments.stream().anyMatch(each -> each.segment().id().equals(segment));
    }

    /** Ended, and nothing is left of it here. */
    synchronized boolean isEmpty() {
        return over && segments.isEmpty();
    }

    /** Of its segments on the disk. */
    synchronized long bytes() {
        return segments.stream()
                .filter(each -> !each.isDropped())
                .mapToLong(SegmentFile::size)
                .sum();
    }

    /** Gives up its oldest segment, unless that is still being written; says how many bytes that were. */
    synchronized long dropOldest() {
        for (SegmentFile segment : segments) {
            if (segment.isClosed() && !segment.isDropped()) {
                drop(segment);
                return segment.size();
            }
        }
        return 0;
    }

    private static void drop(SegmentFile segment) {
        try {
            segment.drop();
        } catch (IOException e) {
            LOG.warnf("a segment of %s is left behind: %s", segment.segment().actor(), e.toString());
        }
    }
}
