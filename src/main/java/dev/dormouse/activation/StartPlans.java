package dev.dormouse.activation;

import dev.dormouse.actor.Actor;
import dev.dormouse.name.AtespaceName;
import dev.dormouse.name.TemplateRef;
import dev.dormouse.platform.Code;
import dev.dormouse.platform.Failure;
import dev.dormouse.scheduler.Need;
import dev.dormouse.snapshot.Scope;
import dev.dormouse.snapshot.SnapshotRef;
import dev.dormouse.template.ActorTemplateSpec;
import dev.dormouse.worker.Workers;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Decides what an actor starts from, and so what it asks of a worker. */
@Singleton
class StartPlans {

    private final Workloads workloads;
    private final Workers workers;

    StartPlans(Workloads workloads, Workers workers) {
        this.workloads = workloads;
        this.workers = workers;
    }

    /** Fails FAILED_PRECONDITION when the template isn't there, or not Ready and the actor has nothing of its own to start from. */
    Uni<StartPlan> of(Actor actor, boolean boot) {
        return workloads.of(actor.template()).map(blueprint -> plan(actor, blueprint, boot));
    }

    /** See {@link Activations#goldenOutdated}. */
    Uni<Optional<String>> goldenOutdated(TemplateRef template) {
        return workloads.of(template).map(this::goldenOutdated);
    }

    private Optional<String> goldenOutdated(Blueprint blueprint) {
        if (blueprint.golden() == null) {
            return Optional.empty();
        }
        if (blueprint.start() != null) {
            return workers.lack(needOfNew(blueprint));
        }
        return offersMemory(blueprint)
                ? Optional.of("the present one has no memory, which no worker could keep; now one of class %s is there"
                        .formatted(blueprint.sandboxClass()))
                : Optional.empty();
    }

    /** Whether a worker can keep memory that has the template's own class, with nothing standing in for it. */
    private boolean offersMemory(Blueprint blueprint) {
        return Snapshots.keepsMemory(blueprint.sandboxClass())
                && workers.offers(need(blueprint, true, Map.of(), null, false));
    }

    /** What a new actor of the template would ask for. */
    static Need needOfNew(Blueprint blueprint) {
        return need(blueprint, isNamed(blueprint), Map.of(), blueprint.start(), false);
    }

    private static boolean isNamed(Blueprint blueprint) {
        return blueprint.template().getSpec().sandboxClass() != null;
    }

    private StartPlan plan(Actor actor, Blueprint blueprint, boolean boot) {
        SnapshotRef local = actor.localSnapshot();
        String forsaken = local != null && local.node() != null && !workers.nodeIsThere(local.node())
                ? "node %s, which alone holds its newest snapshot, is gone".formatted(local.node())
                : null;
        SnapshotRef own = local != null && forsaken == null ? local : actor.snapshot();
        boolean makesGolden = boot && actor.key().atespace().equals(AtespaceName.GOLDEN);
        // what an earlier golden actor left in its durable directories is no first start
        SnapshotRef from = own != null && !makesGolden ? own : firstStart(actor, blueprint, boot);
        // where some workers can keep memory and others can't, a golden snapshot is taken on the former
        boolean exactClass = isNamed(blueprint) || makesGolden && offersMemory(blueprint);
        Need need = need(blueprint, exactClass, actor.workerSelector(), from, boot);
        return new StartPlan(blueprint, need, from, boot && from != null, forsaken);
    }

    private @Nullable SnapshotRef firstStart(Actor actor, Blueprint blueprint, boolean boot) {
        // golden actors are what golden snapshots are made from
        if (boot || actor.key().atespace().equals(AtespaceName.GOLDEN)) {
            return null;
        }
        if (blueprint.golden() == null) {
            throw notReady(blueprint);
        }
        SnapshotRef start = blueprint.start();
        Need need = need(blueprint, isNamed(blueprint), actor.workerSelector(), start, false);
        // until another golden snapshot is taken, a slow start is better than none
        return workers.lack(need).isPresent() ? null : start;
    }

    private static Failure notReady(Blueprint blueprint) {
        var status = blueprint.template().getStatus();
        String reason =
                status == null ? "" : status.reason().map(why -> ": " + why).orElse("");
        return new Failure(
                Code.FAILED_PRECONDITION,
                "ActorTemplate %s is not Ready (phase: %s)%s"
                        .formatted(blueprint.template().ref(), phase(blueprint), reason));
    }

    private static String phase(Blueprint blueprint) {
        var status = blueprint.template().getStatus();
        return status == null || status.phase() == null || status.phase().isEmpty() ? "new" : status.phase();
    }

    private static Need need(
            Blueprint blueprint,
            boolean exactClass,
            Map<String, String> selector,
            @Nullable SnapshotRef from,
            boolean boot) {
        Need.Requirements where = new Need.Requirements(
                blueprint.sandboxClass(),
                exactClass,
                blueprint.where(),
                selector,
                blueprint.pool(),
                memory(blueprint, from, boot));
        SnapshotRef golden = blueprint.start();
        List<UUID> near = from == null
                ? List.of()
                : golden == null || golden.id().equals(from.id())
                        ? List.of(from.id())
                        : List.of(from.id(), golden.id());
        return new Need(where, blueprint.digest(), near, from == null ? null : from.node());
    }

    private static Need.@Nullable Memory memory(Blueprint blueprint, @Nullable SnapshotRef from, boolean boot) {
        if (from == null || boot || from.scope() == Scope.DATA) {
            return null;
        }
        return new Need.Memory(bringsBuild(blueprint, from) ? "" : from.sandboxBuild(), from.cpu());
    }

    /** The template names the very binary that took the snapshot: ateom fetches it where it is missing. */
    private static boolean bringsBuild(Blueprint blueprint, SnapshotRef from) {
        ActorTemplateSpec.Runsc runsc = blueprint.template().getSpec().runsc();
        return runsc != null && (isBuild(runsc.amd64(), from) || isBuild(runsc.arm64(), from));
    }

    private static boolean isBuild(ActorTemplateSpec.@Nullable Asset asset, SnapshotRef from) {
        return asset != null && asset.sha256Hash().equals(from.sandboxBuild());
    }
}
