package dev.dormouse;

import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Settings before Quarkus has any: system properties, then the environment. */
final class Settings {

    private Settings() {}

    static void set(String name, @Nullable Object value) {
        if (value != null) {
            System.setProperty(name, value.toString());
        }
    }

    static Optional<String> find(String name) {
        String variable = name.replaceAll("[^A-Za-z0-9]", "_").toUpperCase(Locale.ROOT);
        return Optional.ofNullable(System.getProperty(name)).or(() -> Optional.ofNullable(System.getenv(variable)));
    }
}
