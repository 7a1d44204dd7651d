package dev.dormouse.identity;

import dev.dormouse.platform.DormouseConfig;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Typed;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Outside a cluster: a file in the data directory, which has one server at a time, for nobody else to read. */
@ApplicationScoped
@Typed(KeyFile.class)
public class KeyFile implements KeyVault {

    private static final String NAME = "identity-keys.json";

    private final Path directory;

    @Inject
    KeyFile(DormouseConfig config) {
        this(config.dataDir());
    }

    KeyFile(Path directory) {
        this.directory = directory;
    }

    @Override
    public synchronized String keep(Function<@Nullable String, String> change) throws IOException {
        String kept = read();
        String next = change.apply(kept);
        if (!next.equals(kept)) {
            write(next);
        }
        return next;
    }

    private @Nullable String read() throws IOException {
        try {
            return Files.readString(directory.resolve(NAME));
        } catch (NoSuchFileException none) {
            return null;
        }
    }

    private void write(String keys) throws IOException {
        Files.createDirectories(directory);
        Path fresh = Files.createTempFile(
                directory,
                NAME,
                ".new",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try {
            Files.writeString(fresh, keys);
            Files.move(fresh, directory.resolve(NAME), StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(fresh);
        }
    }
}
