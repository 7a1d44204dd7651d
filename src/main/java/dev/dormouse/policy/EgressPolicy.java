package dev.dormouse.policy;

import java.util.List;
import java.util.stream.IntStream;

/**
 * Where an actor may connect.
 *
 * @param allowsByDefault whether it may connect to what no rule speaks of
 */
public record EgressPolicy(boolean allowsByDefault, List<EgressRule> rules) {

    public EgressPolicy {
        rules = List.copyOf(rules);
    }

    /** Whether it takes an answer of DNS to know what some of its rules mean. */
    public boolean speaksOfHosts() {
        return rules.stream().anyMatch(rule -> !rule.hosts().isEmpty());
    }

    /**
     * Which rules let an actor connect to this host; empty: none, and it need not know the host's address either.
     *
     * @param host in lower case, without a dot at its end
     * @return places in {@link #rules}
     */
    public List<Integer> rulesFor(String host) {
        return IntStream.range(0, rules.size())
                .filter(i -> rules.get(i).names(host))
                .boxed()
                .toList();
    }
}
