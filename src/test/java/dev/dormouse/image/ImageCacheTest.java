package dev.dormouse.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import dev.dormouse.demo.build.LayoutWriter;
import dev.dormouse.files.TarBytes;
import dev.dormouse.image.Images.ImageConfig;
import dev.dormouse.image.Images.ImageUser;
import dev.dormouse.image.Images.UnpackedImage;
import dev.dormouse.platform.Redirects;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageCacheTest {

    private static final long LIMIT = 10 << 20;
    private static final String PASSWD = """
            root:x:0:0:root:/root:/bin/sh
            app:x:1000:1001::/home/app:/bin/sh
            broken line
            """;
    private static final String GROUP = """
            root:x:0:
            app:x:1001:
            staff:x:50:app,other
            audio:x:29:other,app
            """;

    @TempDir
    Path temp;

    private Path layout;
    private Path cacheDirectory;
    private ImageCache cache;

    @BeforeEach
    void makeCache() {
        layout = temp.resolve("layout");
        cacheDirectory = temp.resolve("images");
        cache = cache(Map.of(), "boot-1");
    }

    private ImageCache cache(Map<String, String> redirect, String boot) {
        return new ImageCache(
                cacheDirectory,
                new Redirects(redirect),
                TestImageCache.layoutsOnly(cacheDirectory),
                LIMIT,
                "amd64",
                boot);
    }

    /** A layout with one image of one plain layer. */
    private String write(TarBytes layer, Map<String, Object> config) throws IOException {
        return new LayoutWriter(layout).layer(layer.bytes(), LayoutWriter.TAR).finish("amd64", config);
    }

    private String reference(String digest) {
        return "oci:" + layout + "@" + digest;
    }

    private Path blob(String digest) {
        return layout.resolve("blobs").resolve(digest.replace(':', '/'));
    }

    private Path place(String digest) {
        return cacheDirectory.resolve(digest.replace(':', '-'));
    }

    @Test
    void anImageIsUnpackedWithItsConfiguration() throws Exception {
        String digest = write(
                new TarBytes().file("bin/app", "#!"),
                Map.of(
                        "Entrypoint", List.of("/bin/app"),
                        "Cmd", List.of("serve"),
                        "Env", List.of("PATH=/bin", "EMPTY=", "URL=a=b"),
                        "User", "app:staff",
                        "WorkingDir", "/srv"));

        UnpackedImage image = cache.unpack(reference(digest), PullSecrets.NONE);

        assertThat(image.digest()).isEqualTo(digest);
        assertThat(image.rootfs().resolve("bin/app")).hasContent("#!");
        assertThat(image.config())
                .isEqualTo(new ImageConfig(
                        List.of("/bin/app"),
                        List.of("serve"),
                        Map.of("PATH", "/bin", "EMPTY", "", "URL", "a=b"),
                        "app:staff",
                        "/srv"));
    }

    @Test
    void aConfigurationMayBeEmpty() throws Exception {
        String digest = write(new TarBytes().file("a", "1"), Map.of());

        assertThat(cache.unpack(reference(digest), PullSecrets.NONE).config())
                .isEqualTo(new ImageConfig(List.of(), List.of(), Map.of(), "", ""));
    }

    @Test
    void layersOfEveryCompressionAreApplied() throws Exception {
        String digest = new LayoutWriter(layout)
                .layer(new TarBytes().file("plain", "1").bytes(), LayoutWriter.TAR)
                .layer(TarBytes.gzip(new TarBytes().file("gzip", "2").bytes()), LayoutWriter.TAR + "+gzip")
                .layer(Zstd.compress(new TarBytes().file("zstd", "3").bytes()), LayoutWriter.TAR + "+zstd")
                .layer(
                        TarBytes.gzip(new TarBytes().file("docker", "4").bytes()),
                        "application/vnd.docker.image.rootfs.diff.tar.gzip")
                .finish("amd64", Map.of());

        Path rootfs = cache.unpack(reference(digest), PullSecrets.NONE).rootfs();

        assertThat(rootfs.resolve("plain")).hasContent("1");
        assertThat(rootfs.resolve("gzip")).hasContent("2");
        assertThat(rootfs.resolve("zstd")).hasContent("3");
        assertThat(rootfs.resolve("docker")).hasContent("4");
    }

    @Test
    void anUnknownKindOfLayerIsRefused() throws Exception {
        String digest = new LayoutWriter(layout)
                .layer(new byte[10], "application/vnd.oci.image.layer.v1.tar+encrypted")
                .finish("amd64", Map.of());

        assertThatThrownBy(() -> cache.unpack(reference(digest), PullSecrets.NONE))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining("tar+encrypted");
    }

    @Test
    void aDamagedLayerLeavesNothingAndCanBeTriedAgain() throws Exception {
        byte[] layer = new TarBytes().file("a", "good").bytes();
        String digest = new LayoutWriter(layout).layer(layer, LayoutWriter.TAR).finish("amd64", Map.of());
        Path blob = blobOf(layer);
        byte[] flipped = layer.clone();
        flipped[600] ^= 1;
        Files.write(blob, flipped);

        assertThatThrownBy(() -> cache.unpack(reference(digest), PullSecrets.NONE))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining("damaged");
        assertThat(place(digest)).doesNotExist();
        assertThat(temporaries()).isEmpty();

        Files.write(blob, layer);
        assertThat(cache.unpack(reference(digest), PullSecrets.NONE).rootfs().resolve("a"))
                .hasContent("good");
    }

    @Test
    void aTruncatedLayerIsRefused() throws Exception {
        byte[] layer =
                TarBytes.gzip(new TarBytes().file("a", "x".repeat(100_000)).bytes());
        String digest = new LayoutWriter(layout)
                .layer(layer, LayoutWriter.TAR + "+gzip")
                .finish("amd64", Map.of());
        Files.write(blobOf(layer), java.util.Arrays.copyOf(layer, layer.length / 2));

        assertThatThrownBy(() -> cache.unpack(reference(digest), PullSecrets.NONE))
                .isInstanceOf(ImageException.class);
        assertThat(temporaries()).isEmpty();
    }

    @Test
    void bytesAfterTheEndOfALayerAreNoticed() throws Exception {
        byte[] layer = new TarBytes().file("a", "1").bytes();
        String digest = new LayoutWriter(layout).layer(layer, LayoutWriter.TAR).finish("amd64", Map.of());
        Files.write(blobOf(layer), java.util.Arrays.copyOf(layer, layer.length + 1));

        assertThatThrownBy(() -> cache.unpack(reference(digest), PullSecrets.NONE))
                .hasMessageContaining("damaged");
    }

    @Test
    void aManifestOfAnotherDigestIsRefused() throws Exception {
        String digest = write(new TarBytes().file("a", "1"), Map.of());
        Files.writeString(blob(digest), Files.readString(blob(digest)) + " ");

        assertThatThrownBy(() -> cache.unpack(reference(digest), PullSecrets.NONE))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining("damaged");
    }

    @Test
    void aMissingBlobIsNamed() throws Exception {
        byte[] layer = new TarBytes().file("a", "1").bytes();
        String digest = new LayoutWriter(layout).layer(layer, LayoutWriter.TAR).finish("amd64", Map.of());
        Files.delete(blobOf(layer));

        assertThatThrownBy(() -> cache.unpack(reference(digest), PullSecrets.NONE))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining(reference(digest))
                .hasMessageContaining("missing");
    }

    @Test
    void aMaliciousLayerIsRefusedAndLeavesNothing() throws Exception {
        String digest = write(new TarBytes().symbolicLink("evil", "../../../..").file("evil/owned", "x"), Map.of());

        assertThatThrownBy(() -> cache.unpack(reference(digest), PullSecrets.NONE))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining("evil/owned");
        assertThat(temp.resolve("owned")).doesNotExist();
        assertThat(temporaries()).isEmpty();
    }

    @Test
    void anImageLargerThanAllowedIsRefused() throws Exception {
        byte[] bomb = TarBytes.gzip(
                new TarBytes().file("zeros", "\0".repeat((int) LIMIT + 1)).bytes());
        String digest =
                new LayoutWriter(layout).layer(bomb, LayoutWriter.TAR + "+gzip").finish("amd64", Map.of());

        assertThatThrownBy(() -> cache.unpack(reference(digest), PullSecrets.NONE))
                .hasMessageContaining("allowed");
    }

    @Test
    void anUnpackedImageNeedsItsLayoutNoMore() throws Exception {
        String digest = write(new TarBytes().file("a", "1"), Map.of());
        cache.unpack(reference(digest), PullSecrets.NONE);
        Files.delete(blob(digest));

        assertThat(cache(Map.of(), "boot-1")
                        .unpack(reference(digest), PullSecrets.NONE)
                        .rootfs()
                        .resolve("a"))
                .hasContent("1");
    }

    @Test
    void afterARestartOfTheMachineAnImageIsUnpackedAgain() throws Exception {
        String digest = write(new TarBytes().file("a", "1"), Map.of());
        Path file = cache.unpack(reference(digest), PullSecrets.NONE).rootfs().resolve("a");
        Files.writeString(file, "lost in the power cut");

        cache(Map.of(), "boot-2").unpack(reference(digest), PullSecrets.NONE);

        assertThat(file).hasContent("1");
    }

    @Test
    void anEmptiedCacheIsFilledAgain() throws Exception {
        String digest = write(new TarBytes().file("a", "1"), Map.of());
        cache.unpack(reference(digest), PullSecrets.NONE);
        dev.dormouse.files.FileTree.delete(cacheDirectory);

        assertThat(cache.unpack(reference(digest), PullSecrets.NONE).rootfs().resolve("a"))
                .hasContent("1");
    }

    @Test
    void leftOversOfAKilledProcessAreRemovedAtStart() throws Exception {
        Path leftOver = Files.createDirectories(cacheDirectory.resolve("sha256-" + "a".repeat(64) + ".tmp/rootfs"));
        Files.writeString(leftOver.resolve("half"), "x");

        cache(Map.of(), "boot-1");

        assertThat(leftOver.getParent()).doesNotExist();
    }

    @Test
    void whatAnotherIsUnpackingStays() throws Exception {
        String name = "sha256-" + "b".repeat(64);
        Files.createDirectories(cacheDirectory);
        try (CacheLock held = CacheLock.acquire(cacheDirectory, name);
                var other = Executors.newSingleThreadExecutor()) {
            Files.createDirectories(held.temporary());

            other.submit(() -> cache(Map.of(), "boot-1")).get();

            assertThat(held.temporary()).exists();
        }
    }

    @Test
    void manyCallersCauseOneUnpacking() throws Exception {
        TarBytes large = new TarBytes();
        for (int i = 0; i < 500; i++) {
            large.file("d" + i + "/f", "x".repeat(1000));
        }
        String digest = write(large, Map.of());
        List<Callable<UnpackedImage>> callers = new ArrayList<>();
        for (int i = 0; i < 32; i++) {
            // half of them as another process would: without this one's memory
            ImageCache asked = i % 2 == 0 ? cache : cache(Map.of(), "boot-1");
            callers.add(() -> asked.unpack(reference(digest), PullSecrets.NONE));
        }

        List<Object> inodes = new ArrayList<>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<UnpackedImage> answer : threads.invokeAll(callers)) {
                inodes.add(Files.getAttribute(answer.get().rootfs(), "unix:ino"));
            }
        }

        assertThat(inodes).hasSize(32);
        assertThat(inodes.stream().distinct()).hasSize(1);
        assertThat(temporaries()).isEmpty();
    }

    @Test
    void theImageOfTheArchitectureIsChosen() throws Exception {
        new LayoutWriter(layout)
                .layer(new TarBytes().file("arch", "arm64").bytes(), LayoutWriter.TAR)
                .finish("arm64", Map.of());
        write(new TarBytes().file("arch", "amd64"), Map.of());

        assertThat(cache.unpack("oci:" + layout, PullSecrets.NONE).rootfs().resolve("arch"))
                .hasContent("amd64");
    }

    @Test
    void severalImagesForTheArchitectureNeedADigest() throws Exception {
        write(new TarBytes().file("a", "1"), Map.of());
        write(new TarBytes().file("a", "2"), Map.of());

        assertThatThrownBy(() -> cache.unpack("oci:" + layout, PullSecrets.NONE))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining("@sha256");
    }

    @Test
    void aLayoutInATarFileWorksAlike() throws Exception {
        String digest = write(new TarBytes().file("a", "in tar"), Map.of("User", "7"));
        Path tar = temp.resolve("layout.tar");
        Process process = new ProcessBuilder("tar", "-cf", tar.toString(), "-C", layout.toString(), ".")
                .inheritIO()
                .start();
        assertThat(process.waitFor()).isZero();

        UnpackedImage image = cache.unpack("oci:" + tar + "@" + digest, PullSecrets.NONE);

        assertThat(image.rootfs().resolve("a")).hasContent("in tar");
        assertThat(image.config().user()).isEqualTo("7");
    }

    @Test
    void theLongestRedirectWins() throws Exception {
        String digest = write(new TarBytes().file("a", "1"), Map.of());
        ImageCache redirected = cache(
                Map.of(
                        "ghcr.io", "oci:/nowhere",
                        "ghcr.io/acme/", "oci:" + temp + "/",
                        "ghcr.io/acme/lay", "oci:/elsewhere"),
                "boot-1");

        assertThat(redirected
                        .unpack("ghcr.io/acme/layout@" + digest, PullSecrets.NONE)
                        .digest())
                .isEqualTo(digest);
    }

    @Test
    void shortNamesAreRedirectedAsWhatTheyMean() throws Exception {
        String digest = write(new TarBytes().file("a", "1"), Map.of());
        ImageCache redirected = cache(Map.of("docker.io/library/", "oci:" + temp + "/"), "boot-1");

        assertThat(redirected.unpack("layout@" + digest, PullSecrets.NONE).digest())
                .isEqualTo(digest);
        assertThat(redirected
                        .unpack("docker.io/layout:1@" + digest, PullSecrets.NONE)
                        .digest())
                .isEqualTo(digest);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "oci:", "oci:/x@sha256:short", "oci:/x@md5:0", "@", "oci:/nowhere", "oci:\0"})
    void badReferencesAreRefusedWithAReason(String reference) {
        assertThatThrownBy(() -> cache.unpack(reference, PullSecrets.NONE))
                .isInstanceOf(ImageException.class)
                .hasMessageStartingWith("image ");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''        | 0    | 0    | []",
                "app       | 1000 | 1001 | [50, 29]",
                "1000      | 1000 | 1001 | [50, 29]",
                "app:staff | 1000 | 50   | []",
                "app:7     | 1000 | 7    | []",
                "4242      | 4242 | 0    | []",
                "4242:4243 | 4242 | 4243 | []",
                "4242:app  | 4242 | 1001 | []",
            })
    void usersAreLookedUpInTheImage(String user, int uid, int gid, String groups) throws Exception {
        String digest = write(new TarBytes().file("etc/passwd", PASSWD).file("etc/group", GROUP), Map.of("User", user));

        ImageUser found = cache.user(cache.unpack(reference(digest), PullSecrets.NONE));

        assertThat(found.uid()).isEqualTo(uid);
        assertThat(found.gid()).isEqualTo(gid);
        assertThat(found.groups().toString()).isEqualTo(groups);
    }

    @ParameterizedTest
    @ValueSource(strings = {"nobody", "app:nogroup", "-1", "99999999999", "0x10"})
    void unknownUsersAreRefused(String user) throws Exception {
        String digest = write(new TarBytes().file("etc/passwd", PASSWD).file("etc/group", GROUP), Map.of("User", user));
        UnpackedImage image = cache.unpack(reference(digest), PullSecrets.NONE);

        assertThatThrownBy(() -> cache.user(image))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining(digest)
                .hasMessageContaining("/etc/");
    }

    @Test
    void theHostsUsersAreOutOfReachOfALink() throws Exception {
        Path host = Files.writeString(temp.resolve("passwd"), "host:x:77:77::/:/bin/sh");
        String digest = write(new TarBytes().symbolicLink("etc/passwd", host.toString()), Map.of("User", "host"));
        UnpackedImage image = cache.unpack(reference(digest), PullSecrets.NONE);

        assertThatThrownBy(() -> cache.user(image)).isInstanceOf(ImageException.class);
    }

    private Path blobOf(byte[] content) {
        return blob(VerifiedBlob.digestOf(content));
    }

    private List<Path> temporaries() throws IOException {
        try (var entries = Files.list(cacheDirectory)) {
            return entries.filter(each -> each.toString().endsWith(".tmp")).toList();
        }
    }
}
