package dev.dormouse.platform;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.LabelSelectorRequirement;
import io.fabric8.kubernetes.api.model.NodeAffinity;
import io.fabric8.kubernetes.api.model.NodeSelector;
import io.fabric8.kubernetes.api.model.NodeSelectorRequirement;
import io.fabric8.kubernetes.api.model.NodeSelectorTerm;
import io.fabric8.kubernetes.api.model.PreferredSchedulingTerm;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceClaim;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The rules of Kubernetes' own types, where a manifest holds one and no API server enforces its schema. */
public final class KubernetesRules {

    private static final int UNBOUNDED = Integer.MAX_VALUE;
    private static final int QUANTITY_LENGTH = 64;
    private static final Pattern QUANTITY =
            Pattern.compile("[+-]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]+)?");

    private KubernetesRules() {}

    /** Nothing is said of an absent selector. */
    public static void labelSelector(FieldCheck check, @Nullable LabelSelector selector) {
        if (selector != null) {
            check.field("matchExpressions")
                    .items(selector.getMatchExpressions(), UNBOUNDED, KubernetesRules::labelRequirement);
        }
    }

    /** Nothing is said of an absent affinity. */
    public static void nodeAffinity(FieldCheck check, @Nullable NodeAffinity affinity) {
        if (affinity == null) {
            return;
        }
        NodeSelector required = affinity.getRequiredDuringSchedulingIgnoredDuringExecution();
        if (required != null) {
            FieldCheck terms = check.field("requiredDuringSchedulingIgnoredDuringExecution")
                    .field("nodeSelectorTerms");
            // the client's class makes an absent list an empty one, and Kubernetes refuses either
            terms.must(required.getNodeSelectorTerms(), t -> !t.isEmpty(), "Required value");
            terms.items(required.getNodeSelectorTerms(), UNBOUNDED, KubernetesRules::term);
        }
        check.field("preferredDuringSchedulingIgnoredDuringExecution")
                .items(
                        affinity.getPreferredDuringSchedulingIgnoredDuringExecution(),
                        UNBOUNDED,
                        KubernetesRules::preferred);
    }

    /** Nothing is said of absent resources. */
    public static void resources(FieldCheck check, @Nullable ResourceRequirements resources) {
        if (resources != null) {
            quantities(check.field("limits"), resources.getLimits());
            quantities(check.field("requests"), resources.getRequests());
            check.field("claims").items(resources.getClaims(), UNBOUNDED, KubernetesRules::claim);
        }
    }

    private static void preferred(FieldCheck check, PreferredSchedulingTerm term) {
        check.field("weight").required(term.getWeight());
        if (check.field("preference").required(term.getPreference())) {
            term(check.field("preference"), term.getPreference());
        }
    }

    private static void term(FieldCheck check, NodeSelectorTerm term) {
        check.field("matchExpressions").items(term.getMatchExpressions(), UNBOUNDED, KubernetesRules::nodeRequirement);
        check.field("matchFields").items(term.getMatchFields(), UNBOUNDED, KubernetesRules::nodeRequirement);
    }

    private static void nodeRequirement(FieldCheck check, NodeSelectorRequirement requirement) {
        check.field("key").required(requirement.getKey());
        check.field("operator").required(requirement.getOperator());
    }

    private static void labelRequirement(FieldCheck check, LabelSelectorRequirement requirement) {
        check.field("key").required(requirement.getKey());
        check.field("operator").required(requirement.getOperator());
    }

    private static void claim(FieldCheck check, ResourceClaim claim) {
        check.field("name").required(claim.getName());
    }

    private static void quantities(FieldCheck check, @Nullable Map<String, Quantity> quantities) {
        if (quantities != null) {
            quantities.forEach((name, quantity) -> check.field(name)
                    .matches(quantity.toString(), QUANTITY_LENGTH, QUANTITY, "Must be a quantity such as 500m or 1Gi"));
        }
    }
}
