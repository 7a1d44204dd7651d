package dev.dormouse.pool;

import dev.dormouse.platform.Conditions;
import dev.dormouse.sandboxconfig.Resolution;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The statuses that may follow a pool's present one, as values. */
public final class PoolStatus {

    /** The type of the condition that says what a pool's autoscaler does. */
    public static final String SCALING_ACTIVE = "ScalingActive";

    /** The type of the condition that says whether a bound keeps it from what it would do. */
    private static final String SCALING_LIMITED = "ScalingLimited";

    private final WorkerPool pool;
    private final @Nullable WorkerPoolStatus present;
    private final @Nullable Scaling scaling;
    private final Instant now;

    /** What a condition says, whatever its type. */
    public record Finding(boolean met, String reason, String message) {}

    /**
     * What its autoscaler does, as the conditions {@code ScalingActive} and {@code ScalingLimited} that users know from a
     * HorizontalPodAutoscaler.
     *
     * @param active not met: how many workers it has is not decided on now
     * @param limited null: so nothing is known of it
     */
    public record Scaling(Finding active, @Nullable Finding limited) {}

    /** @param scaling null: the autoscaler has not looked at it yet */
    public PoolStatus(WorkerPool pool, @Nullable WorkerPoolStatus present, @Nullable Scaling scaling, Instant now) {
        this.pool = pool;
        this.present = present;
        this.scaling = scaling;
        this.now = now;
    }

    /** The Deployment is as the pool asks for; its Pods may be on their way. */
    public WorkerPoolStatus applied(Deployment deployment, int free, int assigned, Resolution sandbox) {
        DeploymentStatus pods = deployment.getStatus() == null ? new DeploymentStatus() : deployment.getStatus();
        int ready = number(pods.getReadyReplicas());
        int wanted = pool.getSpec().declaredReplicas();
        boolean met =
                ready >= wanted && number(pods.getUpdatedReplicas()) >= wanted && number(pods.getReplicas()) == wanted;
        return new WorkerPoolStatus(
                number(pods.getReplicas()),
                ready,
                free,
                assigned,
                WorkerDeployment.selector(pool),
                withScaling(List.of(
                        condition(
                                "Ready",
                                met,
                                met ? "WorkersReady" : "WorkersStarting",
                                "%d of %d workers are ready".formatted(ready, wanted)),
                        condition(
                                "Applied",
                                true,
                                "Applied",
                                "Deployment %s is as the pool asks for".formatted(WorkerDeployment.name(pool))),
                        resolved(sandbox))),
                pool.getMetadata().getGeneration());
    }

    /** The Deployment is not as the pool asks for; what is known of its workers stays as it was. */
    public WorkerPoolStatus failed(String reason, String message) {
        WorkerPoolStatus before = present == null ? new WorkerPoolStatus(0, 0, 0, 0, null, null, 0) : present;
        List<Condition> others = before.conditions() == null
                ? List.of()
                : before.conditions().stream()
                        .filter(condition -> !condition.getType().equals("Applied"))
                        .toList();
        List<Condition> conditions = new ArrayList<>(others);
        conditions.add(condition("Applied", false, reason, message));
        return new WorkerPoolStatus(
                before.replicas(),
                before.readyReplicas(),
                before.freeWorkers(),
                before.assignedWorkers(),
                before.selector(),
                withScaling(conditions),
                pool.getMetadata().getGeneration());
    }

    /** It can't be said which sandbox its workers are to have: nothing of them is changed. */
    public WorkerPoolStatus unresolved(Resolution.Refused refused) {
        WorkerPoolStatus failed = failed(refused.reason(), refused.message());
        List<Condition> conditions = new ArrayList<>(failed.conditions() == null ? List.of() : failed.conditions());
        conditions.removeIf(condition -> condition.getType().equals("SandboxConfigResolved"));
        conditions.add(resolved(refused));
        return new WorkerPoolStatus(
                failed.replicas(),
                failed.readyReplicas(),
                failed.freeWorkers(),
                failed.assignedWorkers(),
                failed.selector(),
                conditions,
                failed.observedGeneration());
    }

    /** What was said of the scaling stays until there is news; a pool that isn't autoscaled says nothing of it. */
    private List<Condition> withScaling(List<Condition> others) {
        List<Condition> conditions = new ArrayList<>(others);
        conditions.removeIf(PoolStatus::isOfScaling);
        if (pool.getSpec().autoscaling() == null) {
            return conditions;
        }
        if (scaling != null) {
            conditions.add(condition(SCALING_ACTIVE, scaling.active()));
            if (scaling.limited() != null) {
                conditions.add(condition(SCALING_LIMITED, scaling.limited()));
            }
        } else if (present != null && present.conditions() != null) {
            present.conditions().stream().filter(PoolStatus::isOfScaling).forEach(conditions::add);
        }
        return conditions;
    }

    private static boolean isOfScaling(Condition condition) {
        return condition.getType().equals(SCALING_ACTIVE) || condition.getType().equals(SCALING_LIMITED);
    }

    private Condition resolved(Resolution sandbox) {
        return switch (sandbox) {
            case Resolution.Found found ->
                resolved(
                        true,
                        "Resolved",
                        "Workers use SandboxConfig "
                                + found.config().getMetadata().getName());
            case Resolution.None none ->
                resolved(true, "ImageDefault", "No SandboxConfig is meant for it: workers use what their image brings");
            case Resolution.Refused refused -> resolved(false, refused.reason(), refused.message());
        };
    }

    private Condition resolved(boolean met, String reason, String message) {
        return condition("SandboxConfigResolved", met, reason, message);
    }

    private Condition condition(String type, Finding finding) {
        return condition(type, finding.met(), finding.reason(), finding.message());
    }

    private Condition condition(String type, boolean met, String reason, String message) {
        List<Condition> before = present == null ? null : present.conditions();
        return Conditions.next(before, type, met, reason, message, pool.getMetadata(), now);
    }

    private static int number(@Nullable Integer number) {
        return number == null ? 0 : number;
    }
}
