package dev.dormouse.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.dormouse.files.SmallDisk;
import dev.dormouse.image.Images.UnpackedImage;
import dev.dormouse.platform.Redirects;
import java.io.IOException;
import java.net.ConnectException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The images that other tests rely on run, each in its own root and nothing else. Needs root for chroot. */
@Tag("gvisor")
class TestImagesTest {

    private static final long LIMIT = 1 << 30;

    @TempDir
    Path temp;

    private ImageCache images;

    @BeforeEach
    void makeCache() {
        images = new ImageCache(
                temp.resolve("images"),
                new Redirects(Map.of()),
                TestImageCache.layoutsOnly(temp),
                LIMIT,
                Machine.arch(),
                "boot");
    }

    /** With /proc, as in every container: programs look there for their own place. */
    private Process start(UnpackedImage image, int port) throws IOException {
        Files.createDirectories(image.rootfs().resolve("proc"));
        List<String> command = new ArrayList<>(List.of(
                "unshare", "--mount", "sh", "-c", "mount -t proc proc \"$0/proc\" && exec chroot \"$0\" \"$@\""));
        command.add(image.rootfs().toString());
        command.addAll(image.config().entrypoint());
        ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
        builder.environment().put("PORT", String.valueOf(port));
        return builder.start();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private void assertCounts(String reference) throws Exception {
        UnpackedImage image = images.unpack(reference, PullSecrets.NONE);
        int port = freePort();
        Process process = start(image, port);
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/readyz"))
                    .timeout(Duration.ofSeconds(5))
                    .build();
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .ignoreException(ConnectException.class)
                    .until(() -> client.send(request, HttpResponse.BodyHandlers.ofString())
                                    .statusCode()
                            == 200);
            for (int expected = 1; expected <= 3; expected++) {
                HttpRequest count = HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/"))
                        .build();
                assertThat(client.send(count, HttpResponse.BodyHandlers.ofString())
                                .body())
                        .isEqualTo("nobody count: " + expected + "\n");
            }
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    @Test
    void theCounterInCCounts() throws Exception {
        assumeTrue(TestImages.hasC());

        String reference = TestImages.cCounter(temp.resolve("layout"));

        assertCounts(reference);
        assertThat(images.unpack(reference, PullSecrets.NONE)
                        .rootfs()
                        .resolve("counter")
                        .toFile()
                        .length())
                .isLessThan(2_000_000);
    }

    @Test
    void theCounterInPythonCounts() throws Exception {
        assumeTrue(TestImages.hasPython());

        assertCounts(TestImages.pythonCounter(temp.resolve("layout")));
    }

    @Test
    void theDemoCounts() throws Exception {
        assertCounts("oci:" + Path.of("target/demo/images/counter").toAbsolutePath());
    }

    @Test
    void busyboxRunsItsShell() throws Exception {
        assumeTrue(TestImages.hasBusybox());
        UnpackedImage image = images.unpack(
                TestImages.busybox(temp.resolve("layout"), "/bin/sh", "-c", "id -u > /tmp/out"), PullSecrets.NONE);

        assertThat(start(image, 0).waitFor()).isZero();

        assertThat(image.rootfs().resolve("tmp/out")).hasContent("0");
    }

    @Test
    void theSameFilesGiveTheSameDigest() throws Exception {
        assumeTrue(TestImages.hasBusybox());
        String one = TestImages.busybox(temp.resolve("one"), "/bin/sh");
        String two = TestImages.busybox(temp.resolve("two"), "/bin/sh");

        assertThat(two.substring(two.indexOf('@'))).isEqualTo(one.substring(one.indexOf('@')));
    }

    @Test
    void aFullDiskIsSaidAndLeavesNothing() throws Exception {
        assumeTrue(TestImages.hasBusybox());
        String reference = TestImages.busybox(temp.resolve("layout"), "/bin/sh");
        try (SmallDisk disk = new SmallDisk(temp.resolve("disk"), 1 << 20)) {
            ImageCache small = new ImageCache(
                    disk.path(),
                    new Redirects(Map.of()),
                    TestImageCache.layoutsOnly(temp),
                    LIMIT,
                    Machine.arch(),
                    "boot");

            org.assertj.core.api.Assertions.assertThatThrownBy(() -> small.unpack(reference, PullSecrets.NONE))
                    .isInstanceOf(ImageException.class)
                    .hasMessageContaining("disk is full");

            try (var left = Files.list(disk.path())) {
                assertThat(left.filter(Files::isDirectory)).isEmpty();
            }
        }
    }
}
