package dev.dormouse.files;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/** Tar archives for tests, bad ones too: names and types are written as given. */
public final class TarBytes {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes, "UTF-8");

    public TarBytes() {
        tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
        tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
    }

    public TarBytes file(String name, String content) {
        return file(name, content, entry -> {});
    }

    public TarBytes file(String name, String content, Consumer<TarArchiveEntry> change) {
        return add(name, TarConstants.LF_NORMAL, content.getBytes(StandardCharsets.UTF_8), change);
    }

    public TarBytes directory(String name, int mode) {
        return add(name + "/", TarConstants.LF_DIR, new byte[0], entry -> entry.setMode(mode));
    }

    public TarBytes symbolicLink(String name, String target) {
        return add(name, TarConstants.LF_SYMLINK, new byte[0], entry -> entry.setLinkName(target));
    }

    public TarBytes hardLink(String name, String target) {
        return add(name, TarConstants.LF_LINK, new byte[0], entry -> entry.setLinkName(target));
    }

    /** @param type as {@link TarConstants} names it */
    public TarBytes special(String name, byte type) {
        return add(name, type, new byte[0], entry -> {});
    }

    private TarBytes add(String name, byte type, byte[] content, Consumer<TarArchiveEntry> change) {
        TarArchiveEntry entry = new TarArchiveEntry(name, type, true);
        entry.setSize(content.length);
        change.accept(entry);
        try {
            tar.putArchiveEntry(entry);
            tar.write(content);
            tar.closeArchiveEntry();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    public byte[] bytes() {
        try {
            tar.finish();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    public static byte[] gzip(byte[] bytes) {
        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(compressed)) {
            out.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return compressed.toByteArray();
    }
}
