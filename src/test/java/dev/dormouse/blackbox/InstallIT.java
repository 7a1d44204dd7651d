package dev.dormouse.blackbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dormouse.kube.KubeTest;
import dev.dormouse.kube.TestCluster;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** From the installation to what goes wrong in clusters, under load: nothing that an actor counted is lost. */
@KubeTest
@Tag("cluster")
@TestMethodOrder(OrderAnnotation.class)
class InstallIT {

    private static final int ACTORS = 10;
    private static final Duration API_SERVER_GONE = Duration.ofSeconds(30);
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    /** Between two visits of an actor: long enough for it to count as idle, so that the others get their turn. */
    private static final Duration BETWEEN_VISITS = Duration.ofMillis(1500);

    @TempDir
    static Path temp;

    private static ClusterInstall cluster;
    /** How often each actor has answered. */
    private static final Map<String, AtomicInteger> COUNTS = new ConcurrentHashMap<>();

    @BeforeAll
    static void install() throws Exception {
        cluster = new ClusterInstall(temp);
        for (String id : ids()) {
            cluster.create(id);
            COUNTS.put(id, new AtomicInteger());
        }
    }

    @AfterAll
    static void remove() throws Exception {
        if (cluster != null) {
            cluster.close();
        }
    }

    private static List<String> ids() {
        return IntStream.range(0, ACTORS).mapToObj(i -> "counter-" + i).toList();
    }

    /** A visit that waits its turn; what is answered must be the next number. */
    private static void visit(String id) throws IOException, InterruptedException {
        Instant end = Instant.now().plus(PATIENCE);
        while (true) {
            HttpResponse<String> answer;
            try {
                answer = cluster.visit(id);
            } catch (java.net.ConnectException | java.net.http.HttpConnectTimeoutException e) {
                // the router's Pod is gone, and the Service doesn't know yet: the actor saw nothing of it
                assertThat(Instant.now()).as(e.toString()).isBefore(end);
                continue;
            }
            if (answer.statusCode() == 200) {
                long counted = Long.parseLong(answer.body().replaceAll("(?s)^.*?count: (\\d+).*$", "$1"));
                assertThat(counted).as(id).isEqualTo(COUNTS.get(id).incrementAndGet());
                return;
            }
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(503);
            assertThat(Instant.now()).as(answer.body()).isBefore(end);
        }
    }

    private static void visitAll() throws IOException, InterruptedException {
        for (String id : ids()) {
            visit(id);
        }
    }

    /** Visits all actors, each again and again, until it is closed; a failure of any is thrown then. */
    private static final class Load implements AutoCloseable {

        private final AtomicBoolean over = new AtomicBoolean();
        private final List<Thread> visitors = new ArrayList<>();
        private final List<Throwable> failures = new java.util.concurrent.CopyOnWriteArrayList<>();
        final AtomicInteger visits = new AtomicInteger();

        Load() {
            for (String id : ids()) {
                visitors.add(Thread.ofVirtual().start(() -> visitAgainAndAgain(id)));
            }
        }

        private void visitAgainAndAgain(String id) {
            try {
                while (!over.get()) {
                    visit(id);
                    visits.incrementAndGet();
                    Thread.sleep(BETWEEN_VISITS);
                }
            } catch (IOException | InterruptedException | AssertionError e) {
                failures.add(e);
            }
        }

        void awaitVisits(int more) {
            int target = visits.get() + more;
            await("visits").atMost(PATIENCE).until(() -> visits.get() >= target || !failures.isEmpty());
        }

        @Override
        public void close() throws InterruptedException {
            over.set(true);
            for (Thread visitor : visitors) {
                visitor.join();
            }
            assertThat(failures).isEmpty();
        }
    }

    @Test
    @Order(1)
    void actorsWakeOnPodsThroughTheService() throws Exception {
        visitAll();
        visitAll();

        Set<String> pods = cluster.workers();
        assertThat(pods).hasSize(3);
        JsonNode actor = cluster.get("/v1/atespaces/default/actors/counter-" + (ACTORS - 1));
        assertThat(pods).contains(actor.at("/worker/pod").asText());
    }

    @Test
    @Order(2)
    void aPodThatIsDeletedTakesNothingWithIt() throws Exception {
        try (Load load = new Load()) {
            load.awaitVisits(ACTORS);
            String pod = cluster.workers().iterator().next();
            cluster.client()
                    .pods()
                    .inNamespace(ClusterInstall.DEMO)
                    .withName(pod)
                    .delete();
            load.awaitVisits(2 * ACTORS);
            await("a Pod in its place")
                    .atMost(PATIENCE)
                    .until(() ->
                            cluster.workers().size() == 3 && !cluster.workers().contains(pod));
        }
        visitAll();
    }

    @Test
    @Order(3)
    void rollingThePoolLosesNothing() throws Exception {
        Set<String> before = cluster.workers();
        try (Load load = new Load()) {
            TestCluster.kubectl("-n", ClusterInstall.DEMO, "rollout", "restart", "deployment/counter-deployment");
            await("new Pods").atMost(PATIENCE).until(() -> {
                Set<String> now = cluster.workers();
                return now.size() == 3 && now.stream().noneMatch(before::contains);
            });
            load.awaitVisits(ACTORS);
        }
        visitAll();
    }

    @Test
    @Order(4)
    void anotherReplicaTakesTheLead() throws Exception {
        String leader = leader();
        try (Load load = new Load()) {
            load.awaitVisits(ACTORS);
            cluster.client()
                    .pods()
                    .inNamespace(ClusterInstall.SYSTEM)
                    .withName(leader)
                    .withGracePeriod(0)
                    .delete();
            await("another leader").atMost(Duration.ofSeconds(20)).until(() -> !leader().equals(leader));
            load.awaitVisits(ACTORS);
        }
        TestCluster.kubectl("-n", ClusterInstall.DEMO, "scale", "workerpool/counter", "--replicas=4");
        await("a fourth worker").atMost(PATIENCE).until(() -> cluster.workers().size() == 4);
        visitAll();
    }

    @Test
    @Order(5)
    void whileTheApiServerIsGoneActorsNoticeNothing() throws Exception {
        String stop = System.getenv("STOP_API_SERVER");
        String start = System.getenv("START_API_SERVER");
        assumeTrue(stop != null && start != null, "STOP_API_SERVER and START_API_SERVER are not set");
        try (Load load = new Load()) {
            load.awaitVisits(ACTORS);
            shell(stop);
            try {
                Instant end = Instant.now().plus(API_SERVER_GONE);
                while (Instant.now().isBefore(end)) {
                    load.awaitVisits(ACTORS);
                }
            } finally {
                shell(start);
            }
            load.awaitVisits(ACTORS);
        }
        visitAll();
    }

    private static void shell(String command) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder("sh", "-c", command).inheritIO().start().waitFor())
                .as(command)
                .isZero();
    }

    /** The Pod that holds the Lease. */
    private static String leader() {
        String holder = cluster.client()
                .leases()
                .inNamespace(ClusterInstall.SYSTEM)
                .withName("dormouse-leader")
                .get()
                .getSpec()
                .getHolderIdentity();
        // a random part follows the Pod's name
        return holder.substring(0, holder.lastIndexOf('-'));
    }
}
