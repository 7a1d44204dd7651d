package dev.dormouse.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import land.oras.exception.OrasException;

/** Opens the source that a reference names. */
final class ImageSources {

    private ImageSources() {}

    static ImageSource open(ImageReference reference) throws ImageException, IOException {
        if (!reference.isLayout()) {
            throw new ImageException(
                    "image '%s' is in a registry, and registries can't be reached yet: set dormouse.images.redirect.\"%s\" to oci:/path/of/layout"
                            .formatted(reference.name(), reference.name()),
                    null);
        }
        Path path = path(reference);
        if (Files.isRegularFile(path)) {
            return new LayoutTar(path);
        }
        if (!Files.isRegularFile(path.resolve(LayoutSource.INDEX))) {
            throw new ImageException("no OCI image layout at " + path, null);
        }
        try {
            return new LayoutDirectory(path);
        } catch (OrasException e) {
            throw new ImageException("the OCI image layout at " + path + " can't be read: " + e.getMessage(), e);
        }
    }

    private static Path path(ImageReference reference) throws ImageException {
        try {
            return Path.of(reference.layoutPath()).toAbsolutePath().normalize();
        } catch (InvalidPathException e) {
            throw new ImageException("image reference '" + reference.name() + "' is no path", e);
        }
    }
}
