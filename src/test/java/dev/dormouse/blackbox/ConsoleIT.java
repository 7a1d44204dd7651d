package dev.dormouse.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebDriver;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.support.ui.WebDriverWait;

/** The console in a real browser, beside a real server with real sandboxes. */
@Tag("browser")
@Tag("gvisor")
class ConsoleIT {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    static Path dataDir;

    static ServerProcess server;
    static ChromeDriver browser;

    @BeforeAll
    static void start() {
        server = ServerProcess.start(dataDir, "--demo", "target/demo");
        StandaloneIT.awaitReady(server);
        ChromeOptions options = new ChromeOptions();
        options.setBinary(System.getProperty("chromium", "/usr/bin/chromium"));
        options.addArguments(
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--no-first-run",
                "--window-size=1280,1100");
        ChromeDriverService service = new ChromeDriverService.Builder()
                .usingDriverExecutable(Path.of(System.getProperty("chromedriver", "/usr/bin/chromedriver"))
                        .toFile())
                .build();
        browser = new ChromeDriver(service, options);
    }

    @AfterAll
    static void stop() {
        if (browser != null) {
            browser.quit();
        }
        server.close();
    }

    @Test
    void actorsMoveOnAndOffTheWorkersWithoutAReload() throws IOException {
        browser.get(server.api("/").toString());
        await(driver -> driver.findElement(By.id("link")).getText().equals("live"));
        assertThat(browser.findElements(By.cssSelector("#floor .worker"))).hasSize(3);
        browser.executeScript("window.stays = true");

        StandaloneIT.create(server, "traveller");
        await(driver -> shows("#asleep", "traveller"));
        StandaloneIT.count(server.request("traveller", "/"));
        await(driver -> shows("#floor", "traveller") && !shows("#asleep", "traveller"));
        screenshot("console-awake.png");
        server.call("POST", "/v1/atespaces/default/actors/traveller:suspend", null);
        await(driver -> shows("#asleep", "traveller") && !shows("#floor", "traveller"));

        assertThat(browser.executeScript("return window.stays === true"))
                .as("the page was not loaded again")
                .isEqualTo(true);
        assertThat(browser.findElement(By.id("events")).getText())
                .contains("traveller")
                .contains("Running");
        assertThat(browser.findElement(By.id("wakes-title")).getText()).contains("median");
        screenshot("console-asleep.png");
    }

    @Test
    void theBrowserComplainsOfNothing() {
        browser.get(server.api("/").toString());
        await(driver -> driver.findElement(By.id("link")).getText().equals("live"));

        assertThat(browser.manage().logs().get("browser").getAll())
                .filteredOn(entry -> !entry.getMessage().contains("favicon"))
                .isEmpty();
    }

    private static boolean shows(String place, String actor) {
        return !browser.findElements(By.cssSelector(place + " [data-actor='" + actor + "']"))
                .isEmpty();
    }

    private static void await(java.util.function.Function<WebDriver, Boolean> condition) {
        new WebDriverWait(browser, LIMIT)
                .ignoring(org.openqa.selenium.StaleElementReferenceException.class)
                .until(condition);
    }

    private static void screenshot(String name) throws IOException {
        Path directory = Files.createDirectories(Path.of("target/screenshots"));
        Files.write(directory.resolve(name), browser.getScreenshotAs(OutputType.BYTES));
    }
}
