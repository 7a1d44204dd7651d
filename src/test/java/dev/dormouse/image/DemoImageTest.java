package dev.dormouse.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.image.Images.UnpackedImage;
import dev.dormouse.platform.Redirects;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the build made of the demo. */
class DemoImageTest {

    private static final Path DEMO = Path.of("target/demo").toAbsolutePath();
    private static final Pattern IMAGE =
            Pattern.compile("image: (registry\\.example/dormouse/counter@sha256:[0-9a-f]{64})");

    @TempDir
    Path temp;

    @Test
    void theManifestNamesTheImageThatWasBuilt() throws Exception {
        var named = IMAGE.matcher(Files.readString(DEMO.resolve("manifests/counter.yaml")));
        assertThat(named.find()).isTrue();
        Redirects redirects = new Redirects(Map.of("registry.example/dormouse/", "oci:" + DEMO + "/images/"));
        ImageCache images =
                new ImageCache(temp, redirects, TestImageCache.layoutsOnly(temp), 1 << 30, Machine.arch(), "boot");

        UnpackedImage image = images.unpack(named.group(1), PullSecrets.NONE);

        String program = image.config().entrypoint().getFirst();
        assertThat(image.rootfs().resolve(program.substring(1))).isExecutable();
        assertThat(images.user(image).uid()).isZero();
    }
}
