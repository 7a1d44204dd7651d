package dev.dormouse.sim;

import dev.dormouse.ateom.wire.ActorRef;
import dev.dormouse.ateom.wire.ReadLogRequest;
import dev.dormouse.ateom.wire.ReadLogResponse;
import dev.dormouse.ateom.wire.ReadLogResponse.State;
import dev.dormouse.log.LogLine;
import dev.dormouse.name.ActorKey;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The lines that a simulated node has of activations; it gives some at a time. */
public final class SimulatedLogs {

    private static final int PAGE = 3;
    private static final Duration LOOK = Duration.ofMillis(5);

    private record Key(ActorKey actor, long generation) {}

    private static final class Lines {
        final List<LogLine> all = new ArrayList<>();
        boolean over;
    }

    private final Map<Key, Lines> logs = new HashMap<>();
    private final AtomicInteger reads = new AtomicInteger();
    private volatile boolean deaf;

    /** An activation that has printed nothing yet. */
    public synchronized void begin(ActorKey actor, long generation) {
        logs.put(new Key(actor, generation), new Lines());
    }

    public synchronized void print(ActorKey actor, long generation, LogLine... lines) {
        logs.get(new Key(actor, generation)).all.addAll(List.of(lines));
    }

    public synchronized void end(ActorKey actor, long generation) {
        logs.get(new Key(actor, generation)).over = true;
    }

    /** All of it is in the store, or lost. */
    public synchronized void remove(ActorKey actor, long generation) {
        logs.remove(new Key(actor, generation));
    }

    /** Whether it answers nobody. */
    public void deaf(boolean now) {
        deaf = now;
    }

    /** How many reads are waiting for lines. */
    public int waiting() {
        return reads.get();
    }

    Uni<ReadLogResponse> read(ReadLogRequest request) {
        if (deaf) {
            return Uni.createFrom().failure(new IllegalStateException("the connection broke"));
        }
        reads.incrementAndGet();
        return Uni.createFrom()
                .item(() -> now(request))
                .onItem()
                .ifNull()
                .failWith(NothingYet::new)
                .onFailure(NothingYet.class)
                .retry()
                .withBackOff(LOOK, LOOK)
                .expireIn(Math.max(1, request.getWaitMs()))
                .onFailure()
                .recoverWithItem(response(State.MORE, List.of()))
                .onTermination()
                .invoke(reads::decrementAndGet);
    }

    private static final class NothingYet extends RuntimeException {}

    private synchronized @Nullable ReadLogResponse now(ReadLogRequest request) {
        ActorRef actor = request.getActor();
        Lines lines = logs.get(new Key(ActorKey.of(actor.getAtespace(), actor.getId()), request.getGeneration()));
        if (lines == null) {
            return response(State.MISSING, List.of());
        }
        List<LogLine> rest = lines.all.stream()
                .filter(line -> line.seq() > request.getAfter())
                .toList();
        List<LogLine> page = rest.stream().limit(PAGE).toList();
        if (lines.over && page.size() == rest.size()) {
            return response(State.OVER, page);
        }
        return page.isEmpty() ? null : response(State.MORE, page);
    }

    private static ReadLogResponse response(State state, List<LogLine> lines) {
        return ReadLogResponse.newBuilder()
                .setState(state)
                .addAllLines(lines.stream().map(LogLine::toWire).toList())
                .build();
    }
}
