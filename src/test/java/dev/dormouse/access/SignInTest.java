package dev.dormouse.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.platform.Code;
import dev.dormouse.platform.RawApi;
import dev.dormouse.standalone.TestDatabase;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a browser does with the console of a server that asks who it is. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
@TestProfile(AccessApiTest.Guarded.class)
class SignInTest {

    private static final String COOKIE = "dormouse-token=" + AccessApiTest.TOKEN;

    @TestHTTPResource("/")
    URI base;

    private RawApi api;

    @BeforeEach
    void start() {
        api = new RawApi(base);
    }

    private RawApi.Answer get(String path, String... headers) {
        return api.send("GET", path, null, BodyPublishers.noBody(), headers);
    }

    private RawApi.Answer signIn(String token, String origin) {
        return api.send(
                "POST",
                "/console/sign-in",
                "application/x-www-form-urlencoded",
                BodyPublishers.ofString("token=" + URLEncoder.encode(token, StandardCharsets.UTF_8)),
                "Origin",
                origin);
    }

    private RawApi.Answer signIn(String token) {
        return signIn(token, own());
    }

    private String own() {
        return "http://" + base.getAuthority();
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
    void whoIsUnknownIsLedToTheSignIn() {
        RawApi.Answer led = get("/");

        assertThat(led.status()).isEqualTo(303);
        assertThat(led.response().headers().firstValue("Location").orElse("")).endsWith("/console/sign-in");
        RawApi.Answer page = get("/console/sign-in");
        assertThat(page.status()).isEqualTo(200);
        assertThat(page.body()).contains("name=\"token\"");
        assertThat(page.response().headers().firstValue("X-Frame-Options")).contains("DENY");
        assertThat(get("/console/console.js").status()).isEqualTo(200);
        get("/console/live").problem(401, Code.UNAUTHENTICATED);
    }

    @Test
    void theTokenIsKeptInACookieThatNoScriptReads() {
        RawApi.Answer answer = signIn(" " + AccessApiTest.TOKEN + "\n");

        assertThat(answer.status()).isEqualTo(303);
        assertThat(answer.response().headers().firstValue("Set-Cookie").orElse(""))
                .startsWith("dormouse-token=")
                .contains("HttpOnly", "SameSite=Strict", "Path=/")
                .doesNotContain("Secure");
        String cookie =
                answer.response().headers().firstValue("Set-Cookie").orElse("").split(";")[0];
        assertThat(get("/", "Cookie", cookie).body()).contains("Sign out");
        assertThat(get("/console/live", "Cookie", cookie).status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "forged-token-<script>alert(1)</script>", "forged-token-of-nobody"})
    void anotherTokenIsRefused(String token) {
        RawApi.Answer answer = signIn(token);

        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.response().headers().firstValue("Set-Cookie")).isEmpty();
        assertThat(answer.body()).contains("name=\"token\"").doesNotContain("<script>", "forged-token");
    }

    @Test
    void aTokenTooLongForACookieIsRefused() {
        assertThat(signIn("a".repeat(4_001)).body()).contains("too long for a browser");
    }

    @Test
    void nobodyElseSignsAnybodyIn() {
        signIn(AccessApiTest.TOKEN, "https://evil.example").problem(403, Code.PERMISSION_DENIED);
    }

    @Test
    void signingOutForgetsIt() {
        RawApi.Answer answer =
                api.send("POST", "/console/sign-out", null, BodyPublishers.noBody(), "Cookie", COOKIE, "Origin", own());

        assertThat(answer.status()).isEqualTo(303);
        assertThat(answer.response().headers().firstValue("Set-Cookie").orElse(""))
                .startsWith("dormouse-token=")
                .doesNotContain(AccessApiTest.TOKEN)
                .contains("Max-Age=0");
    }

    @Test
    void aPageOfThisServerMayChangeThings() {
        change("Cookie", COOKIE, "Origin", own()).problem(409, Code.ALREADY_EXISTS);
    }

    @Test
    void aPageOfAnotherSiteMayNot() {
        for (String origin :
                new String[] {"https://evil.example", "null", "http://localhost:1", own() + ".evil.example"}) {
            change("Cookie", COOKIE, "Origin", origin).problem(403, Code.PERMISSION_DENIED);
        }
        change("Cookie", COOKIE).problem(403, Code.PERMISSION_DENIED);
    }

    @Test
    void aTokenInTheHeaderIsNoBrowsers() {
        change("Authorization", "Bearer " + AccessApiTest.TOKEN).problem(409, Code.ALREADY_EXISTS);
        change("Authorization", "Bearer forged-token-of-nobody", "Cookie", COOKIE, "Origin", own())
                .problem(401, Code.UNAUTHENTICATED);
    }
}
