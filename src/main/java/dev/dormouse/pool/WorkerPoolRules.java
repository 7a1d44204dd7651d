package dev.dormouse.pool;

import dev.dormouse.platform.FieldCheck;
import dev.dormouse.platform.KubernetesRules;
import dev.dormouse.platform.Violation;
import dev.dormouse.pool.WorkerPoolSpec.Autoscaling;
import java.util.List;

/** The rules of a WorkerPool, for where no API server enforces its schema. */
public final class WorkerPoolRules {

    static final String REPLICAS = "Replicas are required where autoscaling is not set";
    static final String BOUNDS = "MinReplicas must be at most maxReplicas";

    private static final int TOLERATIONS = 16;

    private WorkerPoolRules() {}

    /** All rules that the spec breaks. */
    public static List<Violation> violations(WorkerPoolSpec spec) {
        FieldCheck check = FieldCheck.at("spec");
        if (spec.replicas() == null && spec.autoscaling() == null) {
            check.field("replicas").refuse(REPLICAS);
        }
        check.field("replicas").must(spec.replicas(), n -> n >= 0, "Must be at least 0");
        check.field("ateomImage").requiredText(spec.ateomImage());
        if (spec.template() != null) {
            FieldCheck template = check.field("template");
            template.field("tolerations").maxItems(spec.template().tolerations(), TOLERATIONS);
            KubernetesRules.nodeAffinity(
                    template.field("nodeAffinity"), spec.template().nodeAffinity());
            KubernetesRules.resources(
                    template.field("resources"), spec.template().resources());
        }
        if (spec.autoscaling() != null) {
            autoscaling(check.field("autoscaling"), spec.autoscaling());
        }
        return check.violations();
    }

    private static void autoscaling(FieldCheck check, Autoscaling autoscaling) {
        check.field("minReplicas").must(autoscaling.minReplicas(), n -> n >= 0, "Must be at least 0");
        check.field("targetFree").must(autoscaling.targetFree(), n -> n >= 0, "Must be at least 0");
        if (check.field("maxReplicas").required(autoscaling.maxReplicas())) {
            check.field("maxReplicas").must(autoscaling.maxReplicas(), n -> n >= 1, "Must be at least 1");
            check.field("minReplicas").must(autoscaling.min(), n -> n <= autoscaling.maxReplicas(), BOUNDS);
        }
    }
}
