package dev.dormouse.sandbox.process;

import dev.dormouse.files.FileTree;
import dev.dormouse.sandbox.SandboxException;
import dev.dormouse.sandbox.SandboxRuntime.BindMount;
import dev.dormouse.sandbox.SandboxRuntime.ContainerSpec;
import dev.dormouse.sandbox.host.Command;
import dev.dormouse.sandbox.host.ShellQuote;
import dev.dormouse.sandbox.host.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jboss.logging.Logger;

/**
 * Runs a program in namespaces of mounts and processes: its root directory is an overlay over the image, and all of its processes
 * end together, also when this JVM dies.
 *
 * @param root whether we are root; otherwise the namespace of users makes us look like it
 */
record NamespaceLauncher(boolean root) implements Launcher {

    private static final Logger LOG = Logger.getLogger(NamespaceLauncher.class);
    private static final Duration PROBE_LIMIT = Duration.ofSeconds(10);

    /** Whether the kernel, and who guards it, lets us. */
    boolean works() {
        Path probe = null;
        try {
            probe = Files.createTempDirectory("dormouse-probe");
            for (String name : List.of("lower", "upper", "work", "root")) {
                Files.createDirectory(probe.resolve(name));
            }
            List<String> command = new ArrayList<>(namespaces());
            command.addAll(List.of("sh", "-c", overlay(probe.resolve("lower"), probe) + "true"));
            Command.run(PROBE_LIMIT, "", command.toArray(String[]::new));
            return true;
        } catch (SandboxException | IOException e) {
            LOG.infof("No namespaces for processes here, they run by path: %s", e.getMessage());
            return false;
        } finally {
            if (probe != null) {
                FileTree.discard(probe);
            }
        }
    }

    @Override
    public ProcessBuilder build(ContainerSpec container, Path directory, Path identityDir, Map<String, String> env)
            throws IOException {
        for (String name : List.of("upper", "work", "root")) {
            Files.createDirectories(directory.resolve(name));
        }
        List<String> command = new ArrayList<>(namespaces());
        command.addAll(List.of("sh", "-c", script(container, directory, identityDir), "sh"));
        command.addAll(container.args());
        ProcessBuilder builder = Command.builder(command.toArray(String[]::new));
        builder.environment().putAll(env);
        return builder;
    }

    private List<String> namespaces() {
        List<String> command =
                new ArrayList<>(List.of("setsid", "unshare", "--mount", "--pid", "--fork", "--kill-child"));
        if (!root) {
            command.addAll(List.of("--user", "--map-root-user"));
        }
        return command;
    }

    private String script(ContainerSpec container, Path directory, Path identityDir) {
        String root = directory.resolve("root").toString();
        StringBuilder script = new StringBuilder("set -e\n");
        // the environment is the actor's: its PATH is not for our tools
        script.append("image_path=$PATH\nPATH=%s\n".formatted(ShellQuote.of(Tools.path())));
        script.append(overlay(container.rootfs(), directory));
        script.append("mkdir -p %1$s/proc %1$s/dev\nmount -t proc proc %1$s/proc\nmount --rbind /dev %1$s/dev\n"
                .formatted(ShellQuote.of(root)));
        script.append(bind(identityDir, root, "/run/ate"));
        script.append("mount -o remount,bind,ro %s\n".formatted(ShellQuote.of(root + "/run/ate")));
        for (BindMount mount : container.mounts()) {
            script.append(bind(mount.source(), root, mount.destination()));
        }
        // when this JVM dies its end of our input closes: then everything here is killed, and this shell ends
        script.append("exec 3<&0\n( read end <&3 || kill -9 -1 ) &\n");
        script.append("set +e\nPATH=$image_path %s --root=%s --wd=%s %s -- \"$@\" 3<&- </dev/null &\nwait $!\nexit $?\n"
                .formatted(
                        ShellQuote.of(Tools.find("unshare").orElseThrow()),
                        ShellQuote.of(root),
                        ShellQuote.of(container.cwd()),
                        root() ? "--setuid=%d --setgid=%d".formatted(container.uid(), container.gid()) : ""));
        return script.toString();
    }

    private static String overlay(Path image, Path directory) {
        return "mount -t overlay overlay -o %s %s\n"
                .formatted(
                        ShellQuote.of("lowerdir=%s,upperdir=%s,workdir=%s"
                                .formatted(image, directory.resolve("upper"), directory.resolve("work"))),
                        ShellQuote.of(directory.resolve("root")));
    }

    private static String bind(Path source, String root, String destination) {
        String target = ShellQuote.of(root + "/" + destination);
        return "mkdir -p %1$s && mount --bind %2$s %1$s\n".formatted(target, ShellQuote.of(source));
    }
}
