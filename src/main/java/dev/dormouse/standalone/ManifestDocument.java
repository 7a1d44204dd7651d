package dev.dormouse.standalone;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dormouse.platform.Violation;
import java.util.Map;

/**
 * One YAML document as JSON, and where each of its fields stands.
 *
 * @param number in its stream, from 1
 * @param places path of a field to the place of its key
 */
record ManifestDocument(int number, ObjectNode content, Map<String, Place> places) {

    /** @param line from 1, as {@code column} */
    record Place(int line, int column) {}

    /** The error with the place of its field, or of the nearest field around it that is there. */
    ManifestError error(String field, String message) {
        String path = field;
        while (!places.containsKey(path) && !path.isEmpty()) {
            path = path.substring(0, Math.max(0, Math.max(path.lastIndexOf('.'), path.lastIndexOf('['))));
        }
        Place place = places.getOrDefault(path, new Place(0, 0));
        return new ManifestError(number, place.line(), place.column(), field, message);
    }

    ManifestError error(Violation violation) {
        return error(violation.field(), violation.message());
    }
}
