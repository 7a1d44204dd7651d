package dev.dormouse.cli;

import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The address of a call below the endpoint.
 *
 * @param path encoded, beginning with a slash
 * @param query encoded pairs
 */
record Request(String path, List<String> query) {

    /** Each segment becomes one segment of the path, whatever it holds. */
    static Request to(String... segments) {
        StringBuilder path = new StringBuilder();
        for (String segment : segments) {
            path.append('/').append(encoded(segment));
        }
        return new Request(path.toString(), List.of());
    }

    /** Further segments behind these. */
    Request below(String... segments) {
        return new Request(path + to(segments).path, query);
    }

    Request with(String name, @Nullable String value) {
        if (value == null) {
            return this;
        }
        var longer = new ArrayList<>(query);
        longer.add(encoded(name) + "=" + encoded(value));
        return new Request(path, List.copyOf(longer));
    }

    /** A verb on the last segment: {@code :resume}. */
    Request verb(String verb) {
        return new Request(path + ":" + verb, query);
    }

    URI at(URI endpoint) {
        return URI.create(endpoint + path + (query.isEmpty() ? "" : "?" + String.join("&", query)));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
