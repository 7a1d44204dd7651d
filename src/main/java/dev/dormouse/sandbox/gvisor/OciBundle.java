package dev.dormouse.sandbox.gvisor;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dormouse.sandbox.SandboxRuntime.BindMount;
import dev.dormouse.sandbox.SandboxRuntime.Bundle;
import dev.dormouse.sandbox.SandboxRuntime.ContainerSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/** Writes the OCI bundles that runsc creates containers from. */
final class OciBundle {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final FileAttribute<?> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    /** Says whom the workload asks for names, where its policy speaks of them. */
    private static final String RESOLVER = "resolv.conf";

    private static final int OPEN_FILES = 1_048_576;

    // what Docker and containerd give to root in a container
    private static final List<String> ROOT_CAPABILITIES = List.of(
            "CAP_AUDIT_WRITE",
            "CAP_CHOWN",
            "CAP_DAC_OVERRIDE",
            "CAP_FOWNER",
            "CAP_FSETID",
            "CAP_KILL",
            "CAP_MKNOD",
            "CAP_NET_BIND_SERVICE",
            "CAP_SETFCAP",
            "CAP_SETGID",
            "CAP_SETPCAP",
            "CAP_SETUID",
            "CAP_SYS_CHROOT");

    private OciBundle() {}

    /**
     * Writes the bundle of one container.
     *
     * @param index of the container in the bundle; the first is the root of the sandbox
     * @param networkNamespace file, as the slot's shell sees it
     */
    static void write(Path directory, Bundle bundle, int index, String networkNamespace) throws IOException {
        Files.createDirectories(directory);
        if (asksForNames(bundle)) {
            Files.writeString(directory.resolve(RESOLVER), "nameserver " + SlotAddress.GATEWAY_IP + "\n");
        }
        Path file = Files.createFile(directory.resolve("config.json"), OWNER_ONLY);
        Files.write(file, JSON.writeValueAsBytes(config(directory, bundle, index, networkNamespace)));
    }

    private static ObjectNode config(Path directory, Bundle bundle, int index, String networkNamespace) {
        ContainerSpec container = bundle.containers().get(index);
        ObjectNode config = JSON.createObjectNode();
        config.put("ociVersion", "1.0.2");
        config.set("process", process(container));
        config.putObject("root").put("path", container.rootfs().toString()).put("readonly", false);
        config.put("hostname", "actor");
        config.set("mounts", mounts(directory, bundle, container));
        ArrayNode namespaces = config.putObject("linux").putArray("namespaces");
        for (String type : List.of("pid", "ipc", "uts", "mount")) {
            namespaces.addObject().put("type", type);
        }
        namespaces.addObject().put("type", "network").put("path", networkNamespace);
        if (bundle.containers().size() > 1) {
            config.putObject("annotations")
                    .put("io.kubernetes.cri.container-type", index == 0 ? "sandbox" : "container")
                    .put("io.kubernetes.cri.sandbox-id", bundle.id())
                    .put("io.kubernetes.cri.container-name", container.name());
        }
        return config;
    }

    private static ObjectNode process(ContainerSpec container) {
        ObjectNode process = JSON.createObjectNode();
        process.put("terminal", false);
        ObjectNode user = process.putObject("user").put("uid", container.uid()).put("gid", container.gid());
        ArrayNode groups = user.putArray("additionalGids");
        container.groups().forEach(groups::add);
        ArrayNode args = process.putArray("args");
        container.args().forEach(args::add);
        ArrayNode env = process.putArray("env");
        container.env().forEach((name, value) -> env.add(name + "=" + value));
        process.put("cwd", container.cwd());
        process.set("capabilities", capabilities(container.uid() == 0));
        process.putArray("rlimits")
                .addObject()
                .put("type", "RLIMIT_NOFILE")
                .put("hard", OPEN_FILES)
                .put("soft", OPEN_FILES);
        return process;
    }

    private static ObjectNode capabilities(boolean root) {
        ObjectNode capabilities = JSON.createObjectNode();
        // other users may bind port 80 as in any Pod, and no more
        List<String> granted = root ? ROOT_CAPABILITIES : List.of("CAP_NET_BIND_SERVICE");
        List<String> sets = root
                ? List.of("bounding", "effective", "permitted")
                : List.of("bounding", "effective", "permitted", "inheritable", "ambient");
        for (String set : sets) {
            ArrayNode names = capabilities.putArray(set);
            granted.forEach(names::add);
        }
        return capabilities;
    }

    private static ArrayNode mounts(Path directory, Bundle bundle, ContainerSpec container) {
        ArrayNode mounts = JSON.createArrayNode();
        mount(mounts, "/proc", "proc", "proc");
        mount(mounts, "/dev", "tmpfs", "tmpfs");
        mount(mounts, "/dev/pts", "devpts", "devpts");
        mount(mounts, "/dev/shm", "tmpfs", "shm", "mode=1777");
        mount(mounts, "/sys", "sysfs", "sysfs", "ro");
        mount(mounts, "/run/ate", "bind", bundle.identityDir().toString(), "rbind", "ro");
        if (asksForNames(bundle)) {
            mount(
                    mounts,
                    "/etc/resolv.conf",
                    "bind",
                    directory.resolve(RESOLVER).toString(),
                    "rbind",
                    "ro");
        }
        for (BindMount durable : container.mounts()) {
            mount(mounts, durable.destination(), "bind", durable.source().toString(), "rbind", "rw");
        }
        return mounts;
    }

    private static boolean asksForNames(Bundle bundle) {
        return bundle.egress() != null && bundle.egress().namesPort() != 0;
    }

    private static void mount(ArrayNode mounts, String destination, String type, String source, String... options) {
        ObjectNode mount = mounts.addObject()
                .put("destination", destination)
                .put("type", type)
                .put("source", source);
        ArrayNode names = mount.putArray("options");
        for (String option : options) {
            names.add(option);
        }
    }
}
