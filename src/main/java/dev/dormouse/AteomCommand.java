package dev.dormouse;

import dev.dormouse.ateom.AteomApplication;
import dev.dormouse.ateom.SandboxChoice;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Boots the worker agent. */
@Command(
        name = "ateom",
        mixinStandardHelpOptions = true,
        description = "The worker agent: runs actors in sandboxes and takes their snapshots.")
final class AteomCommand implements Callable<Integer> {

    @Option(names = "--data-dir", description = "Node cache of images and snapshots (default: ~/.dormouse).")
    @Nullable
    Path dataDir;

    @Option(names = "--port", description = "Where the control plane reaches it (default: 8081).")
    @Nullable
    Integer port;

    @Option(names = "--control-plane", description = "host:port of the control plane (default: 127.0.0.1:8080).")
    @Nullable
    String controlPlane;

    @Option(names = "--sandbox", description = "auto, gvisor or process (default: auto).")
    @Nullable
    String sandbox;

    @Override
    public Integer call() throws IOException {
        SandboxChoice.check(
                sandbox == null ? Settings.find("dormouse.standalone.sandbox").orElse("auto") : sandbox,
                Settings.find("dormouse.ateom.runsc").map(Path::of));
        Settings.set(Settings.DATA_DIR, Settings.dataDirectory(dataDir));
        Settings.set("quarkus.http.port", port);
        Settings.set("dormouse.ateom.control-plane", controlPlane);
        Settings.set("dormouse.standalone.sandbox", sandbox);
        // beside prod, not instead of it; every other role leaves the profile alone, or dev mode would silently run as
        // prod
        System.setProperty("quarkus.profile", "prod,ateom");
        Boot.run(AteomApplication.class, () -> {});
        return 0;
    }
}
