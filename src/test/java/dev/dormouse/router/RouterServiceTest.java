package dev.dormouse.router;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import org.junit.jupiter.api.Test;

/** The server as a whole has a router that asks its own actors. */
@QuarkusTest
class RouterServiceTest {

    @Inject
    RouterService service;

    @Test
    void theServerListensForActors() {
        Raw.Answer health =
                Raw.send(service.port(), "GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");

        assertThat(health.status()).isEqualTo(200);
    }
}
