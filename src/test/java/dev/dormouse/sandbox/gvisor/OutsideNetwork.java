package dev.dormouse.sandbox.gvisor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.sandbox.host.Command;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/** A network of its own beyond the host, with the test server at some addresses and ports. */
public final class OutsideNetwork implements AutoCloseable {

    private final Process process;

    /**
     * @param rootfs of the test server
     * @param host the host's addresses in it, with a length: 192.0.2.253/30
     * @param addresses those of the servers, likewise
     */
    public OutsideNetwork(Path rootfs, String link, List<String> host, List<String> addresses, int... ports)
            throws Exception {
        String servers = IntStream.of(ports)
                .mapToObj(port -> rootfs + "/server " + port + " & ")
                .reduce("", String::concat);
        process = Command.builder("unshare", "--net", "sh", "-c", "echo ready; read go; " + servers + "wait")
                .start();
        try {
            assertThat(process.inputReader().readLine()).isEqualTo("ready");
            StringBuilder here = new StringBuilder(
                    "link add %1$s type veth peer name eth0 netns %2$d\n".formatted(link, process.pid()));
            host.forEach(address -> here.append("addr add %s dev %s\n".formatted(address, link)));
            here.append("link set %s up\n".formatted(link));
            batch(here.toString(), "ip", "-batch", "-");
            StringBuilder inside = new StringBuilder("link set eth0 up\n");
            addresses.forEach(address -> inside.append("addr add %s dev eth0\n".formatted(address)));
            batch(inside.toString(), "nsenter", "--net=/proc/" + process.pid() + "/ns/net", "ip", "-batch", "-");
            process.outputWriter().append("go\n").flush();
        } catch (Exception | AssertionError e) {
            close();
            throw e;
        }
    }

    private static void batch(String input, String... command) throws Exception {
        Command.run(Duration.ofSeconds(5), input, command);
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }
}
