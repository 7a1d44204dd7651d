package dev.dormouse.snapshot;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.dormouse.snapshot.SnapshotException.Kind;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.io.IOException;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Manifests as JSON. Fields that a later minor version adds are ignored; a newer format is refused. */
@RegisterForReflection(targets = Manifest.class, registerFullHierarchy = true)
final class Manifests {

    /** Larger ones aren't ours. */
    static final int SIZE_LIMIT = 4 << 20;

    private static final ObjectMapper JSON = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .build();

    private Manifests() {}

    static byte[] write(Manifest manifest) {
        try {
            return JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(manifest);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a manifest is made of plain values", e);
        }
    }

    static Manifest read(String uri, byte[] json) throws SnapshotException {
        try {
            int format = JSON.readTree(json).path("format").asInt();
            if (format > Manifest.FORMAT) {
                throw new SnapshotException(
                        Kind.INCOMPATIBLE,
                        "snapshot %s has manifest format %d, this version reads up to %d: update Dormouse on this node"
                                .formatted(uri, format, Manifest.FORMAT),
                        null);
            }
            Manifest manifest = JSON.readValue(json, Manifest.class);
            if (manifest == null || !isWhole(manifest)) {
                throw corrupt(uri, null);
            }
            return manifest;
        } catch (IOException e) {
            throw corrupt(uri, e);
        }
    }

    private static boolean isWhole(Manifest manifest) {
        return Stream.of(
                        manifest.id(),
                        manifest.atespace(),
                        manifest.actor(),
                        manifest.template(),
                        manifest.scope(),
                        manifest.sandboxClass(),
                        manifest.sandboxBuild(),
                        manifest.cpu(),
                        manifest.images(),
                        manifest.files(),
                        manifest.createdAt())
                .allMatch(Objects::nonNull);
    }

    private static SnapshotException corrupt(String uri, @Nullable Throwable cause) {
        return new SnapshotException(Kind.CORRUPT, "the manifest of snapshot " + uri + " can't be read", cause);
    }
}
