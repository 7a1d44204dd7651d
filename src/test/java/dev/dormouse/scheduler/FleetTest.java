package dev.dormouse.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.dormouse.name.PoolRef;
import dev.dormouse.scheduler.LabelQuery.Expression;
import dev.dormouse.scheduler.LabelQuery.Operator;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FleetTest {

    private static final PoolRef POOL = new PoolRef("demo", "pool");
    private static final Hardware GVISOR = new Hardware("gvisor", Set.of("build-1"), "amd64/f00");
    private static final Need.Requirements ANYWHERE =
            new Need.Requirements("gvisor", false, LabelQuery.ANY, Map.of(), null, null);
    private static final Need ANY = new Need(ANYWHERE, "digest", List.of(), null);

    private final Fleet fleet = new Fleet(1);

    @BeforeEach
    void onePool() {
        fleet.pools(List.of(new Pool(POOL, "gvisor", Map.of("tier", "fast"))));
    }

    private Candidate add(String pod, String node, String prepared, long releasedAt) {
        return add(pod, node, prepared, releasedAt, GVISOR, Candidate.State.FREE);
    }

    private Candidate add(
            String pod, String node, String prepared, long releasedAt, Hardware hardware, Candidate.State state) {
        Candidate worker = new Candidate(
                UUID.randomUUID(),
                POOL,
                pod,
                node,
                hardware,
                state,
                prepared,
                Instant.ofEpochSecond(releasedAt),
                state == Candidate.State.ASSIGNED ? "default/other" : "");
        fleet.put(worker);
        return worker;
    }

    private static Need needing(Need.Memory memory) {
        return new Need(
                new Need.Requirements("gvisor", false, LabelQuery.ANY, Map.of(), null, memory),
                "digest",
                List.of(),
                null);
    }

    private String placed(Need need) {
        return fleet.place(need) instanceof Placement.Placed placed
                ? placed.worker().pod()
                : "nowhere";
    }

    @Test
    void theLeastRecentlyUsedWorkerIsTaken() {
        add("newer", "n1", "", 200);
        add("older", "n1", "", 100);

        assertThat(placed(ANY)).isEqualTo("older");
    }

    @Test
    void aPreparedWorkerGoesBeforeTheLeastRecentlyUsed() {
        add("older", "n1", "", 100);
        add("prepared", "n1", "digest", 200);

        assertThat(placed(ANY)).isEqualTo("prepared");
    }

    @Test
    void aNodeThatHoldsTheSnapshotGoesBeforeAPreparedWorker() {
        UUID snapshot = UUID.randomUUID();
        add("prepared", "n1", "digest", 100);
        add("near", "n2", "", 200);
        fleet.cached("n2", Set.of(snapshot));

        assertThat(placed(new Need(ANYWHERE, "digest", List.of(snapshot), null)))
                .isEqualTo("near");
    }

    @Test
    void theGoldenSnapshotCountsWhereTheActorsOwnIsNowhereNear() {
        UUID own = UUID.randomUUID();
        UUID golden = UUID.randomUUID();
        add("far", "n1", "", 100);
        add("near", "n2", "", 200);
        fleet.cached("n2", Set.of(golden));

        assertThat(placed(new Need(ANYWHERE, "digest", List.of(own, golden), null)))
                .isEqualTo("near");
    }

    @Test
    void homeIsPreferredAndNotInsistedOn() {
        add("home", "n1", "", 200);
        add("abroad", "n2", "digest", 100);
        Need need = new Need(ANYWHERE, "digest", List.of(), "n1");

        assertThat(placed(need)).isEqualTo("home");
        fleet.remove(((Placement.Placed) fleet.place(need)).worker().uid());
        assertThat(placed(need)).isEqualTo("abroad");
    }

    @Test
    void workersThatAreNotFreeAreNotTaken() {
        add("busy", "n1", "", 1, GVISOR, Candidate.State.ASSIGNED);
        add("leaving", "n1", "", 2, GVISOR, Candidate.State.DRAINING);
        add("lost", "n1", "", 3, GVISOR, Candidate.State.LOST);

        assertThat(fleet.place(ANY)).isInstanceOf(Placement.AllBusy.class);
        assertThat(fleet.explain(ANY).summary())
                .isEqualTo("no free workers available: of 3 workers in fitting pools 1 are busy, 1 draining, 1 lost,"
                        + " 0 of another class or build of sandbox, or CPU");
        assertThat(fleet.explain(ANY).workers())
                .extracting(Explanation.WorkerFit::pod, Explanation.WorkerFit::reason)
                .contains(tuple("busy", "busy with default/other"));
    }

    @Test
    void aMemorySnapshotNeedsItsSandboxBuildAndCpu() {
        add("here", "n1", "", 100);

        assertThat(placed(needing(new Need.Memory("build-1", "amd64/f00")))).isEqualTo("here");
        assertThat(fleet.place(needing(new Need.Memory("build-2", "amd64/f00"))))
                .isInstanceOf(Placement.NoHardware.class);
        assertThat(fleet.place(needing(new Need.Memory("build-1", "amd64/other"))))
                .isInstanceOf(Placement.NoHardware.class);
        assertThat(fleet.explain(needing(new Need.Memory("build-1", "amd64/other")))
                        .workers()
                        .getFirst()
                        .reason())
                .contains("its CPU (amd64/f00) is not the snapshot's (amd64/other)");
    }

    @Test
    void whatAllWorkersLackForASnapshotNamesBothSides() {
        add("free", "n1", "", 100);
        add("busy", "n2", "", 100, new Hardware("gvisor", Set.of("build-3"), "amd64/f00"), Candidate.State.ASSIGNED);

        assertThat(lack("build-1", "amd64/f00")).isEmpty();
        assertThat(lack("build-2", "amd64/f00"))
                .contains(
                        "no worker has the sandbox build that took the snapshot (sha256 build-2): they have build-1, build-3");
        assertThat(lack("build-1", "amd64/other"))
                .contains("no worker has the CPU that the snapshot was taken on (amd64/other): they have amd64/f00");
    }

    @Test
    void aClassWithoutMemorySnapshotsIsNamed() {
        add("fallback", "n1", "", 100, new Hardware("process", Set.of(), "amd64/f00"), Candidate.State.FREE);

        assertThat(lack("build-1", "amd64/f00").orElseThrow()).endsWith("they have none, in class process");
    }

    @Test
    void nothingIsLackingWhileNobodyKnows() {
        assertThat(lack("build-2", "")).as("no worker").isEmpty();

        Candidate lost = add("lost", "n1", "", 100, GVISOR, Candidate.State.LOST);
        assertThat(lack("build-2", "")).as("none that takes actors").isEmpty();

        Candidate silent = add("new", "n1", "", 100, Hardware.UNKNOWN, Candidate.State.FREE);
        add("here", "n1", "", 100);
        assertThat(lack("build-2", "")).as("one has not reported").isEmpty();

        fleet.remove(silent.uid());
        assertThat(lack("build-2", "")).isPresent();
        assertThat(fleet.worker(lost.uid())).isPresent();
    }

    @Test
    void aWorkerThatDrainsOrIsLostIsNoHope() {
        add("here", "n1", "", 100);
        Hardware old = new Hardware("gvisor", Set.of("build-0"), "amd64/f00");
        add("draining", "n2", "", 100, old, Candidate.State.DRAINING);
        add("lost", "n3", "", 100, old, Candidate.State.LOST);

        assertThat(lack("build-0", "")).isPresent();
        add("busy", "n4", "", 100, old, Candidate.State.ASSIGNED);
        assertThat(lack("build-0", "")).isEmpty();
    }

    private Optional<String> lack(String build, String cpu) {
        return fleet.lack(needing(new Need.Memory(build, cpu)).where());
    }

    @Test
    void theProcessSandboxStandsInForNoClassThatATemplateNames() {
        Hardware process = new Hardware("process", Set.of(), "amd64/f00");
        add("laptop", "n1", "", 100, process, Candidate.State.FREE);
        var named = new Need.Requirements("gvisor", true, LabelQuery.ANY, Map.of(), null, null);
        Need need = new Need(named, "digest", List.of(), null);

        assertThat(placed(ANY)).isEqualTo("laptop");
        assertThat(fleet.place(need)).isInstanceOf(Placement.NoHardware.class);
        assertThat(fleet.explain(need).summary())
                .isEqualTo("no worker has sandboxes of class gvisor, which the template names:"
                        + " those of the fitting pools have process");
        assertThat(fleet.explain(need).workers().getFirst().reason())
                .isEqualTo("its sandboxes are of class process, the template names gvisor");

        add("server", "n2", "", 100);
        assertThat(placed(need)).isEqualTo("server");
    }

    @Test
    void aWorkerThatHasNotReportedMayStillFit() {
        add("new", "n1", "", 100, Hardware.UNKNOWN, Candidate.State.FREE);

        assertThat(fleet.place(needing(new Need.Memory("build-1", "")))).isInstanceOf(Placement.AllBusy.class);
    }

    @Test
    void aPoolWithoutWorkersMayGetSome() {
        assertThat(fleet.place(ANY)).isInstanceOf(Placement.AllBusy.class);
    }

    @Test
    void selectorsOfTemplateAndActorBothHold() {
        add("here", "n1", "", 100);
        LabelQuery fast =
                new LabelQuery(Map.of(), List.of(new Expression("tier", Operator.IN, Set.of("fast", "faster"))));
        var fits = new Need.Requirements("gvisor", false, fast, Map.of("tier", "fast"), null, null);
        var actorDiffers = new Need.Requirements("gvisor", false, fast, Map.of("tier", "faster"), null, null);
        var templateDiffers = new Need.Requirements(
                "gvisor",
                false,
                new LabelQuery(Map.of(), List.of(new Expression("tier", Operator.NOT_IN, Set.of("fast")))),
                Map.of(),
                null,
                null);
        var otherClass = new Need.Requirements("microvm", false, LabelQuery.ANY, Map.of(), null, null);
        var otherPool = new Need.Requirements(
                "gvisor", false, LabelQuery.ANY, Map.of(), new PoolRef("demo", "elsewhere"), null);

        assertThat(fleet.place(new Need(fits, "d", List.of(), null))).isInstanceOf(Placement.Placed.class);
        for (var where : List.of(actorDiffers, templateDiffers, otherClass, otherPool)) {
            assertThat(fleet.place(new Need(where, "d", List.of(), null))).isInstanceOf(Placement.NoPool.class);
        }
        assertThat(fleet.explain(new Need(otherClass, "d", List.of(), null))
                        .pools()
                        .getFirst()
                        .reason())
                .isEqualTo("its sandboxClass is gvisor, the template's microvm");
    }

    @Test
    void replicasPreferDifferentWorkersOfEqualMerit() {
        Set<String> chosen = new HashSet<>();
        for (int i = 0; i < 32; i++) {
            add("pod-" + i, "n1", "", 100);
        }
        List<Candidate> workers = List.copyOf(fleet.workers());

        for (long salt = 0; salt < 16; salt++) {
            Fleet replica = new Fleet(salt * 7919);
            replica.pools(List.of(new Pool(POOL, "gvisor", Map.of())));
            workers.forEach(replica::put);
            chosen.add(((Placement.Placed) replica.place(ANY)).worker().pod());
        }

        assertThat(chosen).hasSizeGreaterThan(8);
    }

    @Test
    void theChosenWorkerLeadsTheExplanation() {
        add("other", "n1", "", 100);
        add("prepared", "n1", "digest", 200);

        Explanation explanation = fleet.explain(ANY);

        assertThat(explanation.summary()).isEqualTo("it would go to demo/pool/prepared");
        assertThat(explanation.workers().getFirst().reason())
                .isEqualTo("chosen: boots the image, a sandbox stands prepared");
        assertThat(explanation.workers().get(1).candidate()).isTrue();
    }
}
