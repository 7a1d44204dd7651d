package dev.dormouse.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.files.FileTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** The console in a real browser, beside a real server with real sandboxes. */
@Tag("browser")
@Tag("gvisor")
class ConsoleIT {

    private static final int NARROW = 375;

    /** WCAG 2, level AA. */
    private static final double READABLE_CONTRAST = 4.5;

    private static final String CONTRAST = """
            const luminance = colour => {
              const [r, g, b] = colour.match(/[\\d.]+/g).map(part => part / 255)
                  .map(part => part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
              return 0.2126 * r + 0.7152 * g + 0.0722 * b;
            };
            const of = (selector, property) => luminance(getComputedStyle(document.querySelector(selector))[property]);
            const both = [of(arguments[0], 'color'), of(arguments[1], 'backgroundColor')];
            return (Math.max(...both) + 0.05) / (Math.min(...both) + 0.05);""";

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    static Path dataDir;

    static ServerProcess server;
    static Browser browser;

    @BeforeAll
    static void start() {
        server = ServerProcess.start(dataDir, "--demo", "target/demo");
        StandaloneIT.awaitReady(server);
        browser = Browser.start();
    }

    @AfterAll
    static void stop() {
        if (browser != null) {
            browser.close();
        }
        server.close();
    }

    @Test
    void actorsMoveOnAndOffTheWorkersWithoutAReload() throws IOException {
        browser.open(server.api("/"));
        browser.awaitLive();
        assertThat(browser.findAll("#floor .worker")).hasSize(3);
        browser.driver().executeScript("window.stays = true");

        StandaloneIT.create(server, "traveller");
        browser.await(page -> shows("#asleep", "traveller"));
        StandaloneIT.count(server.request("traveller", "/"));
        browser.await(page -> shows("#floor", "traveller") && !shows("#asleep", "traveller"));
        browser.screenshot("console-awake.png");
        server.call("POST", "/v1/atespaces/default/actors/traveller:suspend", null);
        browser.await(page -> shows("#asleep", "traveller") && !shows("#floor", "traveller"));

        assertThat(browser.driver().executeScript("return window.stays === true"))
                .as("the page was not loaded again")
                .isEqualTo(true);
        assertThat(browser.text("#events")).contains("traveller").contains("Running");
        assertThat(browser.text("#wakes-title")).contains("median");
        browser.screenshot("console-asleep.png");
    }

    @Test
    void aTemplateThatCantBootShowsWhyWithoutAReload() throws IOException {
        browser.open(server.api("/"));
        browser.awaitLive();
        assertThat(browser.text(template("demo/counter"))).isEqualTo("demo/counter Ready");

        declareBroken();

        awaitBroken();
        assertThat(browser.text(template("demo/broken"))).contains("Attempt 3 of 3 failed:", "/no-such-program");
        assertThat(browser.findAll("#templates [data-template='demo/counter'] p"))
                .isEmpty();
        browser.screenshot("console-failed-template.png");
    }

    @Test
    void anActorThatCantWakeShowsWhyUntilItWakes() throws IOException {
        browser.open(server.api("/"));
        browser.awaitLive();
        StandaloneIT.create(server, "damaged");
        StandaloneIT.count(server.request("damaged", "/"));
        server.call("POST", "/v1/atespaces/default/actors/damaged:suspend", null);
        assertThat(shows("#troubles", "damaged")).isFalse();

        // in the store, and the copy on the node
        Path snapshots = onlyDirectory("snapshots", "damaged");
        Path aside = Files.move(snapshots, dataDir.resolve("aside"));
        FileTree.discard(onlyDirectory("ateom/cache", "damaged"));
        assertThat(server.call("POST", "/v1/atespaces/default/actors/damaged:resume", "{}")
                        .statusCode())
                .isNotEqualTo(200);

        browser.await(page -> shows("#troubles", "damaged"));
        assertThat(browser.text("#troubles [data-actor='damaged'] p"))
                .isEqualTo(StandaloneIT.actor(server, "damaged").getString("lastError"))
                .contains("snapshot");
        browser.screenshot("console-failed-actor.png");
        Files.move(aside, snapshots);
        assertThat(StandaloneIT.count(server.request("damaged", "/"))).isEqualTo(2);
        browser.await(page -> !shows("#troubles", "damaged"));
    }

    @Test
    void whatFailedFitsANarrowScreenAndCanBeReadByDayAndNight() throws IOException {
        declareBroken();
        try {
            browser.driver()
                    .executeCdpCommand(
                            "Emulation.setDeviceMetricsOverride",
                            Map.of("width", NARROW, "height", 800, "deviceScaleFactor", 2, "mobile", true));
            for (String scheme : List.of("light", "dark")) {
                browser.driver()
                        .executeCdpCommand(
                                "Emulation.setEmulatedMedia",
                                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
                browser.open(server.api("/"));
                awaitBroken();

                assertThat(browser.driver().executeScript("return document.documentElement.scrollWidth"))
                        .as("width, %s", scheme)
                        .isEqualTo((long) NARROW);
                Object contrast =
                        browser.driver().executeScript(CONTRAST, "#templates .Failed p", "#templates .Failed");
                assertThat(((Number) Objects.requireNonNull(contrast)).doubleValue())
                        .as("contrast, %s", scheme)
                        .isGreaterThan(READABLE_CONTRAST);
                browser.screenshot("console-narrow-%s.png".formatted(scheme));
            }
        } finally {
            browser.driver().executeCdpCommand("Emulation.clearDeviceMetricsOverride", Map.of());
            browser.driver().executeCdpCommand("Emulation.setEmulatedMedia", Map.of("features", List.of()));
        }
    }

    private static void declareBroken() throws IOException {
        var answer = server.call(
                "PUT",
                "/v1/manifests",
                Files.readString(Path.of("target/demo/manifests/counter.yaml"))
                        .replaceAll("(?s)^.*\n---\n", "")
                        .replace("name: counter\nspec:", "name: broken\nspec:")
                        .replace("      readyz:", "      command: [\"/no-such-program\"]\n      readyz:"));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    }

    private static void awaitBroken() {
        browser.await(page -> !browser.findAll("#templates [data-template='demo/broken'].Failed")
                .isEmpty());
    }

    private static String template(String name) {
        return "#templates [data-template='%s']".formatted(name);
    }

    private static Path onlyDirectory(String place, String name) throws IOException {
        try (Stream<Path> files = Files.walk(dataDir.resolve(place))) {
            return files.filter(file -> file.endsWith(name)).findFirst().orElseThrow();
        }
    }

    @Test
    void theBrowserComplainsOfNothing() {
        browser.open(server.api("/"));
        browser.awaitLive();

        assertThat(browser.driver().manage().logs().get("browser").getAll())
                .filteredOn(entry -> !entry.getMessage().contains("favicon"))
                .isEmpty();
    }

    private static boolean shows(String place, String actor) {
        return !browser.findAll(place + " [data-actor='" + actor + "']").isEmpty();
    }
}
