package dev.dormouse.image;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Objects;
import land.oras.Descriptor;
import land.oras.Index;
import land.oras.Layer;
import land.oras.Manifest;
import land.oras.ManifestDescriptor;
import land.oras.Platform;
import land.oras.exception.OrasException;

/**
 * The manifest of the image for one platform.
 *
 * @param digest of the manifest itself, not of an index that led to it
 */
record ImageManifest(String digest, Manifest manifest) {

    private static final int INDEX_DEPTH = 4;

    /** Follows the reference, through indexes, to the one image for the architecture; every document is verified. */
    static ImageManifest resolve(ImageSource source, ImageReference reference, String arch)
            throws IOException, ImageException {
        byte[] document = source.manifest(reference);
        if (reference.digest() != null) {
            requireDigest(document, reference.digest());
        }
        try {
            for (int depth = 0; depth < INDEX_DEPTH; depth++) {
                String json = new String(document, StandardCharsets.UTF_8);
                Index index = Index.fromJson(json);
                if (index.getManifests() == null || index.getManifests().isEmpty()) {
                    return manifest(VerifiedBlob.digestOf(document), json);
                }
                String digest = choose(index, arch);
                document = document(source, reference.withDigest(digest));
            }
        } catch (OrasException e) {
            throw new IOException("its manifest can't be read: " + e.getMessage(), e);
        }
        throw new IOException("more than " + INDEX_DEPTH + " indexes, one in the other");
    }

    List<Layer> layers() {
        return manifest.getLayers();
    }

    /** Bytes of all layers as they are kept, which is about how much will be pulled. */
    long layerBytes() throws IOException {
        long bytes = 0;
        for (Layer layer : layers()) {
            bytes = Math.addExact(bytes, size(layer));
        }
        return bytes;
    }

    static long size(Descriptor descriptor) throws IOException {
        Long size = descriptor.getSize();
        if (size == null || size < 0) {
            throw new IOException("its manifest gives blob " + descriptor.getDigest() + " no size");
        }
        return size;
    }

    byte[] config(ImageSource source) throws IOException {
        String digest = String.valueOf(manifest.getConfig().getDigest());
        requireDigest(digest);
        byte[] document;
        try {
            document = LayoutSource.read(source.blob(digest, size(manifest.getConfig())));
        } catch (NoSuchFileException e) {
            throw new IOException("its blob " + digest + " is missing", e);
        }
        requireDigest(document, digest);
        return document;
    }

    private static ImageManifest manifest(String digest, String json) throws IOException {
        Manifest manifest = Manifest.fromJson(json);
        if (manifest.getConfig() == null || manifest.getConfig().getDigest() == null || manifest.getLayers() == null) {
            throw new IOException("it is no image: its manifest has no config or no layers");
        }
        return new ImageManifest(digest, manifest);
    }

    private static String choose(Index index, String arch) throws ImageException {
        Platform wanted = Platform.of("linux", arch);
        List<String> exact = digests(index, wanted);
        // a lone image without a platform is for whoever asks, as single-platform layouts are written
        List<String> fitting = exact.isEmpty() ? digests(index, null) : exact;
        if (fitting.isEmpty()) {
            throw new ImageException("it has no image for linux/" + arch, null);
        }
        if (fitting.size() > 1) {
            throw new ImageException(
                    "it holds several images for linux/" + arch + ": add @sha256:… to choose one", null);
        }
        return fitting.getFirst();
    }

    private static List<String> digests(Index index, @org.jspecify.annotations.Nullable Platform wanted) {
        return index.getManifests().stream()
                .filter(each -> wanted == null ? isUnspecified(each) : isFor(each, wanted))
                .map(ManifestDescriptor::getDigest)
                .filter(Objects::nonNull)
                .distinct()
                .toList();
    }

    private static boolean isUnspecified(ManifestDescriptor each) {
        Platform platform = each.getPlatformOrNull();
        return platform == null || (platform.os() == null && platform.architecture() == null);
    }

    private static boolean isFor(ManifestDescriptor each, Platform wanted) {
        Platform platform = each.getPlatformOrNull();
        return platform != null
                && wanted.os().equals(platform.os())
                && wanted.architecture().equals(platform.architecture());
    }

    private static byte[] document(ImageSource source, ImageReference reference) throws IOException {
        String digest = String.valueOf(reference.digest());
        requireDigest(digest);
        byte[] document;
        try {
            document = source.manifest(reference);
        } catch (NoSuchFileException e) {
            throw new IOException("its manifest " + digest + " is missing", e);
        }
        requireDigest(document, digest);
        return document;
    }

    private static void requireDigest(String digest) throws IOException {
        if (!ImageReference.isDigest(digest)) {
            throw new IOException("'" + digest + "' is no sha256 digest");
        }
    }

    private static void requireDigest(byte[] document, String digest) throws IOException {
        String actual = VerifiedBlob.digestOf(document);
        if (!actual.equals(digest)) {
            throw new IOException("blob " + digest + " is damaged: its digest is " + actual);
        }
    }
}
