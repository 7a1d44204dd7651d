package dev.dormouse.activation;

import dev.dormouse.ateom.wire.Egress;
import dev.dormouse.ateom.wire.EgressPort;
import dev.dormouse.ateom.wire.EgressRule;
import dev.dormouse.ateom.wire.Policy;
import dev.dormouse.platform.Code;
import dev.dormouse.platform.Failure;
import dev.dormouse.policy.EgressPolicy;
import dev.dormouse.policy.Port;
import dev.dormouse.policy.Port.Protocol;
import dev.dormouse.template.PolicySpec;

/** A template's policy as nodes are told it. */
final class WirePolicy {

    private WirePolicy() {}

    /** Fails FAILED_PRECONDITION when it is none: nothing is told rather than half of it. */
    static Policy of(PolicySpec spec) {
        Policy.Builder policy = Policy.newBuilder();
        if (spec.egress() != null) {
            policy.setEgress(egress(checked(spec.egress())));
        }
        if (spec.self() != null) {
            policy.setRefusesSuspend(!spec.self().maySuspend());
        }
        return policy.build();
    }

    private static EgressPolicy checked(PolicySpec.Egress egress) {
        try {
            return egress.checked();
        } catch (IllegalArgumentException e) {
            throw new Failure(
                    Code.FAILED_PRECONDITION, "the template's spec.policy.egress is not valid: " + e.getMessage());
        }
    }

    private static Egress egress(EgressPolicy policy) {
        Egress.Builder egress = Egress.newBuilder().setAllowsByDefault(policy.allowsByDefault());
        policy.rules().forEach(rule -> egress.addRules(rule(rule)));
        return egress.build();
    }

    private static EgressRule rule(dev.dormouse.policy.EgressRule rule) {
        EgressRule.Builder told = EgressRule.newBuilder();
        rule.hosts().forEach(host -> told.addHosts(host.value()));
        rule.cidrs().forEach(range -> told.addCidrs(range.toString()));
        rule.ports().forEach(port -> told.addPorts(port(port)));
        return told.build();
    }

    private static EgressPort port(Port port) {
        return EgressPort.newBuilder()
                .setPort(port.number())
                .setUdp(port.protocol() == Protocol.UDP)
                .build();
    }
}
