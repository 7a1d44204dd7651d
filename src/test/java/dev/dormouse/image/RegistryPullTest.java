package dev.dormouse.image;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dormouse.demo.build.LayoutWriter;
import dev.dormouse.files.FileTree;
import dev.dormouse.files.SmallDisk;
import dev.dormouse.files.TarBytes;
import dev.dormouse.image.Images.UnpackedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pulls from a real registry that is open to everybody. */
@Tag("registry")
class RegistryPullTest {

    private static final String GZIP = LayoutWriter.TAR + "+gzip";

    @TempDir
    static Path shared;

    private static RealRegistry registry;

    @TempDir
    Path temp;

    private RegistryNode node;

    @BeforeAll
    static void startRegistry() throws IOException {
        registry = RealRegistry.open(shared.resolve("registry"));
    }

    @AfterAll
    static void stopRegistry() {
        registry.close();
    }

    @BeforeEach
    void makeNode() {
        node = new RegistryNode(temp.resolve("node"));
    }

    private static byte[] layer(String file, String content) {
        return TarBytes.gzip(new TarBytes().file(file, content).bytes());
    }

    /** Gives the digest. */
    private String push(String repository, byte[]... layers) throws IOException, InterruptedException {
        Path layout = temp.resolve(repository.replace('/', '-'));
        LayoutWriter writer = new LayoutWriter(layout);
        for (byte[] layer : layers) {
            writer.layer(layer, GZIP);
        }
        String digest = writer.finish("amd64", Map.of("Entrypoint", List.of("/" + repository)));
        registry.push(layout, repository);
        return digest;
    }

    private String reference(String repository, String digest) {
        return registry.host() + "/" + repository + "@" + digest;
    }

    @Test
    void anImageIsPulledByItsDigest() throws Exception {
        String digest = push("acme/app", layer("base", "1"), layer("app", "2"));

        UnpackedImage image = node.pull(reference("acme/app", digest));

        assertThat(image.digest()).isEqualTo(digest);
        assertThat(image.rootfs().resolve("base")).hasContent("1");
        assertThat(image.rootfs().resolve("app")).hasContent("2");
        assertThat(image.config().entrypoint()).containsExactly("/acme/app");
    }

    @Test
    void aTagBesideTheDigestIsOnlyForReaders() throws Exception {
        String digest = push("tagged", layer("a", "1"));

        assertThat(node.pull(registry.host() + "/tagged:v1@" + digest).digest()).isEqualTo(digest);
    }

    @Test
    void anIndexLeadsToTheImageForThisMachineAlsoOnceTheRegistryIsGone() throws Exception {
        Path layout = temp.resolve("both");
        for (String arch : List.of("arm64", "amd64")) {
            new LayoutWriter(layout).layer(layer("arch", arch), GZIP).finish(arch, Map.of());
        }
        RealRegistry mortal = RealRegistry.open(temp.resolve("mortal"));
        mortal.push(layout, "both");
        String index = mortal.pushIndex(layout, "both", "latest");
        String reference = mortal.host() + "/both@" + index;

        assertThat(node.pull(reference).rootfs().resolve("arch")).hasContent("amd64");
        assertThat(node.pull(mortal.host() + "/both:latest").rootfs().resolve("arch"))
                .hasContent("amd64");

        mortal.close();
        UnpackedImage again = node.pull(reference);
        assertThat(again.rootfs().resolve("arch")).hasContent("amd64");
        FileTree.delete(node.place(again.digest()));
        assertThat(node.pull(reference).rootfs().resolve("arch")).hasContent("amd64");
    }

    @Test
    void whatOthersPushInDockersFormatIsPulled() throws Exception {
        Path layout = temp.resolve("docker");
        new LayoutWriter(layout).layer(layer("a", "from docker"), GZIP).finish("amd64", Map.of("User", "7"));
        String target = "docker://" + registry.host() + "/docker:v2";
        TestCommand.run(
                "skopeo",
                "--insecure-policy",
                "copy",
                "-q",
                "--format",
                "v2s2",
                "--dest-tls-verify=false",
                "oci:" + layout,
                target);
        String digest = TestCommand.run("skopeo", "inspect", "--tls-verify=false", "--format", "{{.Digest}}", target)
                .strip();

        UnpackedImage image = node.pull(reference("docker", digest));

        assertThat(image.digest()).isEqualTo(digest);
        assertThat(image.rootfs().resolve("a")).hasContent("from docker");
        assertThat(image.config().user()).isEqualTo("7");
    }

    @Test
    void aLayerThatImagesShareIsPulledOnce() throws Exception {
        byte[] base = layer("base", "x".repeat(1000));
        String one = push("shared", base, layer("own", "one"));
        String other = push("shared", base, layer("own", "other"));
        try (RegistryFront front = new RegistryFront(registry);
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            // two processes at once
            List<Future<UnpackedImage>> pulls = List.of(
                    threads.submit(() -> node.pull(front.host() + "/shared@" + one)),
                    threads.submit(() -> node.pull(front.host() + "/shared@" + other)));

            assertThat(pulls.get(0).get().rootfs().resolve("own")).hasContent("one");
            assertThat(pulls.get(1).get().rootfs().resolve("own")).hasContent("other");
            assertThat(front.blobRequests())
                    .filteredOn(request -> request.path().endsWith(VerifiedBlob.digestOf(base)))
                    .hasSize(1);
        }
    }

    @Test
    void aFullCacheForgetsTheLayersUsedLongestAgo() throws Exception {
        byte[] old = layer("a", "old");
        byte[] young = layer("a", "young");
        String first = push("old", old);
        String second = push("young", young);
        node.cacheBytes = young.length;
        node.pull(reference("old", first));

        UnpackedImage image = node.pull(reference("young", second));

        assertThat(node.blob(VerifiedBlob.digestOf(old))).doesNotExist();
        assertThat(node.blob(VerifiedBlob.digestOf(young))).exists();
        assertThat(image.rootfs().resolve("a")).hasContent("young");
        assertThat(node.pull(reference("old", first)).rootfs().resolve("a"))
                .as("unpacked it is still there")
                .hasContent("old");
    }

    @Test
    void aDamagedLayerInTheCacheIsPulledAgain() throws Exception {
        byte[] layer = layer("a", "good");
        String digest = push("damaged", layer);
        node.pull(reference("damaged", digest));
        FileTree.delete(node.place(digest));
        Files.writeString(node.blob(VerifiedBlob.digestOf(layer)), "zeros after a power cut");

        assertThat(node.pull(reference("damaged", digest)).rootfs().resolve("a"))
                .hasContent("good");
    }

    @Test
    void aRedirectLeadsToAnotherRegistry() throws Exception {
        String digest = push("mirror/library/app", layer("a", "mirrored"));
        node.redirects = Map.of(
                "docker.io/", registry.host() + "/mirror/",
                "registry.example/acme", registry.host() + "/mirror/library");

        assertThat(node.pull("app@" + digest).rootfs().resolve("a")).hasContent("mirrored");
        assertThat(node.pull("registry.example/acme/app:v1@" + digest).digest()).isEqualTo(digest);
    }

    @Test
    void aMaliciousLayerLeavesNothing() throws Exception {
        List<TarBytes> malicious = List.of(
                new TarBytes().symbolicLink("evil", "../../../../..").file("evil/owned", "x"),
                new TarBytes().file("../owned", "x"),
                new TarBytes().file("/owned", "x"),
                new TarBytes().hardLink("shadow", "../../../../../etc/shadow"),
                new TarBytes().special("disk", TarConstants.LF_BLK),
                new TarBytes().special("null", TarConstants.LF_CHR));
        for (TarBytes layer : malicious) {
            String digest = push("evil", TarBytes.gzip(layer.bytes()));

            assertThatThrownBy(() -> node.pull(reference("evil", digest)))
                    .isInstanceOf(ImageException.class)
                    .hasMessageContaining("layer sha256:");

            assertThat(node.place(digest)).doesNotExist();
            assertThat(temp.resolve("node/owned")).doesNotExist();
            assertThat(Path.of("/owned")).doesNotExist();
            FileTree.delete(temp.resolve("evil"));
        }
    }

    @Test
    void whatIsNotThereIsSaid() throws Exception {
        String digest = push("present", layer("a", "1"));
        String missing = "sha256:" + "0".repeat(64);

        assertThatThrownBy(() -> node.pull(reference("present", missing)))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining(reference("present", missing))
                .hasMessageContaining("has no manifest " + missing + " in repository present MANIFEST_UNKNOWN");
        assertThatThrownBy(() -> node.pull(reference("absent", digest))).hasMessageContaining("in repository absent");
    }

    @Test
    void aRegistryThatCantBeReachedIsSaid() throws Exception {
        String digest = "@sha256:" + "0".repeat(64);
        node.plainHttp = java.util.Set.of("localhost", "registry.invalid");

        assertThatThrownBy(() -> node.pull("registry.invalid/app" + digest))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining("registry.invalid has no address")
                .hasMessageContaining("dormouse.images.redirect");
        assertThatThrownBy(() -> node.pull("localhost:" + RealRegistry.freePort() + "/app" + digest))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining("refuses connections");
    }

    @Test
    void referencesToNoRegistryAreRefused() {
        String digest = "@sha256:" + "0".repeat(64);

        for (String bad : List.of("a/../b", "localhost/../b", "localhost:x/a", "localhost/UP", "localhost/a b", "/a")) {
            assertThatThrownBy(() -> node.pull(bad + digest))
                    .as(bad)
                    .isInstanceOf(ImageException.class)
                    .hasMessageContaining("'");
        }
        assertThatThrownBy(() -> node.pull("localhost/a:b@c" + digest)).isInstanceOf(ImageException.class);
        assertThatThrownBy(() -> node.pull("localhost/a:-")).hasMessageContaining("'-' is no tag");
    }

    @Test
    void aLayerLargerThanAllowedIsNotPulled() throws Exception {
        Path layout = temp.resolve("huge");
        String digest = new LayoutWriter(layout)
                .layer(new byte[11 << 20], LayoutWriter.TAR)
                .finish("amd64", Map.of());
        registry.push(layout, "huge");
        try (RegistryFront front = new RegistryFront(registry)) {
            assertThatThrownBy(() -> node.pull(front.host() + "/huge@" + digest))
                    .hasMessageContaining("dormouse.images.max-unpacked-bytes");

            assertThat(front.blobRequests()).isEmpty();
        }
    }

    @Test
    @Tag("gvisor")
    void aFullDiskIsSaid() throws Exception {
        Path layout = temp.resolve("large");
        String digest = new LayoutWriter(layout)
                .layer(new byte[3 << 20], LayoutWriter.TAR)
                .finish("amd64", Map.of());
        registry.push(layout, "large");
        try (SmallDisk disk = new SmallDisk(temp.resolve("disk"), 1 << 20)) {
            assertThatThrownBy(() -> new RegistryNode(disk.path()).pull(reference("large", digest)))
                    .isInstanceOf(ImageException.class)
                    .hasMessageContaining("the disk is full");
        }
    }

    static String dockerConfig(String host, String user, String password) {
        String auth = Base64.getEncoder().encodeToString((user + ":" + password).getBytes(UTF_8));
        return "{\"auths\": {\"%s\": {\"auth\": \"%s\"}}}".formatted(host, auth);
    }
}
