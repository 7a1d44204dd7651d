package dev.dormouse.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.name.PoolRef;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** The index answers as a walk over all workers would. */
class FleetProperties {

    private static final PoolRef POOL = new PoolRef("demo", "pool");
    private static final UUID SNAPSHOT = UUID.randomUUID();

    /** What a worker becomes; the same number again changes it. */
    record Change(
            int worker,
            Candidate.State state,
            String node,
            String build,
            String prepared,
            int releasedAt,
            boolean gone) {
        UUID uid() {
            return new UUID(7, worker);
        }

        Candidate candidate() {
            Hardware hardware = new Hardware("gvisor", Set.of(build), "cpu");
            return new Candidate(
                    uid(),
                    POOL,
                    "pod-" + worker,
                    node,
                    hardware,
                    state,
                    prepared,
                    Instant.ofEpochSecond(releasedAt),
                    "");
        }
    }

    @Provide
    Arbitrary<List<Change>> changes() {
        return Combinators.combine(
                        Arbitraries.integers().between(0, 11),
                        Arbitraries.of(Candidate.State.class),
                        Arbitraries.of("n1", "n2", "n3"),
                        Arbitraries.of("b1", "b2"),
                        Arbitraries.of("", "digest", "other"),
                        Arbitraries.integers().between(0, 1000),
                        Arbitraries.of(false, false, false, true))
                .as(Change::new)
                .list()
                .ofMaxSize(60);
    }

    @Property(tries = 500)
    void theBestFreeWorkerIsFoundWhateverChangedBefore(
            @ForAll("changes") List<Change> changes, @ForAll boolean near, @ForAll boolean home) {
        Fleet fleet = new Fleet(3);
        fleet.pools(List.of(new Pool(POOL, "gvisor", Map.of())));
        fleet.cached("n2", Set.of(SNAPSHOT));
        Map<UUID, Candidate> model = new HashMap<>();
        for (Change change : changes) {
            if (change.gone()) {
                fleet.remove(change.uid());
                model.remove(change.uid());
            } else {
                fleet.put(change.candidate());
                model.put(change.uid(), change.candidate());
            }
        }
        Need need = new Need(
                new Need.Requirements("gvisor", false, LabelQuery.ANY, Map.of(), null, new Need.Memory("b1", "cpu")),
                "digest",
                near ? List.of(SNAPSHOT) : List.of(),
                home ? "n3" : null);

        Placement placement = fleet.place(need);

        Optional<Candidate> expected = model.values().stream()
                .filter(worker -> worker.state() == Candidate.State.FREE)
                .filter(worker -> worker.hardware().builds().contains("b1"))
                .min(Comparator.comparing(
                                (Candidate worker) -> !(home && worker.node().equals("n3")))
                        .thenComparing(worker -> !(near && worker.node().equals("n2")))
                        .thenComparing(worker -> !worker.prepared().equals("digest"))
                        .thenComparing(Candidate::releasedAt));
        if (expected.isEmpty()) {
            assertThat(placement).isNotInstanceOf(Placement.Placed.class);
        } else {
            assertThat(placement).isInstanceOf(Placement.Placed.class);
            Candidate chosen = ((Placement.Placed) placement).worker();
            assertThat(merits(chosen, near, home)).isEqualTo(merits(expected.get(), near, home));
        }
    }

    private static List<Object> merits(Candidate worker, boolean near, boolean home) {
        return List.of(
                home && worker.node().equals("n3"),
                near && worker.node().equals("n2"),
                worker.prepared().equals("digest"),
                worker.releasedAt());
    }
}
