package dev.dormouse.sandbox.gvisor;

import java.util.Map;
import java.util.stream.Collectors;

/**
 * The network of a slot as scripts. Host, outer namespace (what a Pod would have) and the sandbox's own are joined by two veth
 * pairs; inbound ports are translated by the kernel in the outer one, since a relay in user space would halve the throughput.
 * Neighbour entries are permanent: a lost ARP or SYN costs a second.
 */
record SlotNetwork(SlotAddress address) {

    /**
     * On the host, once the outer namespace exists: input of {@code ip -batch -}. Without IPv6, whose chatter would make every
     * slot look busy.
     */
    String hostBatch(long outerPid) {
        return """
                link add %1$s address %2$s type veth peer name eth0 address %3$s netns %4$d
                addr add %5$s/30 dev %1$s
                link set %1$s addrgenmode none
                link set %1$s up
                neigh replace %6$s lladdr %3$s dev %1$s nud permanent
                """.formatted(
                        address.hostInterface(),
                        address.hostMac(),
                        address.slotMac(),
                        outerPid,
                        address.hostIp(),
                        address.slotIp());
    }

    /**
     * In the outer namespace: joins it to the host and to the sandbox's namespace, and sets the rules.
     *
     * @param inner file of the sandbox's namespace
     */
    String setUpScript(String inner) {
        return """
                set -e
                echo 1 > /proc/sys/net/ipv4/ip_forward
                if [ -e /proc/sys/net/ipv6/conf/all/disable_ipv6 ]; then echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6; fi
                ip -batch - <<'END'
                link set lo up
                addr add %1$s/30 dev eth0
                link set eth0 up
                neigh replace %2$s lladdr %3$s dev eth0 nud permanent
                route add default via %2$s
                link add in0 address %4$s type veth peer name eth0 address %5$s netns %6$s
                addr add %7$s/30 dev in0
                link set in0 up
                neigh replace %8$s lladdr %5$s dev in0 nud permanent
                END
                nft -f - <<'END'
                %9$sEND
                %10$s""".formatted(
                        address.slotIp(),
                        address.hostIp(),
                        address.hostMac(),
                        SlotAddress.GATEWAY_MAC,
                        SlotAddress.ACTOR_MAC,
                        inner,
                        SlotAddress.GATEWAY_IP,
                        SlotAddress.ACTOR_IP,
                        rules(),
                        innerScript(inner));
    }

    /** Gives the sandbox's interface its address again: gVisor takes it over, and off the interface, when it starts. */
    static String innerScript(String inner) {
        return """
                nsenter --net=%1$s ip -batch - <<'END'
                link set lo up
                addr replace %2$s/30 dev eth0
                link set eth0 up
                neigh replace %3$s lladdr %4$s dev eth0 nud permanent
                route replace default via %3$s
                END
                """.formatted(inner, SlotAddress.ACTOR_IP, SlotAddress.GATEWAY_IP, SlotAddress.GATEWAY_MAC);
    }

    /**
     * Opens ports of an activation. A closed port refuses also what was connected through it, so that an old connection never
     * reaches the next actor.
     *
     * @param ports inbound port to actor's port
     * @param gatewayPort of the metadata service, 0: none
     * @param namesPort of the DNS server, 0: none
     */
    String openScript(Map<Integer, Integer> ports, int gatewayPort, int namesPort) {
        StringBuilder elements = new StringBuilder();
        if (!ports.isEmpty()) {
            elements.append("add element ip dormouse ports { %s }\n"
                    .formatted(ports.entrySet().stream()
                            .map(port -> "%d : %s . %d".formatted(port.getKey(), SlotAddress.ACTOR_IP, port.getValue()))
                            .collect(Collectors.joining(", "))));
            elements.append("add element ip dormouse open { %s }\n"
                    .formatted(ports.keySet().stream().map(String::valueOf).collect(Collectors.joining(", "))));
        }
        if (gatewayPort != 0) {
            elements.append(
                    "add element ip dormouse gateway { 80 : %s . %d }\n".formatted(address.hostIp(), gatewayPort));
        }
        if (namesPort != 0) {
            elements.append(
                    "add element ip dormouse gateway { 53 : %1$s . %2$d }\nadd element ip dormouse names { 53 : %1$s . %2$d }\n"
                            .formatted(address.hostIp(), namesPort));
        }
        return elements.isEmpty() ? "" : "nft -f - <<'END'\n" + elements + "END\n";
    }

    static String closeScript() {
        return "nft 'flush map ip dormouse ports; flush set ip dormouse open; flush map ip dormouse gateway; flush map ip dormouse names'\n";
    }

    private String rules() {
        return """
                table ip dormouse {
                  map ports { type inet_service : ipv4_addr . inet_service; }
                  map gateway { type inet_service : ipv4_addr . inet_service; }
                  map names { type inet_service : ipv4_addr . inet_service; }
                  set open { type inet_service; }
                  chain prerouting {
                    type nat hook prerouting priority dstnat;
                    iifname "eth0" dnat ip to tcp dport map @ports
                    iifname "in0" ip daddr %1$s dnat ip to tcp dport map @gateway
                    iifname "in0" ip daddr %1$s dnat ip to udp dport map @names
                  }
                  chain postrouting {
                    type nat hook postrouting priority srcnat;
                    oifname "eth0" ip saddr %2$s masquerade
                  }
                  chain input {
                    type filter hook input priority filter;
                    iifname "in0" drop
                  }
                  chain forward {
                    type filter hook forward priority filter; policy drop;
                    iifname "eth0" ct direction reply accept
                    iifname "eth0" ct original protocol tcp ct original proto-dst @open accept
                    iifname "eth0" meta l4proto tcp reject with tcp reset
                    iifname "eth0" drop
                    ip saddr != %2$s drop
                    ct direction reply ct original protocol tcp ct original proto-dst @open accept
                    ct direction reply drop
                    ct status dnat ip daddr %3$s accept
                    ip daddr { %4$s, 127.0.0.0/8, 169.254.0.0/16, 224.0.0.0/3 } drop
                    oifname "eth0" accept
                  }
                }
                """.formatted(SlotAddress.GATEWAY_IP, SlotAddress.ACTOR_IP, address.hostIp(), SlotAddress.RANGE);
    }
}
