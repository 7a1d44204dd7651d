package dev.dormouse.worker;

import dev.dormouse.platform.Database;
import io.smallrye.mutiny.Uni;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Tuple;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * By what an ateom knows the control plane: a key of its own, told to it in the answer to its reports, and shown with each command.
 * All replicas derive the same one, and no ateom can derive another's.
 */
@Singleton
class CommandKeys {

    private static final String NAME = "ateom-commands";
    private static final String ALGORITHM = "HmacSHA256";
    private static final int BYTES = 32;

    private static final String MAKE =
            "insert into server_key (name, value) values ($1, $2) on conflict (name) do nothing";
    private static final String READ = "select value from server_key where name = $1";

    private final Database database;
    private volatile @Nullable SecretKeySpec master;

    CommandKeys(Database database) {
        this.database = database;
    }

    /** Reads what all are derived from, unless that is known; made by the first replica that ever asks. */
    Uni<Void> load() {
        if (master != null) {
            return Uni.createFrom().voidItem();
        }
        byte[] random = new byte[BYTES];
        new SecureRandom().nextBytes(random);
        return database.run(MAKE, Tuple.of(NAME, Buffer.buffer(random)))
                .chain(() -> database.run(READ, Tuple.of(NAME)))
                .invoke(rows -> master = new SecretKeySpec(
                        rows.iterator().next().getBuffer("value").getBytes(), ALGORITHM))
                .replaceWithVoid();
    }

    /** That of one ateom; only after {@link #load}. Never log it. */
    String of(UUID ateom) {
        SecretKeySpec loaded = master;
        if (loaded == null) {
            throw new IllegalStateException("the server's key is not loaded yet");
        }
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(loaded);
            return HexFormat.of().formatHex(mac.doFinal(ateom.toString().getBytes(StandardCharsets.US_ASCII)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
