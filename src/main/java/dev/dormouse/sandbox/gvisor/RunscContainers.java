package dev.dormouse.sandbox.gvisor;

import dev.dormouse.sandbox.SandboxRuntime.Bundle;
import dev.dormouse.sandbox.SandboxRuntime.ContainerSpec;
import dev.dormouse.sandbox.host.ShellQuote;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The containers of one sandbox as scripts of runsc calls. The first container is the sandbox's root. */
final class RunscContainers {

    private final Bundle bundle;
    private final SlotDirectories directories;
    private final String runsc;

    RunscContainers(RunscBinary binary, SlotDirectories directories, Bundle bundle) {
        this.bundle = bundle;
        this.directories = directories;
        this.runsc = binary.command(directories.runscRoot(), directories.delta());
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

    String checkpointScript(Path image) {
        return "%s checkpoint --leave-running --compression=none --image-path %s %s"
                .formatted(runsc, ShellQuote.of(image), id(0));
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
        @Nullable Path log = container(index).log();
        return "%s --log=%s %s >>%s 2>&1 3>&- || { code=$?; cat %s; exit $code; }"
                .formatted(
                        runsc,
                        ShellQuote.of(directories.errors()),
                        arguments,
                        log == null ? "/dev/null" : ShellQuote.of(log),
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
