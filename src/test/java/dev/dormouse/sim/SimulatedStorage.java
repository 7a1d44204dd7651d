package dev.dormouse.sim;

import dev.dormouse.ateom.wire.CheckpointResponse;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Where simulated snapshots live, on nodes and durable; survives every restart. */
public final class SimulatedStorage {

    /** sha256 of the sandbox binary that takes them. */
    public static final String BUILD = "b".repeat(64);

    private final Map<String, Stored> snapshots = new ConcurrentHashMap<>();
    private final Map<String, CheckpointResponse> answers = new ConcurrentHashMap<>();

    private final boolean everything;

    public SimulatedStorage() {
        this(false);
    }

    private SimulatedStorage(boolean everything) {
        this.everything = everything;
    }

    /** Holds whatever is asked for: for benchmarks against snapshots that another process took. */
    public static SimulatedStorage withEverySnapshot() {
        return new SimulatedStorage(true);
    }

    private record Stored(@Nullable String node, long memory) {}

    public void write(String uri, @Nullable String node, long memory) {
        snapshots.put(uri, new Stored(node, memory));
    }

    /** Empty when it isn't there, or only on another node. */
    public Optional<Long> read(String uri, String fromNode) {
        Stored stored = snapshots.get(uri);
        boolean reachable =
                stored != null && (stored.node() == null || stored.node().equals(fromNode));
        if (stored == null && everything) {
            return Optional.of(0L);
        }
        return reachable ? Optional.of(stored.memory()) : Optional.empty();
    }

    public void delete(String uri) {
        snapshots.remove(uri);
    }

    public boolean has(String uri) {
        return snapshots.containsKey(uri);
    }

    Optional<CheckpointResponse> answered(String snapshot) {
        return Optional.ofNullable(answers.get(snapshot));
    }

    void answer(String snapshot, CheckpointResponse answer) {
        answers.put(snapshot, answer);
    }
}
