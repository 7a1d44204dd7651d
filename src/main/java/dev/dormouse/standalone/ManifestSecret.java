package dev.dormouse.standalone;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dormouse.platform.FieldCheck;
import dev.dormouse.platform.Violation;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/** The entries of a Secret. No error of it holds a value. */
final class ManifestSecret {

    private static final int KEY_LENGTH = 253;
    private static final Pattern KEY = Pattern.compile("[-._a-zA-Z0-9]+");

    private ManifestSecret() {}

    /** Key to base64; {@code stringData} goes over {@code data}, as an API server has it. */
    static Map<String, String> data(ObjectNode secret, Consumer<Violation> refused) {
        Map<String, String> data = new LinkedHashMap<>();
        entries("data", secret, refused, (check, key, value) -> {
            try {
                Base64.getDecoder().decode(value);
                data.put(key, value);
            } catch (IllegalArgumentException e) {
                check.refuse("Must be base64; stringData takes plain text");
            }
        });
        entries(
                "stringData",
                secret,
                refused,
                (check, key, value) ->
                        data.put(key, Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8))));
        return data;
    }

    /** The plain values of what {@link #data} gave. */
    static Map<String, String> decode(Map<String, String> data) {
        Map<String, String> decoded = new LinkedHashMap<>();
        data.forEach((key, value) ->
                decoded.put(key, new String(Base64.getDecoder().decode(value), StandardCharsets.UTF_8)));
        return decoded;
    }

    private interface Entry {
        void accept(FieldCheck check, String key, String value);
    }

    private static void entries(String field, ObjectNode secret, Consumer<Violation> refused, Entry entry) {
        JsonNode entries = secret.get(field);
        if (entries == null) {
            return;
        }
        FieldCheck check = FieldCheck.at(field);
        if (!entries.isObject()) {
            check.refuse("Must be an object");
        }
        entries.properties().forEach(e -> {
            FieldCheck at = check.field(e.getKey());
            at.matches(e.getKey(), KEY_LENGTH, KEY, "The key must be letters, digits, '-', '_' or '.'");
            if (e.getValue().isTextual()) {
                entry.accept(at, e.getKey(), e.getValue().textValue());
            } else {
                at.refuse("Must be text; put a number, true or false in quotes");
            }
        });
        check.violations().forEach(refused);
    }
}
