package dev.dormouse.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.ateom.wire.Slot;
import dev.dormouse.name.ActorKey;
import dev.dormouse.name.PoolRef;
import dev.dormouse.scheduler.Candidate;
import dev.dormouse.scheduler.Hardware;
import dev.dormouse.worker.Stay;
import dev.dormouse.worker.Worker;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class PoolSlotsTest {

    private static final PoolRef POOL = new PoolRef("demo", "pool");

    private static List<String> pods(int replicas, Worker... present) {
        return PoolSlots.wanted(POOL, replicas, "", List.of(present)).stream()
                .map(Slot::getPod)
                .toList();
    }

    private static Worker worker(int index, boolean busy) {
        return worker(index, busy, busy ? Candidate.State.ASSIGNED : Candidate.State.FREE);
    }

    private static Worker worker(int index, boolean busy, Candidate.State state) {
        UUID uid = PoolSlots.uid("demo", "pool-" + index);
        Stay stay = busy ? new Stay(uid, ActorKey.of("default", "a"), 1) : null;
        return new Worker(
                uid,
                POOL,
                "pool-" + index,
                "node",
                "10.0.0.1",
                UUID.randomUUID(),
                "node:1",
                Hardware.UNKNOWN,
                state,
                stay,
                busy,
                "",
                Instant.EPOCH,
                null);
    }

    @Test
    void aNewPoolCountsFromZero() {
        assertThat(pods(3)).containsExactly("pool-0", "pool-1", "pool-2");
    }

    @Test
    void aPoolThatGrowsKeepsWhatItHas() {
        assertThat(pods(3, worker(1, true))).containsExactly("pool-0", "pool-1", "pool-2");
    }

    @Test
    void aPoolThatShrinksKeepsItsBusyWorkers() {
        assertThat(pods(1, worker(0, false), worker(1, false), worker(2, true))).containsExactly("pool-2");
    }

    @Test
    void aPoolThatShrinksGoesOnWithWhatItBegan() {
        Worker draining = worker(0, true, Candidate.State.DRAINING);

        assertThat(pods(1, draining, worker(1, false))).containsExactly("pool-1");
        assertThat(pods(1, draining, worker(1, true))).containsExactly("pool-1");
        assertThat(pods(2, draining, worker(1, false))).containsExactly("pool-0", "pool-1");
    }

    @Test
    void aWorkerHasTheSameUidAfterEveryRestart() {
        assertThat(PoolSlots.wanted(POOL, 2, "", List.of()))
                .isEqualTo(PoolSlots.wanted(POOL, 2, "", List.of(worker(0, true), worker(1, false))));
    }
}
