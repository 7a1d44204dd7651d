package dev.dormouse.bench;

import dev.dormouse.image.TestImages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The workloads: the same counter as a static C program, in Python, and as the demo's Java program. */
final class BenchImages {

    private static final Path DIRECTORY = Path.of("target/bench/images").toAbsolutePath();
    private static final Path DEMO = Path.of("target/demo").toAbsolutePath();
    private static final Pattern DEMO_IMAGE =
            Pattern.compile("image: registry\\.example/dormouse/counter(@sha256:\\w+)");

    private BenchImages() {}

    static List<Workload> all() throws IOException, InterruptedException {
        return List.of(staticServer(), python(), counter());
    }

    static Workload staticServer() throws IOException, InterruptedException {
        return new Workload("static", TestImages.cCounter(fresh("static")));
    }

    static Workload python() throws IOException, InterruptedException {
        return new Workload("python", TestImages.pythonCounter(fresh("python")));
    }

    static Workload counter() throws IOException {
        Matcher image = DEMO_IMAGE.matcher(Files.readString(DEMO.resolve("manifests/counter.yaml")));
        if (!image.find()) {
            throw new IllegalStateException("the demo isn't built: run make package");
        }
        return new Workload("jvm", "oci:" + DEMO.resolve("images/counter") + image.group(1));
    }

    private static Path fresh(String name) throws IOException {
        Path layout = DIRECTORY.resolve(name);
        if (Files.exists(layout)) {
            try (var files = Files.walk(layout)) {
                for (Path file :
                        files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
        return layout;
    }
}
