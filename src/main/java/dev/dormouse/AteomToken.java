package dev.dormouse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;

/** What a standalone server knows its own ateom by. It stays the same: an ateom outlives a killed server. */
final class AteomToken {

    private static final int BYTES = 32;

    private AteomToken() {}

    /**
     * The file that holds it, made where there is none, for nobody else to read.
     *
     * @param data the directory of the server, which is there
     */
    static Path in(Path data) throws IOException {
        Path file = data.resolve("ateom-token");
        if (!Files.exists(file)) {
            byte[] random = new byte[BYTES];
            new SecureRandom().nextBytes(random);
            Path fresh = Files.createTempFile(
                    data,
                    "ateom-token",
                    ".new",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(fresh, HexFormat.of().formatHex(random));
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
        }
        return file;
    }
}
