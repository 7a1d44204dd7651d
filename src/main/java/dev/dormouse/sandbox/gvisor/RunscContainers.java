package dev.dormouse.sandbox.gvisor;

import dev.dormouse.sandbox.SandboxRuntime.Bundle;
import dev.dormouse.sandbox.SandboxRuntime.ContainerSpec;
import dev.dormouse.sandbox.SandboxRuntime.Output;
import dev.dormouse.sandbox.host.ShellQuote;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The containers of one sandbox as scripts of runsc calls. The first container is the sandbox's root. */
final class RunscContainers {

    private final Bundle bundle;
    private final SlotDirectories directories;
    private final String runsc;
    private final boolean keepsConnections;

    RunscContainers(RunscBinary binary, SlotDirectories directories, Bundle bundle) {
        this.bundle = bundle;
        this.directories = directories;
        this.runsc = binary.command(directories.runscRoot(), directories.delta());
        this.keepsConnections = binary.keepsConnections();
    }

    Bundle bundle() {
        return bundle;
    }

    void writeBundles() throws IOException {
        for (int index = 0; index < bundle.containers().size(); index++) {
            OciBundle.write(
                    directory(index),
                    bundle,
                    index,
                    directories.networkNamespace().toString());
        }
    }

    /** Creates them and stops the sandbox: gVisor would use some 4 % of a processor while it waits. */
    String createScript() {
        return each(index -> call(
                        index,
                        "create --pid-file %s --bundle %s %s"
                                .formatted(ShellQuote.of(pidFile(index)), ShellQuote.of(directory(index)), id(index)),
                        true))
                + signal("STOP");
    }

    String startScript() {
        return signal("CONT") + each(index -> call(index, "start " + id(index), index > 0));
    }

    String restoreScript(Path image) {
        return signal("CONT")
                + each(index -> call(
                        index,
                        "restore --detach --bundle %s --image-path %s %s"
                                .formatted(ShellQuote.of(directory(index)), ShellQuote.of(image), id(index)),
                        index > 0));
    }

    private String signal(String name) {
        // the file has no end of line, which makes 'read' fail; a missing file makes 'kill' fail
        return "read sandbox <%s\nkill -%s \"$sandbox\" || exit $?\n".formatted(ShellQuote.of(pidFile(0)), name);
    }

    private String each(IntFunction<String> script) {
        return indexes().mapToObj(script).collect(Collectors.joining("\n", "", "\n"));
    }

    /**
     * Tells events when a container other than the root has ended: {@code ended <index> <runsc's answer>}. The root's end is the
     * sandbox's, which can be seen without a process that waits for it.
     */
    String watchScript() {
        return indexes()
                .skip(1)
                .mapToObj(index ->
                        "( said=$(%s wait %s 2>/dev/null 3>&-); echo \"ended %d $said\" >&3 ) >/dev/null 2>&1 &"
                                .formatted(runsc, id(index), index))
                .collect(Collectors.joining("\n"));
    }

    String pauseScript() {
        return runsc + " pause " + id(0);
    }

    String resumeScript() {
        return runsc + " resume " + id(0);
    }

    /**
     * Of the paused sandbox. A release that ends connections while it writes leaves the snapshot's epoll lists inconsistent: what is
     * restored from it spins on a connection long closed and hears no other (seen with 20240729). There the connections are
     * ended first, by a snapshot that nobody keeps; the second then finds none.
     *
     * @param inboundPorts those of the slot that lead to this sandbox
     */
    String checkpointScript(Path image, Collection<Integer> inboundPorts) {
        String checkpoint = "%s checkpoint --leave-running --compression=none --image-path ".formatted(runsc);
        String kept = checkpoint + ShellQuote.of(image) + " " + id(0) + "\n";
        if (keepsConnections) {
            return kept;
        }
        Path unkept = directories.unkept();
        return """
                if [ ! -r /proc/net/nf_conntrack ] || grep -qE '%1$s' /proc/net/nf_conntrack; then
                    rm -rf %2$s
                    %3$s%2$s %4$s
                    code=$?
                    rm -rf %2$s
                    [ $code = 0 ] || exit $code
                fi
                """.formatted(openConnection(inboundPorts), ShellQuote.of(unkept), checkpoint, id(0)) + kept;
    }

    /** What the kernel's list says of a connection that this sandbox has open; one that is past its end doesn't matter. */
    private static String openConnection(Collection<Integer> inboundPorts) {
        String open = "(SYN_SENT|SYN_RECV|ESTABLISHED|FIN_WAIT|CLOSE_WAIT|LAST_ACK) ";
        String outbound = "src=" + SlotAddress.ACTOR_IP.replace(".", "[.]") + " ";
        String inbound = inboundPorts.stream()
                .map(port -> "|src=[^ ]+ dst=[^ ]+ sport=[0-9]+ dport=" + port + " ")
                .collect(Collectors.joining());
        return open + "(" + outbound + inbound + ")";
    }

    /**
     * One call of runsc; the script ends if it fails.
     *
     * @param givesStdio the call hands its own stdio to the container, so that runsc's words must be read elsewhere
     */
    private String call(int index, String arguments, boolean givesStdio) {
        if (!givesStdio) {
            return "%s %s 3>&- || exit $?".formatted(runsc, arguments);
        }
        Output output = container(index).output();
        return "%s --log=%s %s >>%s 2>>%s 3>&- || { code=$?; cat %s; exit $code; }"
                .formatted(
                        runsc,
                        ShellQuote.of(directories.errors()),
                        arguments,
                        output == null ? "/dev/null" : ShellQuote.of(output.stdout()),
                        output == null ? "/dev/null" : ShellQuote.of(output.stderr()),
                        ShellQuote.of(directories.errors()));
    }

    private String id(int index) {
        // not a suffix: runsc takes the beginning of an id for the id, and calls it ambiguous
        return index == 0 ? bundle.id() : "c%d-%s".formatted(index, bundle.id());
    }

    /** Holds the id of the sandbox's process in the slot's namespace. */
    Path pidFile() {
        return pidFile(0);
    }

    private Path pidFile(int index) {
        return directory(index).resolve("pid");
    }

    private Path directory(int index) {
        return directories.bundle(Integer.toString(index));
    }

    private ContainerSpec container(int index) {
        return bundle.containers().get(index);
    }

    private IntStream indexes() {
        return IntStream.range(0, bundle.containers().size());
    }
}
