package dev.dormouse.image;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarFile;

/** An OCI image layout in a tar file, read in place. (The ORAS SDK would unpack it and write it anew.) */
final class LayoutTar extends LayoutSource {

    private final TarFile tar;
    private final Map<String, TarArchiveEntry> entries = new HashMap<>();

    LayoutTar(Path file) throws IOException {
        tar = new TarFile(file);
        for (TarArchiveEntry entry : tar.getEntries()) {
            if (entry.isFile()) {
                entries.put(entry.getName().startsWith("./") ? entry.getName().substring(2) : entry.getName(), entry);
            }
        }
    }

    @Override
    InputStream indexJson() throws IOException {
        return open(INDEX);
    }

    @Override
    InputStream blob(String digest) throws IOException {
        return open("blobs/" + digest.replace(':', '/'));
    }

    private InputStream open(String name) throws IOException {
        TarArchiveEntry entry = entries.get(name);
        if (entry == null) {
            throw new NoSuchFileException(name, null, "not in the layout");
        }
        return tar.getInputStream(entry);
    }

    @Override
    public void close() throws IOException {
        tar.close();
    }
}
