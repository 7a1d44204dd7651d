package dev.dormouse.blackbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills every kind of process at random points under load and then looks at what must always hold: nobody stuck in a transition, no
 * worker held for nothing, no durable state lost, no actor on two workers.
 */
@Tag("chaos")
@Tag("gvisor")
class ChaosIT {

    private static final Logger LOG = Logger.getLogger(ChaosIT.class.getName());

    /** Not fewer than 50 where it runs for the first time: the promise of docs/operations.md. */
    private static final int KILLS = Integer.getInteger("chaos.kills", 52);

    private static final List<String> SETTLED = List.of("STATUS_RUNNING", "STATUS_SUSPENDED");
    private static final int ACTORS = 12;
    private static final int CALLERS = 4;
    private static final long LONGEST_PAUSE_MILLIS = 900;

    /** A lease, the loss of a worker, a restart of everything: what recovery may take in all. */
    private static final Duration RECOVERY = Duration.ofSeconds(60);

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path dataDir;

    private final long seed = Long.getLong("chaos.seed", System.nanoTime());
    private final Map<String, Ledger> ledgers = new HashMap<>();
    private Sandboxes sandboxes;
    private volatile String ranTwice = "";

    /** What one actor is known to have done. Its caller is the only one who counts with it. */
    private static final class Ledger {
        /** Counted and put to sleep: the answer to the suspend came back. Never to be lost. */
        volatile long durable;
        /** The last count that an answer carried. */
        volatile long seen;
        /** Requests without an answer since: they may have counted. */
        volatile long unanswered;

        volatile String violation = "";
    }

    private enum Victim {
        SERVER,
        ATEOM,
        SANDBOX,
        POSTGRES
    }

    @Test
    void noKillLosesWhatWasDurableOrLeavesAnythingStuck() throws Exception {
        LOG.info("chaos.seed=" + seed);
        sandboxes = new Sandboxes(dataDir);
        try (ServerProcess server = ServerProcess.start(dataDir, "--demo", "target/demo")) {
            StandaloneIT.awaitReady(server);
            List<String> ids =
                    IntStream.range(0, ACTORS).mapToObj(i -> "chaos-" + i).toList();
            for (String id : ids) {
                StandaloneIT.create(server, id);
                ledgers.put(id, new Ledger());
            }

            AtomicBoolean over = new AtomicBoolean();
            ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor();
            for (int i = 0; i < CALLERS; i++) {
                int caller = i;
                List<String> mine = IntStream.range(0, ACTORS)
                        .filter(n -> n % CALLERS == caller)
                        .mapToObj(ids::get)
                        .toList();
                callers.submit(() -> live(server, mine, new Random(seed + caller), over));
            }
            callers.submit(() -> watch(over));
            Map<Victim, Integer> killed = kill(server, new Random(seed));
            over.set(true);
            callers.shutdown();
            assertThat(callers.awaitTermination(90, TimeUnit.SECONDS)).isTrue();

            LOG.info("killed " + killed);
            assertThat(killed.values().stream().mapToInt(Integer::intValue).sum())
                    .isEqualTo(KILLS);
            assertThat(killed.keySet()).containsExactlyInAnyOrder(Victim.values());
            assertThat(ranTwice).isEmpty();
            assertNobodyIsStuck(server);
            assertEveryActorAnswersFromItsDurableState(server, ids);
            assertNoWorkerIsHeldForNothing(server);
        }
    }

    /** Looks at the machine itself, all the time: no actor may have two sandboxes. */
    private void watch(AtomicBoolean over) {
        while (!over.get()) {
            Map<String, List<ProcessHandle>> twice = sandboxes.twice();
            if (!twice.isEmpty()) {
                ranTwice = twice.toString();
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
        }
    }

    /** Counts with its actors and puts them to sleep, whatever happens around it. */
    private void live(ServerProcess server, List<String> ids, Random random, AtomicBoolean over) {
        while (!over.get()) {
            String id = ids.get(random.nextInt(ids.size()));
            Ledger ledger = ledgers.get(id);
            if (random.nextInt(3) < 2) {
                count(server, id, ledger);
            } else {
                suspend(server, id, ledger);
            }
        }
    }

    private static void count(ServerProcess server, String id, Ledger ledger) {
        ledger.unanswered++;
        try {
            HttpResponse<String> answer = server.request(id, "/");
            if (answer.statusCode() == 200) {
                long count = StandaloneIT.count(answer);
                check(id, ledger, count);
                ledger.seen = count;
                ledger.unanswered = 0;
            }
        } catch (RuntimeException e) {
            // a killed process answers nobody; the count may or may not have happened
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
    }

    /** More than was durable, and not more than was ever asked for. */
    private static void check(String id, Ledger ledger, long count) {
        if (count <= ledger.durable) {
            ledger.violation = "%s counted %d after %d was durable".formatted(id, count, ledger.durable);
        }
        if (count > ledger.seen + ledger.unanswered) {
            ledger.violation = "%s counted %d, but was asked at most %d times"
                    .formatted(id, count, ledger.seen + ledger.unanswered);
        }
    }

    private static void suspend(ServerProcess server, String id, Ledger ledger) {
        long before = ledger.seen;
        boolean clean = ledger.unanswered == 0;
        try {
            HttpResponse<String> answer = server.call("POST", "/v1/atespaces/default/actors/" + id + ":suspend", null);
            // an actor that fell back meanwhile is suspended too, at less than we saw: only a sleep of this very state
            // counts
            if (answer.statusCode() == 200 && clean && new JsonObject(answer.body()).getString("lastError") == null) {
                confirm(ledger, before);
            }
        } catch (RuntimeException e) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
    }

    private static void confirm(Ledger ledger, long count) {
        ledger.durable = Math.max(ledger.durable, count);
    }

    private Map<Victim, Integer> kill(ServerProcess server, Random random) {
        Map<Victim, Integer> killed = new HashMap<>();
        int done = 0;
        while (done < KILLS) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextLong(LONGEST_PAUSE_MILLIS)));
            Victim victim =
                    Victim.values()[done < Victim.values().length ? done : random.nextInt(Victim.values().length)];
            if (kill(victim, server, random)) {
                killed.merge(victim, 1, Integer::sum);
                done++;
            }
        }
        return killed;
    }

    private boolean kill(Victim victim, ServerProcess server, Random random) {
        return switch (victim) {
            case SERVER -> {
                server.kill();
                server.start();
                yield true;
            }
            case ATEOM -> killProcess(server.pidIn("ateom/process.json"));
            case POSTGRES -> killProcess(server.pidIn("postgres/data/postmaster.pid"));
            case SANDBOX -> {
                List<ProcessHandle> sandboxes = this.sandboxes.all();
                yield !sandboxes.isEmpty()
                        && sandboxes.get(random.nextInt(sandboxes.size())).destroyForcibly();
            }
        };
    }

    private static boolean killProcess(Optional<Long> pid) {
        return pid.flatMap(ProcessHandle::of)
                .map(ProcessHandle::destroyForcibly)
                .orElse(false);
    }

    private static void assertNobodyIsStuck(ServerProcess server) {
        await("no actor in a transition")
                .atMost(RECOVERY)
                .pollInterval(Duration.ofMillis(250))
                .untilAsserted(() -> {
                    List<JsonObject> stuck = actors(server).stream()
                            .map(JsonObject.class::cast)
                            .filter(actor -> !SETTLED.contains(actor.getString("status")))
                            .toList();
                    assertThat(stuck).as(() -> historyOf(server, stuck)).isEmpty();
                });
    }

    /** What the journal says of them: without it, a failure here tells nobody why. */
    private static String historyOf(ServerProcess server, List<JsonObject> actors) {
        return actors.stream()
                .map(actor -> server.get("/v1/atespaces/default/actors/" + actor.getString("id") + "/events")
                        .body())
                .collect(Collectors.joining("\n"));
    }

    private void assertEveryActorAnswersFromItsDurableState(ServerProcess server, List<String> ids) {
        for (String id : ids) {
            Ledger ledger = ledgers.get(id);
            HttpResponse<String> answer = await("an answer of " + id)
                    .atMost(RECOVERY)
                    .pollInterval(Duration.ofMillis(250))
                    .until(() -> server.request(id, "/"), response -> response.statusCode() == 200);
            ledger.unanswered++;
            check(id, ledger, StandaloneIT.count(answer));
            assertThat(ledger.violation).isEmpty();
        }
    }

    private static void assertNoWorkerIsHeldForNothing(ServerProcess server) {
        await("workers and actors agree")
                .atMost(RECOVERY)
                .pollInterval(Duration.ofMillis(250))
                .untilAsserted(() -> {
                    Map<String, String> byWorkers = new HashMap<>();
                    for (Object entry : new JsonObject(server.get("/v1/workers").body()).getJsonArray("items")) {
                        JsonObject worker = (JsonObject) entry;
                        JsonObject actor = worker.getJsonObject("actor");
                        assertThat(worker.getString("state")).isIn("FREE", "ASSIGNED");
                        if (actor != null) {
                            assertThat(byWorkers.put(actor.getString("id"), worker.getString("pod")))
                                    .as("a second worker of " + actor.getString("id"))
                                    .isNull();
                        }
                    }
                    Map<String, String> byActors = new HashMap<>();
                    for (Object entry : actors(server)) {
                        JsonObject actor = (JsonObject) entry;
                        if (actor.getJsonObject("worker") != null) {
                            byActors.put(
                                    actor.getString("id"),
                                    actor.getJsonObject("worker").getString("pod"));
                        }
                    }
                    assertThat(byActors).isEqualTo(byWorkers);
                });
    }

    private static JsonArray actors(ServerProcess server) {
        return new JsonObject(server.get("/v1/atespaces/default/actors").body()).getJsonArray("items");
    }
}
