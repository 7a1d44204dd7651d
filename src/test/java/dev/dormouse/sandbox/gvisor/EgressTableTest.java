package dev.dormouse.sandbox.gvisor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.policy.Cidr;
import dev.dormouse.policy.EgressPolicy;
import dev.dormouse.policy.EgressRule;
import dev.dormouse.policy.HostPattern;
import dev.dormouse.policy.Port;
import dev.dormouse.policy.Port.Protocol;
import dev.dormouse.sandbox.SandboxRuntime.Egress;
import java.net.Inet4Address;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class EgressTableTest {

    private static final List<Cidr> GUARDED = List.of(Cidr.parse("10.0.0.1/32"), Cidr.parse("fd00::1/128"));

    private static EgressRule rule(List<String> hosts, List<String> cidrs, Port... ports) {
        return new EgressRule(
                hosts.stream().map(HostPattern::new).toList(),
                cidrs.stream().map(Cidr::parse).toList(),
                List.of(ports));
    }

    private static List<String> chain(boolean allows, EgressRule... rules) {
        String script =
                new EgressTable(7, new Egress(new EgressPolicy(allows, List.of(rules)), GUARDED, 0)).openScript();
        return script.lines()
                .map(String::strip)
                .dropWhile(line -> !line.equals("ct mark 7 accept"))
                .skip(1)
                .takeWhile(line -> !line.equals("}"))
                .toList();
    }

    @Test
    void whatIsGuardedIsOpenedByItsOwnAddressOnly() {
        assertThat(chain(false, rule(List.of(), List.of("10.0.0.0/8", "10.0.0.1/32", "0.0.0.0/0", "::/0"))))
                .containsExactly(
                        "ip daddr 10.0.0.1/32 ct mark set 7 accept",
                        "ip daddr 10.0.0.1/32 goto refuse",
                        "ip daddr 10.0.0.0/8 ct mark set 7 accept",
                        "ct mark set 7 accept",
                        "goto refuse");
    }

    @Test
    void hostsAreSetsOfTheirRule() {
        assertThat(chain(
                        false,
                        rule(List.of(), List.of("192.0.2.0/24")),
                        rule(List.of("a", "b"), List.of(), new Port(443, Protocol.TCP), new Port(443, Protocol.UDP))))
                .containsExactly(
                        "ip daddr 10.0.0.1/32 goto refuse",
                        "ip daddr 192.0.2.0/24 ct mark set 7 accept",
                        "ip daddr @names7_1 tcp dport { 443 } ct mark set 7 accept",
                        "ip daddr @names7_1 udp dport { 443 } ct mark set 7 accept",
                        "goto refuse");
    }

    @Test
    void whatAllowsByDefaultStillGuards() {
        assertThat(chain(true)).containsExactly("ip daddr 10.0.0.1/32 goto refuse", "ct mark set 7 accept");
    }

    @Test
    void anAddressThatIsThereAlreadyGetsItsNewTime() {
        EgressTable table = new EgressTable(
                2, new Egress(new EgressPolicy(false, List.of(rule(List.of("a"), List.of()))), List.of(), 5353));

        String rules = table.allowance(
                0,
                Stream.of("192.0.2.1", "192.0.2.2").map(Inet4Address::ofLiteral).toList(),
                60);

        assertThat(rules).isEqualTo("""
                add element ip egress names2_0 { 192.0.2.1, 192.0.2.2 }
                delete element ip egress names2_0 { 192.0.2.1, 192.0.2.2 }
                add element ip egress names2_0 { 192.0.2.1 timeout 60s, 192.0.2.2 timeout 60s }
                """);
    }
}
