package dev.dormouse;

import dev.dormouse.ateom.PodDirectories;
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

    @Option(
            names = "--pod-uid",
            description =
                    "In a Pod: its uid. It then keeps to a directory of its own below --data-dir, and shares the rest.")
    @Nullable
    String podUid;

    @Option(names = "--sandbox", description = "auto, gvisor or process (default: auto).")
    @Nullable
    String sandbox;

    @Override
    public Integer call() throws IOException {
        Settings.set(Settings.SANDBOX, sandbox);
        // in a Pod the binary may be yet to come
        if (podUid == null) {
            Settings.checkSandbox();
        }
        Path data = Settings.dataDirectory(dataDir);
        if (podUid == null) {
            Settings.set(Settings.DATA_DIR, data);
        } else {
            inPod(podUid, data);
        }
        Settings.set("quarkus.http.port", port);
        Settings.set("dormouse.ateom.control-plane", controlPlane);
        // beside prod, not instead of it; every other role leaves the profile alone, or dev mode would silently run as
        // prod
        System.setProperty("quarkus.profile", "prod,ateom");
        Boot.run(() -> {});
        return 0;
    }

    private static void inPod(String uid, Path nodeDir) throws IOException {
        Settings.set("dormouse.ateom.node-dir", nodeDir);
        try {
            Settings.set(Settings.DATA_DIR, new PodDirectories(nodeDir).of(uid));
        } catch (IllegalArgumentException e) {
            throw new IOException("--pod-uid must be a UUID, not '%s'".formatted(uid), e);
        }
        Settings.set("dormouse.ateom.pod.uid", uid);
        Settings.useRealBuckets();
        if (Settings.find("quarkus.http.host").isEmpty()) {
            Settings.set("quarkus.http.host", "0.0.0.0");
        }
    }
}
