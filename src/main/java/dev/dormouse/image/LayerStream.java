package dev.dormouse.image;

import com.github.luben.zstd.ZstdInputStream;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;

/** Turns a layer's blob into the tar stream in it, by its media type. */
final class LayerStream {

    private static final int BUFFER = 128 * 1024;

    private LayerStream() {}

    static InputStream tar(InputStream blob, String mediaType) throws IOException {
        InputStream buffered = new BufferedInputStream(blob, BUFFER);
        return switch (mediaType.substring(mediaType.lastIndexOf('.') + 1)) {
            case "tar" -> buffered;
            case "tar+gzip", "gzip" -> new BufferedInputStream(new GZIPInputStream(buffered, BUFFER), BUFFER);
            case "tar+zstd", "zstd" -> new BufferedInputStream(new ZstdInputStream(buffered), BUFFER);
            default -> throw new IOException("a layer of media type '" + mediaType + "' can't be unpacked");
        };
    }
}
