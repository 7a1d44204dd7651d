package dev.dormouse.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dormouse.demo.build.LayoutWriter;
import dev.dormouse.files.TarBytes;
import dev.dormouse.image.Images.UnpackedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real registries that don't serve everybody, or not without TLS. */
@Tag("registry")
class RegistryAccessTest {

    @TempDir
    Path temp;

    private RegistryNode node;
    private Path layout;
    private String digest;

    @BeforeEach
    void makeImage() throws IOException {
        node = new RegistryNode(temp.resolve("node"));
        node.dockerConfig = config("{}");
        layout = temp.resolve("layout");
        digest = new LayoutWriter(layout)
                .layer(new TarBytes().file("a", "private").bytes(), LayoutWriter.TAR)
                .finish("amd64", Map.of());
    }

    private Path config(String json) throws IOException {
        return Files.writeString(temp.resolve("config.json"), json);
    }

    private static String right(String host) {
        return RegistryPullTest.dockerConfig(host, RealRegistry.USER, RealRegistry.PASSWORD);
    }

    private static String wrong(String host) {
        return RegistryPullTest.dockerConfig(host, RealRegistry.USER, "guessed-password");
    }

    private static void assertPulled(UnpackedImage image) {
        assertThat(image.rootfs().resolve("a")).hasContent("private");
    }

    @Test
    void aPasswordComesFromTheNodesConfigurationOrTheTemplate() throws Exception {
        try (RealRegistry registry = RealRegistry.withPassword(temp.resolve("registry"))) {
            registry.push(layout, "team/app");
            String reference = registry.host() + "/team/app@" + digest;

            assertThatThrownBy(() -> node.pull(reference))
                    .isInstanceOf(ImageException.class)
                    .hasMessageContaining("wants credentials for team/app (401 UNAUTHORIZED)")
                    .hasMessageContaining("imagePullSecrets")
                    .hasMessageContaining("dormouse.images.docker-config");
            node.dockerConfig = config(wrong(registry.host()));
            assertThatThrownBy(() -> node.pull(reference))
                    .hasMessageContaining("refuses the credentials")
                    .hasMessageNotContaining("guessed-password");

            // the template's go first
            assertPulled(node.start().unpack(reference, new PullSecrets(List.of(right(registry.host())))));
        }
    }

    @Test
    void theNodesCredentialsAreEnough() throws Exception {
        try (RealRegistry registry = RealRegistry.withPassword(temp.resolve("registry"))) {
            registry.push(layout, "team/app");
            ImageCache images = node.start();
            String reference = registry.host() + "/team/app@" + digest;
            assertThatThrownBy(() -> images.unpack(reference, PullSecrets.NONE)).hasMessageContaining("credentials");

            // the file is read anew
            config(right(registry.host()));

            assertPulled(images.unpack(reference, PullSecrets.NONE));
        }
    }

    @Test
    void oneTenantsWrongCredentialsDontSpoilAnothersPull() throws Exception {
        try (RealRegistry registry = RealRegistry.withPassword(temp.resolve("registry"))) {
            registry.push(layout, "team/app");
            ImageCache images = node.start();
            String reference = registry.host() + "/team/app@" + digest;
            PullSecrets bad = new PullSecrets(List.of(wrong(registry.host())));

            assertThatThrownBy(() -> images.unpack(reference, bad)).hasMessageContaining("refuses the credentials");

            assertPulled(images.unpack(reference, new PullSecrets(List.of(right(registry.host())))));
        }
    }

    @Test
    void tokensAreFetchedForOneRepositoryAndPullingOnly() throws Exception {
        TestCertificates certificates = TestCertificates.in(temp.resolve("certificates"));
        try (TokenService tokens = new TokenService(certificates)) {
            // no pushing without a token either: the storage is filled by another
            Path storage = temp.resolve("registry");
            try (RealRegistry open = RealRegistry.open(storage)) {
                open.push(layout, "team/app");
            }
            try (RealRegistry registry = RealRegistry.withTokens(storage, tokens, certificates.ca())) {
                String reference = registry.host() + "/team/app@" + digest;
                assertThatThrownBy(() -> node.pull(reference)).hasMessageContaining("wants credentials for team/app");
                node.dockerConfig = config(wrong(registry.host()));
                assertThatThrownBy(() -> node.pull(reference)).hasMessageContaining("refuses the credentials");
                assertThat(tokens.given).isEmpty();

                node.dockerConfig = config(right(registry.host()));
                assertPulled(node.pull(reference));

                assertThat(tokens.given).containsExactly("repository:team/app:pull");
            }
        }
    }

    @Test
    void aRegistryWithTlsIsBelievedByTheConfiguredCaOnly() throws Exception {
        TestCertificates certificates = TestCertificates.in(temp.resolve("certificates"));
        Path storage = temp.resolve("registry");
        try (RealRegistry open = RealRegistry.open(storage)) {
            open.push(layout, "app");
        }
        try (RealRegistry registry = RealRegistry.withTls(storage, certificates)) {
            String reference = registry.host() + "/app@" + digest;
            assertThatThrownBy(() -> node.pull(reference))
                    .hasMessageContaining("answers 400")
                    .hasMessageContaining("take it out of dormouse.images.plain-http");
            node.plainHttp = Set.of();
            assertThatThrownBy(() -> node.pull(reference))
                    .isInstanceOf(ImageException.class)
                    .hasMessageContaining("certificate of registry " + registry.host() + " is not trusted")
                    .hasMessageContaining("dormouse.images.ca");

            node.ca = certificates.ca();
            assertPulled(node.pull(reference));

            assertThatThrownBy(() -> node.pull("127.0.0.1:" + registry.port() + "/other@" + "sha256:" + "0".repeat(64)))
                    .hasMessageContaining("is for another name");
        }
    }

    @Test
    void aRegistryWithoutTlsIsAskedInTheClearOnlyWhenThatIsSet() throws Exception {
        try (RealRegistry registry = RealRegistry.open(temp.resolve("registry"))) {
            registry.push(layout, "app");
            String reference = registry.host() + "/app@" + digest;
            node.plainHttp = Set.of("elsewhere");
            assertThatThrownBy(() -> node.pull(reference))
                    .hasMessageContaining("does not speak TLS")
                    .hasMessageContaining("dormouse.images.plain-http");

            node.plainHttp = Set.of(registry.host());

            assertPulled(node.pull(reference));
        }
    }

    @Test
    void filesThatAreNotWhatTheSettingsSayAreNamed() throws Exception {
        String reference = "localhost:1/app@" + digest;
        node.ca = Files.writeString(temp.resolve("ca.pem"), "no certificate");
        assertThatThrownBy(() -> node.pull(reference)).hasMessageContaining("dormouse.images.ca: " + node.ca);
        node.ca = temp.resolve("absent.pem");
        assertThatThrownBy(() -> node.pull(reference)).hasMessageContaining("dormouse.images.ca: " + node.ca);
        node.ca = null;

        node.dockerConfig = config("{\"auths\": s3cret}");
        assertThatThrownBy(() -> node.pull(reference))
                .hasMessageContaining("config.json")
                .hasMessageContaining("no JSON")
                .hasMessageNotContaining("s3cret");
        node.dockerConfig = temp.resolve("absent.json");
        assertThatThrownBy(() -> node.pull(reference)).hasMessageContaining("absent.json");
    }
}
