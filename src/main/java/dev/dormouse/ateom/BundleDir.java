package dev.dormouse.ateom;

import dev.dormouse.files.FileTree;
import dev.dormouse.name.ActorKey;
import dev.dormouse.name.PartName;
import dev.dormouse.sandbox.SandboxRuntime.Output;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/**
 * The directories on the node that one sandbox sees: who it is, its durable directories, and where its output goes. Made before
 * the actor is known, filled when it is, and removed with the sandbox.
 */
record BundleDir(Path root) {

    private static final String TOKEN = "token";

    /** @param withToken whether there is to be a token, too */
    static BundleDir create(Path root, List<PartName> durableDirs, List<PartName> containers, boolean withToken)
            throws IOException {
        BundleDir dir = new BundleDir(root);
        Files.createDirectories(dir.identity());
        Files.createDirectories(dir.durable());
        Files.createDirectories(dir.printed());
        for (PartName volume : durableDirs) {
            Files.createDirectories(dir.durable(volume));
            // any user of an image may write there, as in an emptyDir; others on this machine don't get as far
            Files.setPosixFilePermissions(dir.durable(volume), PosixFilePermissions.fromString("rwxrwxrwx"));
        }
        for (PartName container : containers) {
            Files.createFile(dir.output(container).stdout());
            Files.createFile(dir.output(container).stderr());
        }
        // there before the sandbox is, and written over later: a reader in the sandbox that holds one open sees the new
        // content
        Files.createFile(dir.identity().resolve("actor-id"));
        Files.createFile(dir.identity().resolve("atespace"));
        if (withToken) {
            Files.createFile(dir.identity().resolve(TOKEN));
        }
        return dir;
    }

    Path identity() {
        return root.resolve("identity");
    }

    /** Holds one directory for each durable volume. */
    Path durable() {
        return root.resolve("durable");
    }

    Path durable(PartName volume) {
        return durable().resolve(volume.value());
    }

    private Path printed() {
        return root.resolve("output");
    }

    Output output(PartName container) {
        return new Output(printed().resolve(container + ".stdout"), printed().resolve(container + ".stderr"));
    }

    void writeIdentity(ActorKey actor) throws IOException {
        write("actor-id", actor.id().value());
        write("atespace", actor.atespace().value());
    }

    /** At once: a reader sees the last one or this one. */
    void writeToken(String token) throws IOException {
        Path fresh = root.resolve("token.new");
        Files.writeString(fresh, token);
        Files.move(fresh, identity().resolve(TOKEN), StandardCopyOption.ATOMIC_MOVE);
    }

    private void write(String name, String value) throws IOException {
        Files.write(identity().resolve(name), value.getBytes(StandardCharsets.UTF_8));
    }

    /** Removes all of it; what can't be removed now is removed at the next start of ateom. */
    void delete() {
        FileTree.discard(root);
    }
}
