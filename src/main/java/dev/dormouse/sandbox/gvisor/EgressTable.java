package dev.dormouse.sandbox.gvisor;

import dev.dormouse.policy.Cidr;
import dev.dormouse.policy.EgressRule;
import dev.dormouse.policy.Port;
import dev.dormouse.policy.Port.Protocol;
import dev.dormouse.sandbox.SandboxRuntime.Egress;
import java.net.Inet4Address;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * The policy of one activation as a table of nftables in the slot's outer namespace, which the sandbox can't reach into. It only takes
 * away from what {@link SlotNetwork} lets out; that there is none is no restriction. Nothing goes into its text but numbers and
 * addresses that were checked.
 *
 * @param number of the activation in this slot: marks its connections, so that none of an earlier one counts as allowed
 */
record EgressTable(int number, Egress egress) {

    /** More addresses at a time are not let through. */
    private static final int NAMED_ADDRESSES = 4096;

    /** Ends the policy. To be run when nothing of the sandbox is left. */
    static final String REMOVE_SCRIPT = "nft 'add table ip egress; delete table ip egress'\n";

    /** Puts the policy in force, in place of any other, in one transaction. */
    String openScript() {
        return """
                nft -f - <<'END'
                add table ip egress
                delete table ip egress
                table ip egress {
                %1$s  chain refuse {
                    meta l4proto tcp reject with tcp reset
                    reject with icmp type admin-prohibited
                  }
                  chain forward {
                    type filter hook forward priority filter + 10;
                    iifname != "in0" accept
                    ct direction reply accept
                    ct status dnat accept
                    ct mark %2$d accept
                %3$s  }
                }
                END
                """.formatted(sets(), number, rules());
    }

    /** Input of {@code nft -f -}: what a host name of a rule stands for. Refused when another activation has begun. */
    String allowance(int rule, List<Inet4Address> addresses, long seconds) {
        String elements = addresses.stream().map(Inet4Address::getHostAddress).collect(Collectors.joining(", "));
        String timed = addresses.stream()
                .map(address -> "%s timeout %ds".formatted(address.getHostAddress(), seconds))
                .collect(Collectors.joining(", "));
        // an address that is there already would keep its old time
        return """
                add element ip egress %1$s { %2$s }
                delete element ip egress %1$s { %2$s }
                add element ip egress %1$s { %3$s }
                """.formatted(set(rule), elements, timed);
    }

    private String sets() {
        StringBuilder sets = new StringBuilder();
        for (int rule = 0; rule < policyRules().size(); rule++) {
            if (!policyRules().get(rule).hosts().isEmpty()) {
                sets.append(
                        "  set %s { type ipv4_addr; flags timeout; size %d; }\n".formatted(set(rule), NAMED_ADDRESSES));
            }
        }
        return sets.toString();
    }

    private String rules() {
        List<String> lines = new ArrayList<>();
        if (egress.policy().allowsByDefault()) {
            guard(lines);
            lines.add(allowed(""));
        } else {
            ranges(lines, Cidr::isSingle);
            guard(lines);
            ranges(lines, range -> !range.isSingle());
            names(lines);
            lines.add("goto refuse");
        }
        return lines.stream().map(line -> "    " + line + "\n").collect(Collectors.joining());
    }

    private void guard(List<String> lines) {
        egress.guarded().stream()
                .filter(Cidr::isIpv4)
                .forEach(range -> lines.add("ip daddr %s goto refuse".formatted(range)));
    }

    private void ranges(List<String> lines, Predicate<Cidr> which) {
        for (EgressRule rule : policyRules()) {
            // nothing leaves a sandbox by IPv6
            rule.cidrs().stream()
                    .filter(Cidr::isIpv4)
                    .filter(which)
                    .forEach(range -> allow(lines, range.prefix() == 0 ? "" : "ip daddr " + range + " ", rule));
        }
    }

    private void names(List<String> lines) {
        for (int rule = 0; rule < policyRules().size(); rule++) {
            if (!policyRules().get(rule).hosts().isEmpty()) {
                allow(lines, "ip daddr @%s ".formatted(set(rule)), policyRules().get(rule));
            }
        }
    }

    private void allow(List<String> lines, String destination, EgressRule rule) {
        if (rule.ports().isEmpty()) {
            lines.add(allowed(destination));
        }
        for (Protocol protocol : Protocol.values()) {
            String numbers = rule.ports().stream()
                    .filter(port -> port.protocol() == protocol)
                    .map(Port::number)
                    .distinct()
                    .map(String::valueOf)
                    .collect(Collectors.joining(", "));
            if (!numbers.isEmpty()) {
                lines.add(allowed("%s%s dport { %s } ".formatted(destination, keyword(protocol), numbers)));
            }
        }
    }

    private String allowed(String match) {
        return "%sct mark set %d accept".formatted(match, number);
    }

    private static String keyword(Protocol protocol) {
        return switch (protocol) {
            case TCP -> "tcp";
            case UDP -> "udp";
        };
    }

    private String set(int rule) {
        return "names%d_%d".formatted(number, rule);
    }

    private List<EgressRule> policyRules() {
        return egress.policy().rules();
    }
}
