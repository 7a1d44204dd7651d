package dev.dormouse.ateom;

import dev.dormouse.ateom.wire.ActivateRequest;
import dev.dormouse.ateom.wire.ReadLogRequest;
import dev.dormouse.ateom.wire.ReadLogResponse;
import dev.dormouse.files.FileTree;
import dev.dormouse.log.LogLine;
import dev.dormouse.log.LogNote;
import dev.dormouse.log.LogSegment;
import dev.dormouse.name.ActorKey;
import dev.dormouse.sandbox.SandboxRuntime.Output;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/** The logs of this node: of what runs, and of what ended and is not in the store yet, also if that was in an earlier process. */
final class ActorLogs {

    private static final Logger LOG = Logger.getLogger(ActorLogs.class);
    private static final int SEGMENTS_KEPT = 8;
    private static final long LARGEST_SEGMENT = 1L << 20;
    private static final long LONGEST_WAIT_MILLIS = 30_000;

    private final Path directory;
    private final InstantSource clock;
    private final long maxBytes;
    private final Map<KeptLog.Key, KeptLog> kept = new ConcurrentHashMap<>();
    private final Set<ActorLog> running = ConcurrentHashMap.newKeySet();
    private volatile Runnable news = () -> {};

    private ActorLogs(Path directory, InstantSource clock, long maxBytes) {
        this.directory = directory;
        this.clock = clock;
        this.maxBytes = maxBytes;
    }

    /**
     * Takes over what an earlier process left in the directory. Blocks.
     *
     * @param maxBytes of one actor, that the store doesn't have; then its oldest segments are dropped
     */
    static ActorLogs open(Path directory, InstantSource clock, long maxBytes) throws IOException {
        Files.createDirectories(directory);
        // what actors print is nobody else's affair
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
        ActorLogs logs = new ActorLogs(directory, clock, maxBytes);
        logs.recover();
        return logs;
    }

    private void recover() {
        List<SegmentFile> found = new ArrayList<>();
        for (Path file : FileTree.list(directory)) {
            try {
                found.add(SegmentFile.recover(file));
            } catch (IOException | RuntimeException e) {
                LOG.debugf("%s is no segment: %s", file, e.toString());
                FileTree.discard(file);
            }
        }
        found.stream()
                .collect(Collectors.groupingBy(each ->
                        new KeptLog.Key(each.segment().actor(), each.segment().generation())))
                .forEach((key, segments) -> kept.put(key, KeptLog.recovered(directory, segments)));
    }

    /** @param listener runs when the control plane should be told of something; must not block */
    void onNews(Runnable listener) {
        news = listener;
    }

    void changed() {
        news.run();
    }

    /** Begins to collect what an activation prints. */
    ActorLog begin(ActivateRequest request, Secrets secrets, Map<String, Output> outputs) {
        if (request.getLogLocation().isEmpty()) {
            return collecting(new ActorLog(lines -> {}, secrets, outputs, clock, running::remove));
        }
        ActorKey actor =
                ActorKey.of(request.getActor().getAtespace(), request.getActor().getId());
        KeptLog log = new KeptLog(
                directory,
                new KeptLog.Key(actor, request.getGeneration()),
                UUID.fromString(request.getActorUid()),
                request.getLogLocation(),
                Math.min(LARGEST_SEGMENT, maxBytes / SEGMENTS_KEPT));
        kept.put(log.key(), log);
        return collecting(new ActorLog(lines -> keep(log, lines), secrets, outputs, clock, ended -> {
            running.remove(ended);
            end(log);
        }));
    }

    private ActorLog collecting(ActorLog log) {
        running.add(log);
        return log;
    }

    private void keep(KeptLog log, List<LogLine> lines) {
        if (log.append(lines)) {
            changed();
            bound(log.key().actor());
        }
    }

    private void end(KeptLog log) {
        log.end();
        removeIfEmpty(log);
        changed();
    }

    private void removeIfEmpty(KeptLog log) {
        if (log.isEmpty()) {
            kept.remove(log.key(), log);
        }
    }

    private void bound(ActorKey actor) {
        List<KeptLog> logs = kept.values().stream()
                .filter(log -> log.key().actor().equals(actor))
                .sorted(Comparator.comparingLong(log -> log.key().generation()))
                .toList();
        long excess = logs.stream().mapToLong(KeptLog::bytes).sum() - maxBytes;
        for (KeptLog log : logs) {
            long dropped = 1;
            while (excess > 0 && dropped > 0) {
                dropped = log.dropOldest();
                excess -= dropped;
            }
        }
    }

    /** Takes what was printed since the last call. Called a few times a second. */
    void collect() {
        running.forEach(ActorLog::collect);
    }

    /** Lines for whoever follows; waits for the next when it is asked to. Blocks. */
    ReadLogResponse read(ActorKey actor, ReadLogRequest request) throws IOException, InterruptedException {
        KeptLog log = kept.get(new KeptLog.Key(actor, request.getGeneration()));
        if (log == null || !log.isOf(UUID.fromString(request.getActorUid()))) {
            return ReadLogResponse.newBuilder()
                    .setState(ReadLogResponse.State.MISSING)
                    .build();
        }
        return answer(log.read(request.getAfter(), Math.min(request.getWaitMs(), LONGEST_WAIT_MILLIS)));
    }

    private static ReadLogResponse answer(KeptLog.Page page) {
        ReadLogResponse.State open = page.over() ? ReadLogResponse.State.OVER : ReadLogResponse.State.MORE;
        ReadLogResponse.Builder response =
                ReadLogResponse.newBuilder().setState(page.missing() ? ReadLogResponse.State.MISSING : open);
        for (LogLine line : page.lines()) {
            response.addLines(line.toWire());
        }
        return response.build();
    }

    /** What the control plane should know; told until it says that it does. */
    List<dev.dormouse.ateom.wire.LogNote> news(int atMost) {
        return kept.values().stream()
                .flatMap(log -> log.news().stream())
                .limit(atMost)
                .map(LogNote::toWire)
                .toList();
    }

    /** The control plane has recorded these. */
    void noted(List<dev.dormouse.ateom.wire.LogNote> notes) {
        for (dev.dormouse.ateom.wire.LogNote wire : notes) {
            LogNote note = LogNote.of(wire);
            KeptLog log = kept.get(
                    new KeptLog.Key(note.segment().actor(), note.segment().generation()));
            if (log != null) {
                log.noted(note);
                removeIfEmpty(log);
            }
        }
    }

    /** The actors of these segments are deleted: nobody will ask for their lines. Gives those that the store has something of. */
    List<LogSegment> forget(List<String> segmentIds) {
        List<LogSegment> stored = new ArrayList<>();
        for (String id : segmentIds) {
            UUID segment = UUID.fromString(id);
            for (KeptLog log : kept.values()) {
                if (log.has(segment)) {
                    stored.addAll(log.forget());
                    removeIfEmpty(log);
                }
            }
        }
        return stored;
    }

    /** Those that may have something for the store. */
    Collection<KeptLog> all() {
        return kept.values();
    }

    /** True when nothing runs, and the store and the control plane have all there was. */
    boolean isEmpty() {
        return kept.isEmpty();
    }
}
