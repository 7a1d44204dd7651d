package dev.dormouse.scheduler;

import dev.dormouse.name.PoolRef;
import dev.dormouse.scheduler.Explanation.PoolFit;
import dev.dormouse.scheduler.Explanation.WorkerFit;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Puts a placement into words. */
record Explainer(
        Need need, Map<PoolRef, Pool> pools, Collection<Candidate> workers, Holders holders, Placement placement) {

    private static final Comparator<PoolRef> BY_NAME =
            Comparator.comparing(PoolRef::namespace).thenComparing(PoolRef::name);

    Explanation explain() {
        List<PoolFit> poolFits = pools.values().stream()
                .sorted(Comparator.comparing(Pool::ref, BY_NAME))
                .map(this::poolFit)
                .toList();
        List<WorkerFit> workerFits = workers.stream()
                .sorted(Comparator.comparing((Candidate worker) -> !isChosen(worker))
                        .thenComparing(worker -> objection(worker).isPresent())
                        .thenComparing(worker -> !isNear(worker))
                        .thenComparing(worker -> !isPrepared(worker))
                        .thenComparing(Candidate::pool, BY_NAME)
                        .thenComparing(Candidate::pod))
                .map(this::workerFit)
                .toList();
        return new Explanation(summary(workerFits), poolFits, workerFits);
    }

    private PoolFit poolFit(Pool pool) {
        Optional<String> objection = new PoolRule(need.where()).objection(pool);
        return new PoolFit(pool.ref(), objection.isEmpty(), objection.orElse("its class and labels fit"));
    }

    private WorkerFit workerFit(Candidate worker) {
        Optional<String> objection = objection(worker);
        String reason = objection.orElseGet(() -> merits(worker));
        return new WorkerFit(worker.pool(), worker.pod(), worker.node(), objection.isEmpty(), reason);
    }

    private Optional<String> objection(Candidate worker) {
        Pool pool = pools.get(worker.pool());
        if (pool == null) {
            return Optional.of("its pool is gone");
        }
        Optional<String> ofPool = new PoolRule(need.where()).objection(pool);
        if (ofPool.isPresent()) {
            return ofPool.map(reason -> "its pool doesn't fit: " + reason);
        }
        return hardwareObjection(worker.hardware()).or(() -> stateObjection(worker));
    }

    private Optional<String> hardwareObjection(Hardware hardware) {
        if (!need.where().hasClass(hardware)) {
            return Optional.of(
                    hardware.equals(Hardware.UNKNOWN)
                            ? "not heard of yet"
                            : "its sandboxes are of class %s, the template names %s"
                                    .formatted(
                                            hardware.sandboxClass(),
                                            need.where().sandboxClass()));
        }
        Need.Memory memory = need.where().memory();
        if (memory == null || memory.runsOn(hardware)) {
            return Optional.empty();
        }
        return Optional.of(
                memory.hasBuild(hardware)
                        ? "its CPU (%s) is not the snapshot's (%s)".formatted(hardware.cpu(), memory.cpu())
                        : "it lacks the sandbox build of the snapshot (sha256 %s)".formatted(memory.build()));
    }

    private static Optional<String> stateObjection(Candidate worker) {
        return switch (worker.state()) {
            case FREE -> Optional.empty();
            case ASSIGNED -> Optional.of(worker.occupant().isEmpty() ? "busy" : "busy with " + worker.occupant());
            case DRAINING -> Optional.of("draining");
            case LOST -> Optional.of("not heard of, or in an unknown condition");
        };
    }

    private String merits(Candidate worker) {
        String place = isHome(worker)
                ? "holds the actor's newest snapshot"
                : isNear(worker) ? "has the snapshot cached" : "must fetch the snapshot";
        String start = need.home() == null && need.near().isEmpty() ? "boots the image" : place;
        String sandbox = isPrepared(worker) ? "a sandbox stands prepared" : "no sandbox prepared";
        return (isChosen(worker) ? "chosen: " : "free: ") + start + ", " + sandbox;
    }

    private boolean isChosen(Candidate worker) {
        return placement instanceof Placement.Placed placed
                && placed.worker().uid().equals(worker.uid());
    }

    private boolean isHome(Candidate worker) {
        return Objects.equals(need.home(), worker.node());
    }

    private boolean isNear(Candidate worker) {
        return isHome(worker) || holders.holdsAny(worker.node(), need.near());
    }

    private boolean isPrepared(Candidate worker) {
        return need.digest().equals(worker.prepared());
    }

    private String summary(List<WorkerFit> fits) {
        return switch (placement) {
            case Placement.Placed placed ->
                "it would go to " + placed.worker().pool() + "/"
                        + placed.worker().pod();
            case Placement.NoPool() ->
                "no worker pool matches the template's sandboxClass and the template/actor selectors";
            case Placement.NoHardware() -> noHardware();
            case Placement.AllBusy() -> "no free workers available: " + counts();
        };
    }

    private String noHardware() {
        List<Candidate> fitting = fitting();
        boolean noneOfClass = fitting.stream().noneMatch(worker -> need.where().hasClass(worker.hardware()));
        if (!noneOfClass) {
            return "no worker has the sandbox build and CPU that the snapshot was taken with";
        }
        List<String> classes = fitting.stream()
                .map(worker -> worker.hardware().sandboxClass())
                .distinct()
                .sorted()
                .toList();
        return "no worker has sandboxes of class %s, which the template names: those of the fitting pools have %s"
                .formatted(need.where().sandboxClass(), String.join(", ", classes));
    }

    private List<Candidate> fitting() {
        return workers.stream()
                .filter(worker -> pools.containsKey(worker.pool())
                        && need.where().admits(Objects.requireNonNull(pools.get(worker.pool()))))
                .toList();
    }

    private String counts() {
        List<Candidate> fitting = fitting();
        if (fitting.isEmpty()) {
            return "the fitting pools have no workers yet";
        }
        return "of %d workers in fitting pools %d are busy, %d draining, %d lost, %d of another class or build of sandbox, or CPU"
                .formatted(
                        fitting.size(),
                        count(fitting, Candidate.State.ASSIGNED),
                        count(fitting, Candidate.State.DRAINING),
                        count(fitting, Candidate.State.LOST),
                        fitting.stream()
                                .filter(worker -> !need.where().runsOn(worker.hardware()))
                                .count());
    }

    private static long count(List<Candidate> workers, Candidate.State state) {
        return workers.stream().filter(worker -> worker.state() == state).count();
    }
}
