package dev.dormouse.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import land.oras.exception.OrasException;

/** Opens the source that a reference names. */
final class ImageSources {

    private final Registries registries;

    ImageSources(Registries registries) {
        this.registries = registries;
    }

    ImageSource open(ImageReference reference, PullSecrets secrets) throws ImageException, IOException {
        return reference.isLayout() ? layout(path(reference)) : registries.open(reference, secrets);
    }

    private static ImageSource layout(Path path) throws ImageException, IOException {
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
            throw new ImageException("'" + reference.layoutPath() + "' is no path", e);
        }
    }
}
