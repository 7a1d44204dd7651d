package dev.dormouse.pool;

import dev.dormouse.platform.FieldCheck;
import dev.dormouse.platform.KubernetesRules;
import dev.dormouse.platform.Violation;
import java.util.List;

/** The rules of a WorkerPool, for where no API server enforces its schema. */
public final class WorkerPoolRules {

    private static final int TOLERATIONS = 16;

    private WorkerPoolRules() {}

    /** All rules that the spec breaks. */
    public static List<Violation> violations(WorkerPoolSpec spec) {
        FieldCheck check = FieldCheck.at("spec");
        check.field("replicas").required(spec.replicas());
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
        return check.violations();
    }
}
