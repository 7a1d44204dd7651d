package dev.dormouse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.platform.DormouseConfig;
import io.smallrye.config.WithDefault;
import io.smallrye.config.WithName;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The tables of settings in docs/operations.md say what the code does. */
class SettingsTableTest {

    private static final Pattern ROW =
            Pattern.compile("(?m)^\\| `([a-z0-9.-]+(?:\"(?:PREFIX|ARCH)\"(?:\\.[a-z0-9-]+)?)?)` \\|([^|]*)\\|");

    @Test
    void everySettingStandsThereOnceWithItsDefault() throws IOException {
        Map<String, String> written = rows("dormouse.");

        assertThat(written).containsExactlyInAnyOrderEntriesOf(declared("dormouse", DormouseConfig.class));
    }

    @Test
    void defaultsOfQuarkusThatAreOursStandThereToo() throws IOException {
        Properties ours = new Properties();
        try (var in = SettingsTableTest.class.getResourceAsStream("/application.properties")) {
            ours.load(in);
        }

        assertThat(rows("quarkus."))
                .isNotEmpty()
                .allSatisfy((name, value) -> assertThat(ours.getProperty(name))
                        .as(name)
                        // plain, or with a variable in front: ${NAME:value}
                        .matches("(\\$\\{[A-Z_]+:)?" + Pattern.quote(value) + "}?"));
    }

    private static Map<String, String> rows(String prefix) throws IOException {
        return ROW.matcher(Files.readString(Path.of("docs/operations.md")))
                .results()
                .filter(row -> row.group(1).startsWith(prefix))
                .collect(Collectors.toMap(
                        row -> row.group(1), SettingsTableTest::value, SettingsTableTest::twice, TreeMap::new));
    }

    private static String value(MatchResult row) {
        return row.group(2).strip();
    }

    private static String twice(String one, String other) {
        throw new AssertionError("a setting stands there twice, with " + one + " and " + other);
    }

    private static SortedMap<String, String> declared(String prefix, Class<?> mapping) throws IOException {
        SortedMap<String, String> settings = new TreeMap<>();
        for (Method method : mapping.getDeclaredMethods()) {
            String name = prefix + "." + name(method);
            if (method.getReturnType().getEnclosingClass() == DormouseConfig.class
                    && method.getReturnType().isInterface()) {
                settings.putAll(declared(name, method.getReturnType()));
            } else if (method.getReturnType() == Map.class && isOfGroups(method)) {
                settings.putAll(declared(name + ".\"ARCH\"", DormouseConfig.Asset.class));
            } else if (method.getReturnType() == Map.class) {
                settings.put(name + ".\"PREFIX\"", "");
            } else {
                settings.put(name, defaultOf(name, method));
            }
        }
        return settings;
    }

    private static boolean isOfGroups(Method map) {
        return map.getGenericReturnType().getTypeName().endsWith(DormouseConfig.Asset.class.getName() + ">");
    }

    private static String name(Method method) {
        WithName given = method.getAnnotation(WithName.class);
        return given != null
                ? given.value()
                : method.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }

    private static String defaultOf(String name, Method method) throws IOException {
        if (name.equals(Settings.DATA_DIR)) {
            return Settings.dataDirectory(null).toString().replace(System.getProperty("user.home"), "~");
        }
        WithDefault given = method.getAnnotation(WithDefault.class);
        return given == null ? "" : given.value();
    }
}
