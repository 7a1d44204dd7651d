package dev.dormouse.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EgressPolicyTest {

    @Provide
    Arbitrary<String> names() {
        return Arbitraries.of("a", "b", "com").list().ofMinSize(1).ofMaxSize(4).map(labels -> String.join(".", labels));
    }

    @Property
    void aNameIsItselfOnly(@ForAll("names") String pattern, @ForAll("names") String host) {
        assertThat(new HostPattern(pattern).matches(host)).isEqualTo(pattern.equals(host));
    }

    @Property
    void aStarIsAllThatEndsWithTheLabelsBehindIt(@ForAll("names") String pattern, @ForAll("names") String host) {
        List<String> behind = List.of(pattern.split("\\."));
        List<String> labels = List.of(host.split("\\."));

        boolean below = labels.size() > behind.size()
                && labels.subList(labels.size() - behind.size(), labels.size()).equals(behind);

        assertThat(new HostPattern("*." + pattern).matches(host)).isEqualTo(below);
    }

    @Test
    void aStarDoesNotCutALabel() {
        assertThat(new HostPattern("*.example.com").matches("badexample.com")).isFalse();
        assertThat(new HostPattern("*.example.com").matches(".example.com")).isFalse();
        assertThat(new HostPattern("*.example.com").matches("a.b.example.com")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "*", "*.", "A.com", "10.0.0.1", "a.*.b", "a b", "a\n", "a}", "a..b"})
    void anythingElseIsNoHost(String text) {
        assertThatThrownBy(() -> new HostPattern(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 65_536})
    void thereIsNoSuchPort(int number) {
        assertThatThrownBy(() -> new Port(number, Port.Protocol.TCP)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void allRulesThatSpeakOfAHostAreFound() {
        EgressPolicy policy = new EgressPolicy(
                false, List.of(rule("example.com"), rule("*.example.com"), rule("a.example.com", "example.com")));

        assertThat(policy.rulesFor("example.com")).containsExactly(0, 2);
        assertThat(policy.rulesFor("a.example.com")).containsExactly(1, 2);
        assertThat(policy.rulesFor("example.org")).isEmpty();
        assertThat(policy.speaksOfHosts()).isTrue();
        assertThat(new EgressPolicy(false, List.of(rule())).speaksOfHosts()).isFalse();
    }

    private static EgressRule rule(String... hosts) {
        return new EgressRule(
                Stream.of(hosts).map(HostPattern::new).toList(), List.of(Cidr.parse("192.0.2.0/24")), List.of());
    }
}
