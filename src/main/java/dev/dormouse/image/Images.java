package dev.dormouse.image;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Images on this node: resolved, unpacked once, shared. */
public interface Images {

    /**
     * The unpacked image of a reference with a digest. Blocks: call from a worker thread. Many callers of one image cause one
     * unpacking; a killed process leaves nothing half-unpacked behind that a later one would use. What is here already is given
     * to whoever names it: credentials are for the registry.
     */
    UnpackedImage unpack(String reference, PullSecrets secrets) throws ImageException;

    /**
     * @param digest of the manifest, {@code sha256:…}
     * @param rootfs never written to after unpacking
     */
    record UnpackedImage(String digest, Path rootfs, ImageConfig config) {}

    /**
     * What the image says about running it.
     *
     * @param user as in the image ("", "1000", "app:staff"); {@link ImageUser} resolves it
     * @param workingDir empty: /
     */
    record ImageConfig(
            List<String> entrypoint, List<String> cmd, Map<String, String> env, String user, String workingDir) {}

    /** The numbers behind a user name of an image. */
    record ImageUser(int uid, int gid, List<Integer> groups) {}

    /** Looks the image's user up in its own /etc/passwd and /etc/group. Blocks. */
    ImageUser user(UnpackedImage image) throws ImageException;
}
