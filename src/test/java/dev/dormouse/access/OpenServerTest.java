package dev.dormouse.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.platform.Code;
import dev.dormouse.platform.RawApi;
import dev.dormouse.standalone.TestDatabase;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A standalone server that asks nobody, and the pages of others in a browser beside it. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
class OpenServerTest {

    @TestHTTPResource("/")
    URI base;

    private RawApi api;

    @BeforeEach
    void start() {
        api = new RawApi(base);
    }

    private RawApi.Answer change(String... headers) {
        return api.send(
                "POST",
                "/v1/atespaces",
                "application/json",
                BodyPublishers.ofString("{\"name\": \"default\"}"),
                headers);
    }

    @Test
    void thereIsNobodyToSignIn() {
        assertThat(api.get("/").body()).doesNotContain("Sign out");
        assertThat(api.get("/console/sign-in").status()).isEqualTo(303);
    }

    @Test
    void itsOwnPagesAndProgramsMayChangeThings() {
        change().problem(409, Code.ALREADY_EXISTS);
        change("Origin", "http://" + base.getAuthority()).problem(409, Code.ALREADY_EXISTS);
    }

    @Test
    void pagesOfOthersMayNot() {
        change("Origin", "https://evil.example").problem(403, Code.PERMISSION_DENIED);
        // a name of theirs that leads here
        change("Origin", "http://evil.example:8080", "Host", "evil.example:8080")
                .problem(403, Code.PERMISSION_DENIED);
    }
}
