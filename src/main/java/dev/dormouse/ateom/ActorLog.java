package dev.dormouse.ateom;

import dev.dormouse.log.LogLine;
import dev.dormouse.log.LogLine.Stream;
import dev.dormouse.sandbox.SandboxRuntime.Output;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream.Builder;
import org.jboss.logging.Logger;

/**
 * Collects what the containers of one activation print, as numbered lines. A sandbox is made before its actor is known and writes to
 * files of its own, which are looked at a few times a second. Lines that one container printed to one stream stay in their order; those
 * of several, between two looks, don't.
 */
final class ActorLog {

    private static final Logger LOG = Logger.getLogger(ActorLog.class);
    private static final int CHUNK = 64 * 1024;
    private static final int CHUNKS_AT_A_LOOK = 64;
    private static final int RECENT = 10;
    private static final int LONGEST_QUOTE = 500;

    private final Consumer<List<LogLine>> kept;
    private final InstantSource clock;
    private final Consumer<ActorLog> whenEnded;
    private final List<Printed> files = new ArrayList<>();
    private final Deque<String> recent = new ArrayDeque<>();
    private List<LogLine> collected = new ArrayList<>();
    private Instant now = Instant.EPOCH;
    private long seq;
    private boolean ended;

    /** A file that a sandbox appends to. */
    private record Printed(SandboxOutput file, LineSplitter lines) {}

    /**
     * @param kept gets the lines
     * @param outputs by container
     * @param whenEnded told when nothing more will be printed
     */
    ActorLog(
            Consumer<List<LogLine>> kept,
            Secrets secrets,
            Map<String, Output> outputs,
            InstantSource clock,
            Consumer<ActorLog> whenEnded) {
        this.kept = kept;
        this.clock = clock;
        this.whenEnded = whenEnded;
        outputs.forEach((container, output) -> {
            files.add(printed(container, Stream.STDOUT, new SandboxOutput(output.stdout()), secrets));
            files.add(printed(container, Stream.STDERR, new SandboxOutput(output.stderr()), secrets));
        });
    }

    private Printed printed(String container, Stream stream, SandboxOutput file, Secrets secrets) {
        return new Printed(file, new LineSplitter(secrets, text -> line(container, stream, text)));
    }

    private void line(String container, Stream stream, String text) {
        collected.add(new LogLine(++seq, now, container, stream, text));
        recent.addLast(text);
        if (recent.size() > RECENT) {
            recent.removeFirst();
        }
    }

    /** Takes what was printed since the last call, up to 4 MiB of each stream. A log that can't be kept is no reason to stop an actor. */
    synchronized void collect() {
        collect(CHUNKS_AT_A_LOOK);
    }

    private void collect(int chunks) {
        if (ended) {
            return;
        }
        Instant time = clock.instant().truncatedTo(ChronoUnit.MICROS);
        // clocks may be set back
        now = time.isAfter(now) ? time : now;
        for (Printed each : files) {
            collect(each, chunks);
        }
    }

    private void collect(Printed from, int most) {
        ByteBuffer chunk = ByteBuffer.allocate(CHUNK);
        try {
            // one that prints without end must not keep the others waiting
            for (int i = 0; i < most && from.file().read(chunk.clear()) > 0; i++) {
                from.lines().feed(chunk.flip());
                keep();
            }
        } catch (IOException e) {
            LOG.debugf("can't read output in %s: %s", from.file(), e.toString());
        }
    }

    private void keep() {
        if (!collected.isEmpty()) {
            kept.accept(collected);
            collected = new ArrayList<>();
        }
    }

    /** The sandbox is gone: takes the rest. A line that was begun is one now. Idempotent. */
    synchronized void end() {
        if (ended) {
            return;
        }
        collect(Integer.MAX_VALUE);
        files.forEach(each -> each.lines().end());
        keep();
        ended = true;
        whenEnded.accept(this);
    }

    /** The last lines that were printed, for a message: joined by " | ", at most 500 characters. Empty when there is nothing. */
    synchronized String lastLines(int count) {
        collect();
        Builder<String> all = java.util.stream.Stream.builder();
        recent.forEach(all);
        files.forEach(each -> all.add(each.lines().begun()));
        List<String> lines = all.build().filter(line -> !line.isBlank()).toList();
        String last = lines.stream()
                .skip(Math.max(0, lines.size() - count))
                .map(String::strip)
                .collect(Collectors.joining(" | "));
        return last.length() > LONGEST_QUOTE ? "…" + last.substring(last.length() - LONGEST_QUOTE) : last;
    }
}
