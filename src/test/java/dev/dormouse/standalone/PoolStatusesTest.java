package dev.dormouse.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.name.PoolRef;
import dev.dormouse.pool.WorkerPool;
import dev.dormouse.pool.WorkerPoolStatus;
import dev.dormouse.scheduler.Candidate.State;
import dev.dormouse.scheduler.Hardware;
import dev.dormouse.worker.Worker;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class PoolStatusesTest {

    @Test
    void workersOfThePoolAreCountedByState() {
        WorkerPool pool = new WorkerPool();
        pool.setMetadata(new ObjectMetaBuilder()
                .withNamespace("demo")
                .withName("one")
                .withGeneration(3L)
                .build());

        WorkerPoolStatus status = PoolStatuses.status(
                pool,
                List.of(
                        worker("one", State.FREE),
                        worker("one", State.ASSIGNED),
                        worker("one", State.ASSIGNED),
                        worker("one", State.LOST),
                        worker("one", State.DRAINING),
                        worker("two", State.FREE)));

        assertThat(status).isEqualTo(new WorkerPoolStatus(5, 3, 1, 2, "ate.dev/worker-pool=one", null, 3));
    }

    private static Worker worker(String pool, State state) {
        return new Worker(
                UUID.randomUUID(),
                new PoolRef("demo", pool),
                "pod",
                "node",
                "127.0.0.1",
                UUID.randomUUID(),
                "localhost:1",
                new Hardware("gvisor", Set.of(), "cpu"),
                state,
                null,
                false,
                "",
                Instant.EPOCH,
                null);
    }
}
