package dev.dormouse.image;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import land.oras.LayoutRef;
import land.oras.OCILayout;
import land.oras.exception.OrasException;

/** An OCI image layout in a directory. */
final class LayoutDirectory extends LayoutSource {

    private final OCILayout layout;

    LayoutDirectory(Path directory) {
        // not the builder: that one writes into the directory
        layout = OCILayout.fromLayoutIndex(directory);
    }

    @Override
    InputStream indexJson() throws IOException {
        return Files.newInputStream(layout.getPath().resolve(INDEX));
    }

    @Override
    InputStream blob(String digest) throws IOException {
        try {
            return layout.fetchBlob(LayoutRef.of(layout, digest));
        } catch (OrasException e) {
            if (e.getCause() instanceof NoSuchFileException) {
                throw new NoSuchFileException(digest, null, "not in the layout");
            }
            if (e.getCause() instanceof AccessDeniedException denied) {
                throw new IOException(denied.getFile() + " may not be read by this user", e);
            }
            throw new IOException(e.getMessage(), e);
        }
    }

    @Override
    public void close() {}
}
