package dev.dormouse.sandbox.gvisor;

import dev.dormouse.files.FileTree;
import dev.dormouse.sandbox.SandboxException;
import dev.dormouse.sandbox.SandboxException.Kind;
import dev.dormouse.sandbox.host.Holder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Files of one slot, none of which outlives it.
 *
 * @param run short-lived state and sockets
 * @param work bundles and root file system deltas
 */
record SlotDirectories(Path run, Path work) {

    /** Empties both, whoever left what in them. */
    void reset() throws SandboxException {
        delete();
        try {
            Files.createDirectories(runscRoot());
            Files.createDirectories(namespaces());
            Files.createDirectories(delta());
            Files.createDirectories(bundles());
        } catch (IOException e) {
            throw new SandboxException(Kind.FAILED, "can't create directories of a slot: " + e.getMessage(), e);
        }
    }

    /** Removes what one sandbox left. */
    void clean() {
        FileTree.discardContent(runscRoot());
        FileTree.discardContent(delta());
        FileTree.discardContent(bundles());
    }

    void delete() {
        FileTree.discard(run);
        FileTree.discard(work);
    }

    /** runsc's own state. */
    Path runscRoot() {
        return run.resolve("runsc");
    }

    /** Gets a mount of its own in the slot's namespace, for namespace files. */
    Path namespaces() {
        return run.resolve("ns");
    }

    Path networkNamespace() {
        return namespaces().resolve("net");
    }

    Holder holder() {
        return holder(run);
    }

    static Holder holder(Path run) {
        return new Holder(run.resolve("holder"));
    }

    Path delta() {
        return work.resolve("delta");
    }

    Path bundles() {
        return work.resolve("bundles");
    }

    Path bundle(String container) {
        return bundles().resolve(container);
    }

    /** For a snapshot that nobody keeps. */
    Path unkept() {
        return bundles().resolve("unkept");
    }

    Path errors() {
        return bundles().resolve("errors");
    }
}
