package dev.dormouse.ateom;

import dev.dormouse.ateom.wire.Egress;
import dev.dormouse.ateom.wire.EgressPort;
import dev.dormouse.ateom.wire.Failure;
import dev.dormouse.ateom.wire.Workload;
import dev.dormouse.policy.Cidr;
import dev.dormouse.policy.EgressPolicy;
import dev.dormouse.policy.EgressRule;
import dev.dormouse.policy.HostPattern;
import dev.dormouse.policy.Port;
import dev.dormouse.policy.Port.Protocol;
import org.jspecify.annotations.Nullable;

/** The policy of a workload, checked again: what is told becomes part of the firewall's rules here. */
final class ToldPolicy {

    private ToldPolicy() {}

    /** Where it may connect; null: anywhere. */
    static @Nullable EgressPolicy egress(Workload workload) throws CommandFailure {
        if (!workload.getPolicy().hasEgress()) {
            return null;
        }
        Egress egress = workload.getPolicy().getEgress();
        try {
            return new EgressPolicy(
                    egress.getAllowsByDefault(),
                    egress.getRulesList().stream().map(ToldPolicy::rule).toList());
        } catch (IllegalArgumentException e) {
            throw new CommandFailure(
                    Failure.Reason.UNSUPPORTED, "the template's policy is not valid: " + e.getMessage(), e);
        }
    }

    /** Whether it may ask to be put to sleep. */
    static boolean maySuspend(Workload workload) {
        return !workload.getPolicy().getRefusesSuspend();
    }

    private static EgressRule rule(dev.dormouse.ateom.wire.EgressRule rule) {
        return new EgressRule(
                rule.getHostsList().stream().map(HostPattern::new).toList(),
                rule.getCidrsList().stream().map(Cidr::parse).toList(),
                rule.getPortsList().stream().map(ToldPolicy::port).toList());
    }

    private static Port port(EgressPort port) {
        return new Port(port.getPort(), port.getUdp() ? Protocol.UDP : Protocol.TCP);
    }
}
