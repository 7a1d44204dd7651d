package dev.dormouse.image;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;

/**
 * Where the documents and layers of an image come from: a layout on disk or a registry. What it gives is not yet checked
 * against digests. All methods block; a {@link java.nio.file.NoSuchFileException} says that there is no such thing here.
 */
interface ImageSource extends Closeable {

    /** The manifest or index that a reference names: by its digest, else its tag, else all there is. */
    byte[] manifest(ImageReference reference) throws IOException;

    /** @param size that the manifest gives it, in bytes */
    InputStream blob(String digest, long size) throws IOException;
}
