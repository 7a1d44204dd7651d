package dev.dormouse.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RegistryNameTest {

    @ParameterizedTest
    @CsvSource({
        "nginx, docker.io/library/nginx, registry-1.docker.io",
        "acme/app, docker.io/acme/app, registry-1.docker.io",
        "docker.io/nginx, docker.io/library/nginx, registry-1.docker.io",
        "index.docker.io/acme/app, docker.io/acme/app, registry-1.docker.io",
        "ghcr.io/acme/app, ghcr.io/acme/app, ghcr.io",
        "localhost/app, localhost/app, localhost",
        "localhost:5000/a/b/c, localhost:5000/a/b/c, localhost:5000",
        "127.0.0.1:5000/app, 127.0.0.1:5000/app, 127.0.0.1:5000",
        "[::1]:5000/app, [::1]:5000/app, [::1]:5000",
        "host.example/a__b/c-d.e, host.example/a__b/c-d.e, host.example",
    })
    void namesAreWrittenOut(String name, String whole, String server) throws Exception {
        RegistryName parsed = RegistryName.parse(name);

        assertThat(parsed).hasToString(whole);
        assertThat(parsed.server()).isEqualTo(server);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "a/",
                "/a",
                "a//b",
                "a/../b",
                "ghcr.io/../a",
                "ghcr.io/A",
                "ghcr.io/a b",
                "gh cr.io/a",
                "user@ghcr.io/a",
                "ghcr.io:port/a",
                "ghcr.io/a?b",
                "ghcr.io/a#b",
                "-.io/a",
                "ghcr.io/.a",
                "ghcr.io/a%2f"
            })
    void whatIsNoNameIsRefused(String name) {
        assertThatThrownBy(() -> RegistryName.parse(name)).isInstanceOf(ImageException.class);
    }

    @Test
    void longNamesAreRefused() {
        assertThatThrownBy(() -> RegistryName.parse("ghcr.io/" + "a".repeat(256)))
                .isInstanceOf(ImageException.class);
    }
}
