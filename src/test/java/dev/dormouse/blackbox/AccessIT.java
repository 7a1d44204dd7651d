package dev.dormouse.blackbox;

import static dev.dormouse.ateapi.Clients.refusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.dormouse.ateapi.Clients;
import dev.dormouse.ateapi.v008.wire.ListWorkersRequest;
import dev.dormouse.platform.Code;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.logging.LogEntry;

/** The packaged server, standalone, open to the network, with a token. */
class AccessIT {

    private static final String TOKEN = "0123456789abcdef-not-a-real-one";

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    static Path dataDir;

    @TempDir(cleanup = CleanupMode.NEVER) // PostgreSQL goes on writing while it ends
    static Path place;

    static ServerProcess server;

    @BeforeAll
    static void start() throws Exception {
        Path token = Files.writeString(place.resolve("token"), TOKEN + "\n");
        server = ServerProcess.start(
                        dataDir,
                        Map.of(
                                "QUARKUS_HTTP_HOST",
                                "0.0.0.0",
                                "DORMOUSE_ROUTER_HOST",
                                "0.0.0.0",
                                "DORMOUSE_ACCESS_TOKEN_FILE",
                                token.toString()),
                        "--demo",
                        "target/demo",
                        "--sandbox",
                        "process")
                .calledWith(TOKEN);
        StandaloneIT.awaitReady(server);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static Run cli(Map<String, String> environment, String... arguments) throws Exception {
        Map<String, String> all = new HashMap<>(environment);
        all.put("DORMOUSE_ENDPOINT", server.api("").toString());
        List<String> command = new java.util.ArrayList<>(List.of("ate"));
        command.addAll(List.of(arguments));
        return Run.of(all, Program.underTest().command(command));
    }

    @Test
    void whoHasTheTokenWorksAsEver() throws Exception {
        Map<String, String> token = Map.of("DORMOUSE_TOKEN", TOKEN);

        assertThat(cli(token, "create", "actor", "one", "-t", "demo/counter").exitCode())
                .isZero();
        assertThat(cli(Map.of(), "resume", "actor", "one", "--token", TOKEN).exitCode())
                .isZero();
        assertThat(server.request("one", "/").statusCode()).isEqualTo(200);
        Run listed = cli(
                Map.of(),
                "get",
                "actors",
                "-o",
                "name",
                "--token-file",
                place.resolve("token").toString());
        assertThat(listed.out()).contains("one");
        assertThat(cli(token, "suspend", "actor", "one").exitCode()).isZero();
        assertThat(cli(token, "delete", "actor", "one").exitCode()).isZero();
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(audited("one"))
                        .extracting(line -> line.getString("verb") + " " + line.getString("resource") + " "
                                + line.getString("result") + " " + line.getString("user"))
                        .containsExactly(
                                "create actors/resume OK token",
                                "create actors/suspend OK token",
                                "delete actors OK token"));
    }

    private static List<JsonObject> audited(String name) {
        return new LogLines(server.log())
                .matching(line -> "dormouse.audit".equals(line.getString("loggerName"))).stream()
                        .map(LogLines::fields)
                        .filter(fields -> name.equals(fields.getString("name")))
                        .toList();
    }

    @Test
    void whoHasNoneIsToldHowToSayWhoHeIs() throws Exception {
        for (Map<String, String> environment : List.of(Map.<String, String>of(), Map.of("DORMOUSE_TOKEN", "forged"))) {
            Run refused = cli(environment, "get", "actors");

            assertThat(refused.exitCode()).isEqualTo(1);
            assertThat(refused.err().lines())
                    .singleElement()
                    .asString()
                    .endsWith("; set it with --token, --token-file or DORMOUSE_TOKEN");
        }
        assertThat(cli(Map.of(), "get", "actors", "--token-file", "/nowhere").err())
                .isEqualTo("error: can't read the token in /nowhere; correct --token-file\n");
    }

    @Test
    void grpcWantsItToo() {
        try (Clients unknown = new Clients("localhost", server.api("/").getPort())) {
            refusal(Code.UNAUTHENTICATED, () -> unknown.v008().listWorkers(ListWorkersRequest.getDefaultInstance()));
            assertThat(unknown.calledWith(TOKEN)
                            .v008()
                            .listWorkers(ListWorkersRequest.getDefaultInstance())
                            .getWorkersList())
                    .as("workers of its own ateom")
                    .isNotEmpty();
        }
    }

    @Test
    @Tag("browser")
    void peopleSignInOnceAndOut() throws Exception {
        try (Browser browser = Browser.start()) {
            browser.open(server.api("/"));
            signIn(browser, "forged");
            assertThat(browser.find("[role=alert]").getText()).isNotEmpty();
            browser.screenshot("console-sign-in.png");

            signIn(browser, TOKEN);
            browser.awaitLive();
            assertThat(browser.driver().manage().getCookieNamed("dormouse-token"))
                    .satisfies(cookie -> assertThat(cookie.isHttpOnly()).isTrue())
                    .satisfies(cookie -> assertThat(cookie.getSameSite()).isEqualTo("Strict"));
            browser.open(server.api("/"));
            browser.awaitLive();
            assertThat(browser.driver().manage().logs().get("browser").getAll())
                    .extracting(LogEntry::getMessage)
                    .noneMatch(message -> message.contains(TOKEN));

            browser.find("form[action='/console/sign-out'] button").click();
            browser.await(page -> page.shows("#sign-in"));
            browser.open(server.api("/"));
            browser.await(page -> page.shows("#sign-in"));
        }
    }

    private static void signIn(Browser browser, String token) {
        WebElement field = browser.find("#token");
        field.sendKeys(token);
        browser.find("#sign-in button").click();
        browser.await(page -> isGone(field));
    }

    private static boolean isGone(WebElement element) {
        try {
            element.isEnabled();
            return false;
        } catch (StaleElementReferenceException e) {
            return true;
        }
    }

    @Test
    void itsOwnTokenIsForNobodyElseToRead() throws Exception {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(dataDir.resolve("ateom-token"))))
                .isEqualTo("rw-------");
    }

    @Test
    void noTokenIsInItsLogs() throws Exception {
        server.call("GET", "/v1/workers", null, "X-Other", "x");

        assertThat(Files.readString(server.log())).doesNotContain(TOKEN);
        assertThat(Files.readString(server.log()) + Files.readString(server.ateomLog()))
                .doesNotContain(Files.readString(dataDir.resolve("ateom-token")));
    }

    @Test
    void withoutATokenItOpensToNobodyElse() throws Exception {
        for (Map.Entry<String, String> setting : Map.of(
                        "quarkus.http.host", "QUARKUS_HTTP_HOST", "dormouse.router.host", "DORMOUSE_ROUTER_HOST")
                .entrySet()) {
            Run run = Run.of(
                    Map.of(setting.getValue(), "0.0.0.0"),
                    Program.underTest()
                            .command(
                                    "server",
                                    "--data-dir",
                                    place.resolve("open").toString()));

            assertThat(run.exitCode()).isEqualTo(1);
            assertThat(run.err())
                    .contains("error: " + setting.getKey()
                            + " is 0.0.0.0, and whoever reaches it could do everything: set"
                            + " dormouse.access.token, or let it be 127.0.0.1");
        }
    }
}
