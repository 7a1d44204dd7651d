package dev.dormouse.ateom;

import dev.dormouse.asset.AssetException;
import dev.dormouse.asset.Assets;
import dev.dormouse.dns.Lookup;
import dev.dormouse.image.Images;
import dev.dormouse.platform.DormouseConfig;
import dev.dormouse.platform.DormouseConfig.Role;
import dev.dormouse.sandbox.SandboxException;
import dev.dormouse.sandbox.SandboxRuntime;
import dev.dormouse.sandbox.gvisor.GvisorRuntime;
import dev.dormouse.snapshot.SnapshotStores;
import dev.dormouse.snapshot.Verifier;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;

/** Puts together what the slots of this node share, by the configuration. */
@ApplicationScoped
class NodeAssembly {

    private final DormouseConfig config;
    private final Images images;
    private final Assets assets;
    private final SnapshotStores stores;
    private final Verifier verifier;

    NodeAssembly(DormouseConfig config, Images images, Assets assets, SnapshotStores stores, Verifier verifier) {
        this.config = config;
        this.images = images;
        this.assets = assets;
        this.stores = stores;
        this.verifier = verifier;
    }

    /** Where everything of ateom lies: as a guest of a server in a directory of its own. */
    Path dataDir() {
        Path own = config.role() == Role.ATEOM
                ? config.dataDir()
                : config.dataDir().resolve("ateom");
        return own.toAbsolutePath().normalize();
    }

    /** Opens the sandbox runtime and removes what a killed ateom left. Blocks. */
    Node assemble(Executor background) throws SandboxException, AssetException, IOException {
        Path dataDir = dataDir();
        Path nodeDir = config.ateom().nodeDir().orElse(dataDir);
        boolean inPod = config.ateom().pod().uid().isPresent();
        if (inPod) {
            new PodDirectories(nodeDir).removeLeftOvers(dataDir);
        }
        SandboxRuntime runtime = SandboxChoice.open(config, runsc(), dataDir);
        Binaries binaries = new Binaries(runtime, inPod ? assets : null);
        return Node.of(
                runtime,
                binaries,
                images,
                stores,
                verifier,
                outside(),
                background,
                InstantSource.system(),
                dataDir,
                nodeDir,
                limits());
    }

    private Optional<Path> runsc() throws AssetException {
        DormouseConfig.Asset asset =
                config.ateom().runscAssets().get(CpuFeatures.ofThisMachine().arch());
        if (asset != null) {
            return Optional.of(assets.fetch(asset.url(), asset.sha256()));
        }
        return config.ateom().runsc().or(GvisorRuntime::findRunsc);
    }

    private Outside outside() {
        List<String> guarded = new ArrayList<>();
        String controlPlane = config.ateom().controlPlane();
        guarded.add(controlPlane.substring(0, controlPlane.lastIndexOf(':')));
        config.ateom().guarded().ifPresent(guarded::addAll);
        return new Outside(Lookup.ofThisMachine(), guarded);
    }

    private NodeLimits limits() {
        DormouseConfig.Ateom ateom = config.ateom();
        int starts = ateom.concurrentStarts() > 0
                ? ateom.concurrentStarts()
                : Runtime.getRuntime().availableProcessors();
        return new NodeLimits(starts, ateom.cacheBytes(), ateom.logBytes(), ateom.restingShare());
    }
}
