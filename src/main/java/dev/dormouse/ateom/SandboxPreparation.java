package dev.dormouse.ateom;

import dev.dormouse.ateom.wire.Container;
import dev.dormouse.ateom.wire.Failure;
import dev.dormouse.ateom.wire.Mount;
import dev.dormouse.ateom.wire.Workload;
import dev.dormouse.image.ImageException;
import dev.dormouse.image.Images;
import dev.dormouse.image.Images.ImageUser;
import dev.dormouse.image.Images.UnpackedImage;
import dev.dormouse.image.PullSecrets;
import dev.dormouse.name.InvalidNameException;
import dev.dormouse.name.PartName;
import dev.dormouse.policy.EgressPolicy;
import dev.dormouse.sandbox.SandboxException;
import dev.dormouse.sandbox.SandboxRuntime;
import dev.dormouse.sandbox.SandboxRuntime.Binary;
import dev.dormouse.sandbox.SandboxRuntime.BindMount;
import dev.dormouse.sandbox.SandboxRuntime.Bundle;
import dev.dormouse.sandbox.SandboxRuntime.ContainerSpec;
import dev.dormouse.sandbox.SandboxRuntime.Egress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** From a template's workload to a created sandbox: images, what to run in them, directories, and the sandbox itself. */
final class SandboxPreparation {

    /** The port of an actor whose Host names none. */
    private static final int DEFAULT_PORT = 80;

    private final Images images;
    private final Binaries binaries;
    private final Outside outside;

    SandboxPreparation(Images images, Binaries binaries, Outside outside) {
        this.images = images;
        this.binaries = binaries;
        this.outside = outside;
    }

    /**
     * A workload whose images are unpacked.
     *
     * @param binary that it runs in; null for the node's own
     */
    record Unpacked(Workload workload, @Nullable Binary binary, Map<String, UnpackedImage> images) {
        /** Without the workload, whose environment holds secrets. */
        @Override
        public String toString() {
            return "Unpacked" + images.keySet();
        }
    }

    /** Brings the images here, and the binary; long when they are new to the node. Blocks. */
    Unpacked unpack(Workload workload) throws CommandFailure {
        PullSecrets secrets = new PullSecrets(workload.getPullSecretsList());
        Map<String, UnpackedImage> unpacked = new LinkedHashMap<>();
        for (Container container : workload.getContainersList()) {
            try {
                unpacked.put(container.getName(), images.unpack(container.getImage(), secrets));
            } catch (ImageException e) {
                throw CommandFailure.of(e);
            }
        }
        return new Unpacked(workload, binaries.of(workload), unpacked);
    }

    /**
     * Creates the sandbox. Blocks for about 100 ms.
     *
     * @param directory of the slot, where the sandbox's own goes
     * @param names answers the sandbox's questions for host names, where its policy speaks of them
     */
    PreparedSandbox create(
            SandboxRuntime.Slot slot, Path directory, int metadataPort, NameServer names, Unpacked unpacked)
            throws CommandFailure {
        Workload workload = unpacked.workload();
        // runtimes never forget an id, so each sandbox has a new one; short, for the paths of sockets that it becomes
        // part of
        String id = "s" + UUID.randomUUID().toString().replace("-", "").substring(0, 20);
        BundleDir files = directories(directory.resolve(id), workload);
        try {
            List<ContainerSpec> containers = containers(unpacked, files);
            Bundle bundle = new Bundle(
                    id,
                    containers,
                    files.identity(),
                    ports(workload),
                    metadataPort,
                    unpacked.binary(),
                    egress(workload, names));
            return new PreparedSandbox(workload, slot.prepare(bundle), files, digests(unpacked));
        } catch (SandboxException e) {
            files.delete();
            throw CommandFailure.of(e);
        } catch (CommandFailure | RuntimeException e) {
            files.delete();
            throw e;
        }
    }

    private @Nullable Egress egress(Workload workload, NameServer names) throws CommandFailure {
        EgressPolicy policy = ToldPolicy.egress(workload);
        return policy == null ? null : new Egress(policy, outside.guarded(), policy.speaksOfHosts() ? names.port() : 0);
    }

    private static BundleDir directories(Path root, Workload workload) throws CommandFailure {
        try {
            return BundleDir.create(
                    root,
                    workload.getDurableDirsList().stream().map(PartName::new).toList(),
                    workload.getContainersList().stream()
                            .map(container -> new PartName(container.getName()))
                            .toList(),
                    !workload.getTokenAudience().isEmpty());
        } catch (InvalidNameException e) {
            throw new CommandFailure(Failure.Reason.UNSUPPORTED, "the template is not valid: " + e.getMessage(), e);
        } catch (IOException e) {
            new BundleDir(root).delete();
            throw CommandFailure.of("making the sandbox's directories", e);
        }
    }

    private List<ContainerSpec> containers(Unpacked unpacked, BundleDir files) throws CommandFailure {
        List<ContainerSpec> specs = new ArrayList<>();
        for (Container container : unpacked.workload().getContainersList()) {
            specs.add(container(
                    container, Objects.requireNonNull(unpacked.images().get(container.getName())), files));
        }
        return specs;
    }

    private ContainerSpec container(Container container, UnpackedImage image, BundleDir files) throws CommandFailure {
        Launch launch = Launch.of(container, image.config());
        ImageUser user = user(image);
        List<BindMount> mounts = new ArrayList<>();
        for (Mount mount : container.getMountsList()) {
            mounts.add(new BindMount(files.durable(volume(mount)), destination(mount)));
        }
        return new ContainerSpec(
                container.getName(),
                image.rootfs(),
                launch.args(),
                launch.env(),
                launch.cwd(),
                user.uid(),
                user.gid(),
                user.groups(),
                mounts,
                files.output(new PartName(container.getName())));
    }

    private ImageUser user(UnpackedImage image) throws CommandFailure {
        try {
            return images.user(image);
        } catch (ImageException e) {
            throw CommandFailure.of(e);
        }
    }

    private static PartName volume(Mount mount) throws CommandFailure {
        try {
            return new PartName(mount.getVolume());
        } catch (InvalidNameException e) {
            throw new CommandFailure(Failure.Reason.UNSUPPORTED, "the template is not valid: " + e.getMessage(), e);
        }
    }

    private static String destination(Mount mount) throws CommandFailure {
        Path path = Path.of("/").resolve(mount.getPath()).normalize();
        if (!mount.getPath().startsWith("/") || path.getNameCount() == 0) {
            throw new CommandFailure(
                    Failure.Reason.UNSUPPORTED,
                    "the template is not valid: volume %s needs an absolute mount path below /"
                            .formatted(mount.getVolume()));
        }
        return path.toString();
    }

    private static List<Integer> ports(Workload workload) {
        TreeSet<Integer> ports = new TreeSet<>();
        ports.add(DEFAULT_PORT);
        workload.getContainersList().stream()
                .filter(Container::hasReadyz)
                .forEach(container -> ports.add(container.getReadyz().getPort()));
        return List.copyOf(ports);
    }

    private static Map<String, String> digests(Unpacked unpacked) {
        Map<String, String> digests = new LinkedHashMap<>();
        unpacked.images().forEach((name, image) -> digests.put(name, image.digest()));
        return digests;
    }
}
