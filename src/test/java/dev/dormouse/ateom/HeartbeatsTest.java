package dev.dormouse.ateom;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.dormouse.ateom.wire.ActorRef;
import dev.dormouse.ateom.wire.HeartbeatRequest;
import dev.dormouse.ateom.wire.HeartbeatResponse;
import dev.dormouse.ateom.wire.Orphan;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HeartbeatsTest {

    private static final Orphan ORPHAN = Orphan.newBuilder()
            .setActor(ActorRef.newBuilder().setAtespace("default").setId("a"))
            .setGeneration(3)
            .build();

    private final AtomicInteger beats = new AtomicInteger();
    private final Queue<CompletableFuture<HeartbeatResponse>> answers = new ConcurrentLinkedQueue<>();
    private final List<Orphan> discarded = new CopyOnWriteArrayList<>();

    private Heartbeats heartbeats = beating(Duration.ofMinutes(1));

    private Heartbeats beating(Duration every) {
        return new Heartbeats(
                request -> {
                    beats.incrementAndGet();
                    CompletableFuture<HeartbeatResponse> ordered = answers.poll();
                    return ordered == null
                            ? Uni.createFrom().item(HeartbeatResponse.getDefaultInstance())
                            : Uni.createFrom().completionStage(ordered);
                },
                HeartbeatRequest::getDefaultInstance,
                answer -> discarded.addAll(answer.getOrphansList()),
                every);
    }

    @AfterEach
    void close() {
        heartbeats.close();
    }

    @Test
    void aChangeIsReportedAtOnce() {
        heartbeats.start();
        await().until(() -> beats.get() == 1);

        heartbeats.changed();

        await().atMost(Duration.ofSeconds(5)).until(() -> beats.get() == 2);
    }

    @Test
    void changesWhileAReportIsUnderWayGoTogether() {
        CompletableFuture<HeartbeatResponse> underWay = new CompletableFuture<>();
        answers.add(underWay);
        heartbeats.start();
        await().until(() -> beats.get() == 1);
        for (int i = 0; i < 100; i++) {
            heartbeats.changed();
        }

        underWay.complete(HeartbeatResponse.getDefaultInstance());

        await().until(() -> beats.get() == 2);
        await().during(Duration.ofMillis(200)).until(() -> beats.get() == 2);
    }

    @Test
    void orphansAreHandedOn() {
        answers.add(CompletableFuture.completedFuture(
                HeartbeatResponse.newBuilder().addOrphans(ORPHAN).build()));

        heartbeats.start();

        await().untilAsserted(() -> assertThat(discarded).containsExactly(ORPHAN));
    }

    @Test
    void itGoesOnAfterTheControlPlaneWasAway() {
        heartbeats = beating(Duration.ofMillis(10));
        for (int i = 0; i < 3; i++) {
            answers.add(CompletableFuture.failedFuture(new IllegalStateException("away")));
        }

        heartbeats.start();

        await().atMost(Duration.ofSeconds(5)).until(() -> beats.get() >= 5);
    }
}
