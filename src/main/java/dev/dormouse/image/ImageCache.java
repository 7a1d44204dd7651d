package dev.dormouse.image;

import dev.dormouse.files.DiskFull;
import dev.dormouse.files.Durability;
import dev.dormouse.files.FileTree;
import dev.dormouse.files.RootedTree;
import dev.dormouse.files.TarUnpacker;
import dev.dormouse.image.ImageDocuments.CacheEntry;
import dev.dormouse.platform.DormouseConfig;
import dev.dormouse.platform.Redirects;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import land.oras.Layer;
import org.jspecify.annotations.Nullable;

/**
 * Unpacks images below one directory, each once: {@code <digest>/} holds {@code rootfs} and {@code image.json} and appears by
 * one rename, from {@code <digest>.tmp}. Several processes may share the directory.
 */
@ApplicationScoped
class ImageCache implements Images {

    private final Path directory;
    private final Redirects redirects;
    private final ImageSources sources;
    private final long maxUnpackedBytes;
    private final String arch;
    private final String boot;
    /** Asked for by reference; a failed one is forgotten and tried again. */
    private final ConcurrentMap<String, Asked> known = new ConcurrentHashMap<>();

    private record Asked(PullSecrets secrets, CompletableFuture<UnpackedImage> image) {}

    @Inject
    ImageCache(DormouseConfig config) {
        this(config, config.ateom().nodeDir().orElse(config.dataDir()).resolve("images"));
    }

    private ImageCache(DormouseConfig config, Path directory) {
        this(
                directory,
                new Redirects(config.images().redirect()),
                new ImageSources(Registries.of(config.images(), directory.resolve("blobs"))),
                config.images().maxUnpackedBytes(),
                Machine.arch(),
                Machine.boot());
    }

    /**
     * @param boot names the time since the machine started: what was unpacked before it may have lost bytes in a power cut, since
     *     flushing every file of every image would cost more than unpacking some again
     */
    ImageCache(
            Path directory,
            Redirects redirects,
            ImageSources sources,
            long maxUnpackedBytes,
            String arch,
            String boot) {
        this.directory = directory;
        this.redirects = redirects;
        this.sources = sources;
        this.maxUnpackedBytes = maxUnpackedBytes;
        this.arch = arch;
        this.boot = boot;
        CacheLock.removeLeftOvers(directory);
    }

    @Override
    public UnpackedImage unpack(String reference, PullSecrets secrets) throws ImageException {
        Asked mine = new Asked(secrets, new CompletableFuture<>());
        Asked first = known.putIfAbsent(reference, mine);
        if (first == null) {
            return find(reference, mine);
        }
        try {
            UnpackedImage image = await(first.image());
            if (Files.isDirectory(image.rootfs())) {
                return image;
            }
            // somebody emptied the cache under us
        } catch (ImageException e) {
            if (first.secrets().equals(secrets)) {
                throw e;
            }
            // others failed with their credentials; ours may be better
        }
        known.remove(reference, first);
        return unpack(reference, secrets);
    }

    private UnpackedImage find(String reference, Asked mine) throws ImageException {
        try {
            UnpackedImage image = find(reference, mine.secrets());
            mine.image().complete(image);
            return image;
        } catch (ImageException | RuntimeException | Error e) {
            known.remove(reference, mine);
            mine.image().completeExceptionally(e);
            throw e;
        }
    }

    @Override
    public ImageUser user(UnpackedImage image) throws ImageException {
        try {
            return UserLookup.in(image.rootfs()).resolve(image.config().user());
        } catch (ImageException e) {
            throw new ImageException("image " + image.digest() + ": " + e.getMessage(), e);
        } catch (IOException e) {
            throw failure("image " + image.digest(), e);
        }
    }

    private static UnpackedImage await(CompletableFuture<UnpackedImage> other) throws ImageException {
        try {
            return other.join();
        } catch (CompletionException e) {
            // a new one: the stack of another thread would mislead
            Throwable cause = Objects.requireNonNull(e.getCause());
            throw new ImageException(String.valueOf(cause.getMessage()), cause);
        }
    }

    private UnpackedImage find(String reference, PullSecrets secrets) throws ImageException {
        try {
            ImageReference redirected = redirected(reference);
            // by its digest it may be here already, and its source gone
            UnpackedImage cached = redirected.digest() == null ? null : cached(redirected.digest());
            return cached != null ? cached : fromSource(redirected, secrets);
        } catch (ImageException e) {
            throw new ImageException("image " + reference + ": " + e.getMessage(), e);
        } catch (IOException e) {
            throw failure("image " + reference, e);
        }
    }

    /** A short name too is of the registry that it means. */
    private ImageReference redirected(String reference) throws ImageException {
        ImageReference direct = ImageReference.parse(redirects.apply(reference));
        ImageReference asked = ImageReference.parse(reference);
        if (!direct.equals(asked) || asked.isLayout()) {
            return direct;
        }
        String whole = asked.named(RegistryName.parse(asked.name()).toString()).toString();
        return ImageReference.parse(redirects.apply(whole));
    }

    private UnpackedImage fromSource(ImageReference reference, PullSecrets secrets) throws IOException, ImageException {
        try (ImageSource source = sources.open(reference, secrets)) {
            ImageManifest manifest = ImageManifest.resolve(source, reference, arch);
            Durability.createDirectories(directory);
            try (CacheLock lock = CacheLock.acquire(directory, name(manifest.digest()))) {
                // another process may have unpacked it while this one waited for the lock
                UnpackedImage cached = cached(manifest.digest());
                return cached != null ? cached : unpack(source, manifest, lock);
            }
        }
    }

    private @Nullable UnpackedImage cached(String digest) throws IOException {
        Path place = directory.resolve(name(digest));
        CacheEntry entry;
        try {
            entry = ImageDocuments.read(Files.readAllBytes(place.resolve("image.json")));
        } catch (NoSuchFileException e) {
            return null;
        }
        return entry.boot().equals(boot) ? new UnpackedImage(digest, place.resolve("rootfs"), entry.config()) : null;
    }

    private UnpackedImage unpack(ImageSource source, ImageManifest manifest, CacheLock lock)
            throws IOException, ImageException {
        if (manifest.layerBytes() > maxUnpackedBytes) {
            throw new ImageException(
                    "its layers have %d bytes, more than the allowed %d (dormouse.images.max-unpacked-bytes)"
                            .formatted(manifest.layerBytes(), maxUnpackedBytes),
                    null);
        }
        Path temporary = lock.temporary();
        Path place = directory.resolve(name(manifest.digest()));
        FileTree.delete(temporary);
        try {
            Path rootfs = Files.createDirectories(temporary.resolve("rootfs"));
            ImageConfig config = ImageDocuments.config(manifest.config(source));
            unpackLayers(source, manifest, rootfs);
            Files.write(
                    temporary.resolve("image.json"),
                    ImageDocuments.write(new CacheEntry(manifest.digest(), boot, config)));
            FileTree.delete(place);
            Files.move(temporary, place, StandardCopyOption.ATOMIC_MOVE);
            return new UnpackedImage(manifest.digest(), place.resolve("rootfs"), config);
        } finally {
            FileTree.delete(temporary);
        }
    }

    private void unpackLayers(ImageSource source, ImageManifest manifest, Path rootfs) throws IOException {
        TarUnpacker unpacker = new TarUnpacker(new RootedTree(rootfs), TarUnpacker.Whiteouts.APPLIED, maxUnpackedBytes);
        for (Layer layer : manifest.layers()) {
            String digest = String.valueOf(layer.getDigest());
            if (!ImageReference.isDigest(digest)) {
                throw new IOException("'" + digest + "' is no sha256 digest");
            }
            try (VerifiedBlob blob = new VerifiedBlob(source.blob(digest, ImageManifest.size(layer)), digest)) {
                unpackLayer(unpacker, blob, layer, digest);
            }
        }
        unpacker.finish();
    }

    private static void unpackLayer(TarUnpacker unpacker, VerifiedBlob blob, Layer layer, String digest)
            throws IOException {
        try (var tar = LayerStream.tar(blob, String.valueOf(layer.getMediaType()))) {
            unpacker.unpack(tar);
            blob.verify();
        } catch (IOException e) {
            throw DiskFull.causedBy(e) ? e : new IOException("layer " + digest + ": " + e.getMessage(), e);
        }
    }

    private static ImageException failure(String what, IOException e) {
        if (DiskFull.causedBy(e)) {
            return new ImageException(what + ": the disk is full; free space in the data directory", e);
        }
        String why = e instanceof NoSuchFileException missing ? missing.getFile() + " is missing" : e.getMessage();
        return new ImageException(what + ": " + why, e);
    }

    private static String name(String digest) {
        return digest.replace(':', '-');
    }
}
