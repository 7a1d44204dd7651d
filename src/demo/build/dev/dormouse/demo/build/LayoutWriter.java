package dev.dormouse.demo.build;

import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import land.oras.Config;
import land.oras.Index;
import land.oras.Layer;
import land.oras.LayoutRef;
import land.oras.Manifest;
import land.oras.ManifestDescriptor;
import land.oras.OCILayout;
import land.oras.Platform;
import land.oras.utils.SupportedAlgorithm;

/** Writes an OCI image layout with one image; nothing in it depends on the time or the machine's clock. */
public final class LayoutWriter {

    /** A plain tar: what stays on one disk gains nothing from compression. */
    public static final String TAR = "application/vnd.oci.image.layer.v1.tar";

    private static final String CONFIG = "application/vnd.oci.image.config.v1+json";

    /** Keys in order: the order of an immutable map differs from run to run. */
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .build();

    private final Path directory;
    private final OCILayout layout;
    private final List<Layer> layers = new ArrayList<>();
    private final List<String> diffIds = new ArrayList<>();

    public LayoutWriter(Path directory) throws IOException {
        this.directory = Files.createDirectories(directory);
        this.layout = OCILayout.builder().defaults(directory).build();
    }

    /** Adds a layer with these files. */
    public LayoutWriter layer(RootFiles files) throws IOException {
        Path tar = Files.createTempFile(directory, "layer", ".tar");
        try {
            try (var out = Files.newOutputStream(tar)) {
                files.writeTar(out);
            }
            String digest = SupportedAlgorithm.SHA256.digest(tar);
            layers.add(layout.pushBlob(reference(digest), tar, Map.of()).withMediaType(TAR));
            diffIds.add(digest);
            return this;
        } finally {
            Files.delete(tar);
        }
    }

    /** Adds a layer as it is. */
    public LayoutWriter layer(byte[] blob, String mediaType) {
        Layer layer = push(blob);
        layers.add(layer.withMediaType(mediaType));
        diffIds.add(layer.getDigest());
        return this;
    }

    /**
     * Writes configuration, manifest and index.
     *
     * @param config Entrypoint, Cmd, Env, User, WorkingDir, as OCI names them
     * @return the manifest's digest
     */
    public String finish(String arch, Map<String, Object> config) throws IOException {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("architecture", arch);
        document.put("os", "linux");
        document.put("config", config);
        document.put("rootfs", Map.of("type", "layers", "diff_ids", diffIds));
        Layer blob = push(JSON.writeValueAsBytes(document));
        Manifest manifest =
                Manifest.empty().withConfig(Config.fromBlob(CONFIG, blob)).withLayers(List.copyOf(layers));
        byte[] json = manifest.toJson().getBytes(StandardCharsets.UTF_8);
        String digest = push(json).getDigest();
        ManifestDescriptor descriptor = ManifestDescriptor.of(manifest.getMediaType(), digest, json.length)
                .withPlatform(Platform.of("linux", arch));
        Path index = directory.resolve("index.json");
        Files.writeString(index, Index.fromPath(index).withNewManifests(descriptor).toJson());
        makeReadable();
        return digest;
    }

    /** The library writes blobs for the present user alone; who runs the image is often another. */
    private void makeReadable() throws IOException {
        try (var blobs = Files.newDirectoryStream(directory.resolve("blobs/sha256"))) {
            for (Path blob : blobs) {
                Files.setPosixFilePermissions(blob, PosixFilePermissions.fromString("rw-r--r--"));
            }
        }
    }

    /** As images name it. */
    public static String thisArchitecture() {
        String arch = System.getProperty("os.arch");
        return arch.equals("aarch64") ? "arm64" : arch;
    }

    private Layer push(byte[] blob) {
        return layout.pushBlob(reference(SupportedAlgorithm.SHA256.digest(blob)), blob);
    }

    private LayoutRef reference(String digest) {
        return LayoutRef.of(layout, digest);
    }
}
