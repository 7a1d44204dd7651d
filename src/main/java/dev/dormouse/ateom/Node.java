package dev.dormouse.ateom;

import dev.dormouse.files.FileTree;
import dev.dormouse.image.Images;
import dev.dormouse.sandbox.SandboxRuntime;
import dev.dormouse.snapshot.SnapshotStores;
import dev.dormouse.snapshot.Verifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.concurrent.Executor;

/**
 * What all slots of a node share.
 *
 * @param background runs blocking work beside the commands, in no order
 * @param dataDir where everything of this ateom lies
 */
record Node(
        SandboxRuntime runtime,
        Binaries binaries,
        SandboxPreparation preparation,
        SnapshotStores stores,
        NodeCache cache,
        LocalSnapshots locals,
        Outside outside,
        Compatibility compatibility,
        CpuFeatures cpu,
        GenerationFence fence,
        StartLimit limit,
        ActorLogs logs,
        Executor background,
        InstantSource clock,
        Path dataDir,
        NodeLimits limits) {

    /**
     * Also removes what a killed ateom left unfinished in its data directory. Blocks.
     *
     * @param dataDir of this ateom alone
     * @param nodeDir holds what all ateoms of this machine share: snapshots to restore from, and those of paused actors
     */
    static Node of(
            SandboxRuntime runtime,
            Binaries binaries,
            Images images,
            SnapshotStores stores,
            Verifier verifier,
            Outside outside,
            Executor background,
            InstantSource clock,
            Path dataDir,
            Path nodeDir,
            NodeLimits limits)
            throws IOException {
        Path slots = slots(dataDir);
        FileTree.discard(slots);
        Files.createDirectories(slots);
        // one tenant's process must not find another's directories; their names are random
        Files.setPosixFilePermissions(slots, PosixFilePermissions.fromString("rwx--x--x"));
        CpuFeatures cpu = CpuFeatures.ofThisMachine();
        return new Node(
                runtime,
                binaries,
                new SandboxPreparation(images, binaries, outside),
                stores,
                new NodeCache(nodeDir, dataDir, stores, verifier, limits.cacheBytes()),
                new LocalSnapshots(nodeDir, stores, verifier),
                outside,
                new Compatibility(runtime.sandboxClass(), cpu),
                cpu,
                new GenerationFence(),
                new StartLimit(limits.concurrentStarts()),
                ActorLogs.open(PodDirectories.logs(dataDir), clock, limits.logBytes()),
                background,
                clock,
                dataDir,
                limits);
    }

    private static Path slots(Path dataDir) {
        return dataDir.resolve("slots");
    }

    Path slotDirectory(String slotName) {
        return slots(dataDir).resolve(slotName);
    }
}
