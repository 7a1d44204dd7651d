package dev.dormouse.demo.build;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * Run by the build with the project's directory as its argument: packs the demo actor as an OCI image layout in
 * {@code target/demo/images/counter} and writes the demo's manifests with its digest. Does nothing when nothing changed.
 */
final class BuildDemo {

    /** Stands for the image's digest in the sources: the real one depends on the JDK. */
    private static final String NO_DIGEST = "sha256:" + "0".repeat(64);

    private static final Path MANIFESTS = Path.of("src/main/kubernetes");
    private static final Path SOURCES = Path.of("src/demo");

    private final Path base;
    private final Path target;

    private BuildDemo(Path base) {
        this.base = base;
        this.target = base.resolve("target/demo");
    }

    public static void main(String[] args) throws IOException, InterruptedException, NoSuchAlgorithmException {
        new BuildDemo(Path.of(args[0])).run();
    }

    private void run() throws IOException, InterruptedException, NoSuchAlgorithmException {
        Path stamp = target.resolve("inputs.sha256");
        String inputs = inputs();
        if (Files.exists(stamp) && Files.readString(stamp).equals(inputs)) {
            return;
        }
        delete(target);
        Path work = Files.createDirectories(target.resolve("work"));
        String digest = DemoImage.write(base.resolve(SOURCES), work, target.resolve("images/counter"));
        pin("demo", target.resolve("manifests"), digest);
        pin("examples", target.resolve("examples"), digest);
        delete(work);
        // last: an interrupted build begins anew
        Files.writeString(stamp, inputs);
        System.out.println("demo image " + digest + " in " + base.relativize(target.resolve("images/counter")));
    }

    /** Writes the manifests of a directory with the image's digest. */
    private void pin(String directory, Path to, String digest) throws IOException {
        Files.createDirectories(to);
        try (var manifests = Files.newDirectoryStream(base.resolve(MANIFESTS).resolve(directory), "*.yaml")) {
            for (Path manifest : manifests) {
                Files.writeString(
                        to.resolve(manifest.getFileName()), Files.readString(manifest).replace(NO_DIGEST, digest));
            }
        }
    }

    /** A digest over everything that the result depends on. */
    private String inputs() throws IOException, NoSuchAlgorithmException {
        MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
        sha256.update(Runtime.version().toString().getBytes());
        sha256.update(System.getProperty("java.home").getBytes());
        for (Path root : List.of(SOURCES, MANIFESTS)) {
            for (Path file : files(base.resolve(root))) {
                sha256.update(base.relativize(file).toString().getBytes());
                sha256.update(Files.readAllBytes(file));
            }
        }
        return HexFormat.of().formatHex(sha256.digest());
    }

    private static List<Path> files(Path directory) throws IOException {
        try (var found = Files.walk(directory)) {
            return found.filter(Files::isRegularFile).sorted().toList();
        }
    }

    private static void delete(Path directory) throws IOException {
        if (Files.exists(directory)) {
            try (var found = Files.walk(directory)) {
                for (Path file : found.toList().reversed()) {
                    Files.delete(file);
                }
            }
        }
    }
}
