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

    private static final String READY = "Ready";

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

    /** What keeps every worker from going on from the template's golden snapshot; empty when one can, or nobody knows. */
    Uni<Optional<String>> goldenLack(TemplateRef template) {
        return workloads.of(template).map(this::goldenLack);
    }

    private Optional<String> goldenLack(Blueprint blueprint) {
        return blueprint.golden() == null ? Optional.empty() : workers.lack(needOfNew(blueprint));
    }

    /** What a new actor of the template would ask for. */
    static Need needOfNew(Blueprint blueprint) {
        return need(blueprint, Map.of(), blueprint.golden(), false);
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
        return new StartPlan(
                blueprint, need(blueprint, actor.workerSelector(), from, boot), from, boot && from != null, forsaken);
    }

    private @Nullable SnapshotRef firstStart(Actor actor, Blueprint blueprint, boolean boot) {
        // golden actors are what golden snapshots are made from
        if (boot || actor.key().atespace().equals(AtespaceName.GOLDEN)) {
            return null;
        }
        // a Ready template without a golden snapshot is one whose sandbox can't take it: its actors boot
        if (blueprint.golden() == null && !READY.equals(phase(blueprint))) {
            throw notReady(blueprint);
        }
        // until another golden snapshot is taken, a slow start is better than none
        return workers.lack(need(blueprint, actor.workerSelector(), blueprint.golden(), false))
                        .isPresent()
                ? null
                : blueprint.golden();
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
            Blueprint blueprint, Map<String, String> selector, @Nullable SnapshotRef from, boolean boot) {
        Need.Requirements where = new Need.Requirements(
                blueprint.sandboxClass(),
                blueprint.template().getSpec().sandboxClass() != null,
                blueprint.where(),
                selector,
                blueprint.pool(),
                memory(blueprint, from, boot));
        SnapshotRef golden = blueprint.golden();
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
