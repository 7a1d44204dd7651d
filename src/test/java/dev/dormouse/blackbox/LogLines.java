package dev.dormouse.blackbox;

import static org.awaitility.Awaitility.await;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** The JSON log of a process. */
record LogLines(Path file) {

    /** Every line; fails when one is no JSON object. */
    List<JsonObject> all() {
        List<JsonObject> lines = new ArrayList<>();
        for (String line : text().lines().toList()) {
            try {
                lines.add(new JsonObject(line));
            } catch (DecodeException e) {
                throw new AssertionError("not a JSON object in " + file + ": " + line, e);
            }
        }
        return lines;
    }

    /** The first line about this actor with that in its message; waits for it. */
    JsonObject about(String actor, String message) {
        return await(message + " of " + actor + " in " + file)
                .atMost(Duration.ofSeconds(20))
                .until(
                        () -> complete().stream()
                                .filter(line -> actor.equals(fields(line).getString("actor")))
                                .filter(line -> line.getString("message").contains(message))
                                .findFirst()
                                .orElse(null),
                        line -> line != null);
    }

    List<JsonObject> matching(Predicate<JsonObject> condition) {
        return complete().stream().filter(condition).toList();
    }

    /** Lines that were written whole by now. */
    private List<JsonObject> complete() {
        return text().lines()
                .filter(line -> line.endsWith("}"))
                .map(JsonObject::new)
                .toList();
    }

    static JsonObject fields(JsonObject line) {
        return line.getJsonObject("mdc");
    }

    private String text() {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
