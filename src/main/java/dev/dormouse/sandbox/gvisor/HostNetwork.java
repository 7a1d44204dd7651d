package dev.dormouse.sandbox.gvisor;

import dev.dormouse.sandbox.SandboxException;
import dev.dormouse.sandbox.SandboxException.Kind;
import dev.dormouse.sandbox.host.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The host's side of all slots of one instance: actors reach what is outside this machine, and nothing on it but their own
 * gateway. Forwarding between interfaces is switched on for the whole machine, and stays on: others may rely on it by then.
 */
final class HostNetwork implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(HostNetwork.class);
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final Path INTERFACES = Path.of("/sys/class/net");
    private static final Path FORWARDING = Path.of("/proc/sys/net/ipv4/ip_forward");

    private final int instance;
    private final @Nullable String address;

    private HostNetwork(int instance, @Nullable String address) {
        this.instance = instance;
        this.address = address;
    }

    /**
     * Sets the rules, in place of those a dead holder of this number may have left.
     *
     * @param address at which others reach the ports of the first slot; null: they reach none
     */
    static HostNetwork open(int instance, @Nullable String address) throws SandboxException {
        HostNetwork network = new HostNetwork(instance, address);
        network.removeAll();
        Command.run(LIMIT, network.rules(), "nft", "-f", "-");
        allowForwarding();
        return network;
    }

    void join(SlotNetwork slot, long outerPid) throws SandboxException {
        Command.run(LIMIT, slot.hostBatch(outerPid), "ip", "-batch", "-");
    }

    /** Without waiting for the kernel to tear the slot's namespace down, so that the name is free at once. */
    void leave(SlotAddress address) throws SandboxException {
        remove(name -> name.equals(address.hostInterface()));
    }

    /** Bytes in and out of a slot so far; 0 when it is gone. */
    static long bytes(SlotAddress address) {
        Path statistics = INTERFACES.resolve(address.hostInterface()).resolve("statistics");
        try {
            return counter(statistics.resolve("rx_bytes")) + counter(statistics.resolve("tx_bytes"));
        } catch (IOException e) {
            return 0;
        }
    }

    @Override
    public void close() {
        try {
            removeAll();
            Command.run(LIMIT, "add table ip %1$s\ndelete table ip %1$s\n".formatted(table()), "nft", "-f", "-");
        } catch (SandboxException e) {
            LOG.warnf("Network rules of %s are left behind: %s", table(), e.getMessage());
        }
    }

    private void removeAll() throws SandboxException {
        remove(name -> name.startsWith(SlotAddress.prefix(instance)));
    }

    private static void remove(Predicate<String> which) throws SandboxException {
        for (String name : names()) {
            if (which.test(name)) {
                try {
                    Command.run(LIMIT, "", "ip", "link", "del", name);
                } catch (SandboxException e) {
                    if (Files.exists(INTERFACES.resolve(name))) {
                        throw e;
                    }
                    // it vanished meanwhile, with its namespace
                }
            }
        }
    }

    private static List<String> names() throws SandboxException {
        try (Stream<Path> interfaces = Files.list(INTERFACES)) {
            return interfaces.map(path -> path.getFileName().toString()).toList();
        } catch (IOException e) {
            throw new SandboxException(Kind.FAILED, "can't list network interfaces: " + e.getMessage(), e);
        }
    }

    private static void allowForwarding() {
        try {
            if (!"1".equals(Files.readString(FORWARDING).strip())) {
                Files.writeString(FORWARDING, "1");
            }
        } catch (IOException e) {
            LOG.warnf("Actors can't reach other machines: %s can't be set (%s)", FORWARDING, e.getMessage());
        }
    }

    private String table() {
        return "dormouse" + instance;
    }

    private String rules() {
        // 'add' before 'delete' makes the delete legal where there is no table: one transaction in any case
        return """
                add table ip %1$s
                delete table ip %1$s
                table ip %1$s {
                  chain input {
                    type filter hook input priority filter;
                    iifname "%2$s*" ct direction reply accept
                    iifname "%2$s*" ip daddr != %3$s drop
                  }
                  chain forward {
                    type filter hook forward priority filter;
                    iifname "%2$s*" oifname "%4$s*" drop
                  }
                  chain postrouting {
                    type nat hook postrouting priority srcnat;
                    ip saddr %3$s oifname != "%4$s*" masquerade
                  }
                %5$s}
                """.formatted(
                        table(),
                        SlotAddress.prefix(instance),
                        SlotAddress.subnet(instance),
                        SlotAddress.ANY,
                        address == null ? "" : inbound(address));
    }

    /** The slot itself says which of these ports are open, and refuses the others. */
    private String inbound(String at) {
        String translation = "ip daddr %s tcp dport %d-%d dnat ip to %s"
                .formatted(at, InboundPorts.FIRST, InboundPorts.LAST, new SlotAddress(instance, 0).slotIp());
        // what comes from other machines, and what ateom itself asks
        return """
                  chain prerouting {
                    type nat hook prerouting priority dstnat;
                    iifname != "%1$s*" %2$s
                  }
                  chain output {
                    type nat hook output priority -100;
                    %2$s
                  }
                """.formatted(SlotAddress.ANY, translation);
    }

    private static long counter(Path file) throws IOException {
        return Long.parseLong(Files.readString(file).strip());
    }
}
