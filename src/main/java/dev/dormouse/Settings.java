package dev.dormouse;

import dev.dormouse.ateom.SandboxChoice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/** Settings before Quarkus has any: system properties, the environment, then {@code config/application.properties}. */
final class Settings {

    static final String DATA_DIR = "dormouse.data-dir";

    static final String SANDBOX = "dormouse.standalone.sandbox";
    private static final List<String> BUCKETS = List.of("gs://", "s3://");
    private static final Path FILE = Path.of("config", "application.properties");

    private Settings() {}

    static void set(String name, @Nullable Object value) {
        if (value != null) {
            System.setProperty(name, value.toString());
        }
    }

    /** @throws IOException when the file is there and can't be read */
    static Optional<String> find(String name) throws IOException {
        return find(name, FILE);
    }

    static Optional<String> find(String name, Path file) throws IOException {
        String variable = name.replaceAll("[^A-Za-z0-9]", "_").toUpperCase(Locale.ROOT);
        String early = System.getProperty(name, System.getenv(variable));
        return early == null ? Optional.ofNullable(read(file).getProperty(name)) : Optional.of(early);
    }

    /**
     * The directory that holds all of a server or ateom; the only place that knows the default.
     *
     * @param option as the command line gives it
     * @return absolute; it need not exist
     */
    static Path dataDirectory(@Nullable Path option) throws IOException {
        Path directory = option != null ? option : find(DATA_DIR).map(Path::of).orElseGet(Settings::defaultDirectory);
        return directory.toAbsolutePath().normalize();
    }

    /**
     * Asks whether this machine has the class of sandbox that was chosen.
     *
     * @throws IOException with a sentence for the user
     */
    static void checkSandbox() throws IOException {
        SandboxChoice.check(
                find(SANDBOX).orElse("auto"), find("dormouse.ateom.runsc").map(Path::of));
    }

    /** Whether quarkus:dev runs this, as the build says: LaunchMode tells only once an application was made, after main began. */
    static boolean isDevMode() {
        return Boolean.getBoolean("dev-mode");
    }

    /** In dev mode one of the source tree's own: nothing tried out there touches an installed server's actors. */
    private static Path defaultDirectory() {
        return isDevMode() ? Path.of(".dormouse") : Path.of(System.getProperty("user.home"), ".dormouse");
    }

    /** In a cluster nobody else sees this process's directories: buckets are real, unless they are redirected on purpose. */
    static void useRealBuckets() throws IOException {
        for (String scheme : BUCKETS) {
            String redirect = "dormouse.snapshots.redirect.\"" + scheme + "\"";
            if (find(redirect).isEmpty()) {
                set(redirect, scheme);
            }
        }
    }

    private static Properties read(Path file) throws IOException {
        Properties properties = new Properties();
        try (var reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        } catch (NoSuchFileException none) {
            // most have none
        }
        return properties;
    }
}
