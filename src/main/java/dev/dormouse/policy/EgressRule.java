package dev.dormouse.policy;

import java.util.List;

/**
 * Lets an actor connect to any of these hosts or addresses.
 *
 * @param ports at which; empty: at all, by any protocol
 */
public record EgressRule(List<HostPattern> hosts, List<Cidr> cidrs, List<Port> ports) {

    public EgressRule {
        hosts = List.copyOf(hosts);
        cidrs = List.copyOf(cidrs);
        ports = List.copyOf(ports);
    }

    boolean names(String host) {
        return hosts.stream().anyMatch(pattern -> pattern.matches(host));
    }
}
