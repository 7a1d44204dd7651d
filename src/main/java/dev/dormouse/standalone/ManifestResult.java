package dev.dormouse.standalone;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/**
 * What became of one object.
 *
 * @param kind {@code WorkerPool}
 * @param namespace empty for cluster-scoped kinds
 */
public record ManifestResult(String kind, String namespace, String name, Outcome result) {

    /** In the words of kubectl. */
    public enum Outcome {
        @JsonProperty("created")
        CREATED,
        @JsonProperty("configured")
        CONFIGURED,
        @JsonProperty("unchanged")
        UNCHANGED,
        @JsonProperty("deleted")
        DELETED
    }

    static ManifestResult of(ManifestObject.Key key, Outcome outcome) {
        return new ManifestResult(key.kind().kind(), key.namespace(), key.name(), outcome);
    }

    /** For logs: {@code WorkerPool demo/counter created}. */
    @Override
    public String toString() {
        String whole = namespace.isEmpty() ? name : namespace + "/" + name;
        return "%s %s %s".formatted(kind, whole, result.name().toLowerCase(Locale.ROOT));
    }
}
