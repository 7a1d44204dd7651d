package dev.dormouse.image;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DockerConfigTest {

    private static DockerConfig parse(String json) throws IOException {
        return DockerConfig.parse(json.getBytes(UTF_8));
    }

    private static String user(DockerConfig config, String image) throws ImageException {
        Credential found = config.find(RegistryName.parse(image));
        return found == null ? "nobody" : found.user();
    }

    @ParameterizedTest
    @CsvSource({
        "https://index.docker.io/v1/, nginx, u",
        "docker.io, acme/app, u",
        "registry-1.docker.io, acme/app, u",
        "ghcr.io, ghcr.io/acme/app, u",
        "https://ghcr.io, ghcr.io/acme/app, u",
        "https://ghcr.io/v2/, ghcr.io/acme/app, u",
        "ghcr.io, xghcr.io/acme/app, nobody",
        "ghcr.io, ghcr.io.evil.example/acme/app, nobody",
        "ghcr.io, docker.io/ghcr/io, nobody",
        "localhost:5000, localhost:5000/app, u",
        "localhost:5000, localhost:5001/app, nobody",
        "localhost, localhost:5000/app, nobody",
        "ghcr.io/acme, ghcr.io/acme/app, u",
        "ghcr.io/acme, ghcr.io/acmeist/app, nobody",
        "ghcr.io/acme/app, ghcr.io/acme/app, u",
        "*.example.com, a.example.com/app, u",
        "*.example.com, a.b.example.com/app, nobody",
        "*.example.com, example.com/app, nobody",
        "*.example.com, evil.example/a.example.com, nobody",
    })
    void anEntryIsForARegistryOrPartOfIt(String key, String image, String user) throws Exception {
        DockerConfig config = parse("{\"auths\": {\"%s\": {\"username\": \"u\", \"password\": \"p\"}}}".formatted(key));

        assertThat(user(config, image)).isEqualTo(user);
    }

    @Test
    void theEntryThatSaysMostIsUsed() throws Exception {
        DockerConfig config = parse("""
                {"auths": {
                  "ghcr.io": {"username": "all", "password": "p"},
                  "ghcr.io/acme": {"username": "acme", "password": "p"}}}""");

        assertThat(user(config, "ghcr.io/acme/app")).isEqualTo("acme");
        assertThat(user(config, "ghcr.io/other/app")).isEqualTo("all");
    }

    @Test
    void authGoesBeforeNameAndPassword() throws Exception {
        // robot:p:w
        DockerConfig config = parse("""
                {"auths": {"ghcr.io": {"auth": "cm9ib3Q6cDp3", "username": "u", "password": "p"}}}""");

        assertThat(config.find(RegistryName.parse("ghcr.io/a"))).isEqualTo(new Credential("robot", "p:w"));
        assertThat(config.find(RegistryName.parse("ghcr.io/a")).basic()).isEqualTo("Basic cm9ib3Q6cDp3");
    }

    @Test
    void helpersAndIdentityTokensAreNoticedAndNotUsed() throws Exception {
        assertThat(parse("{\"credsStore\": \"desktop\", \"auths\": {\"ghcr.io\": {}}}")
                        .helped())
                .isTrue();
        assertThat(parse("{\"credHelpers\": {\"ghcr.io\": \"x\"}}").helped()).isTrue();
        assertThat(parse("{\"auths\": {\"ghcr.io\": {\"identitytoken\": \"t\"}}}")
                        .helped())
                .isTrue();
        assertThat(parse("{\"auths\": {}}").helped()).isFalse();
        assertThat(parse("{}").entries()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"auths\": s3cret}",
                "s3cret",
                "{\"auths\": {\"ghcr.io\": {\"auth\": \"s3cret*\"}}",
            })
    void noErrorQuotesWhatWasRead(String json) {
        assertThatThrownBy(() -> parse(json))
                .isInstanceOf(IOException.class)
                .hasMessageNotContaining("s3cret")
                .hasNoCause();
    }

    @Test
    void nothingPrintsASecret() throws Exception {
        DockerConfig config = parse("{\"auths\": {\"ghcr.io\": {\"username\": \"us3r\", \"password\": \"s3cret\"}}}");

        assertThat(config.toString() + config.entries() + new PullSecrets(java.util.List.of("s3cret")))
                .contains("ghcr.io")
                .doesNotContain("s3cret", "us3r");
    }
}
