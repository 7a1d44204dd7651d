package dev.dormouse.standalone;

/**
 * What is wrong with a manifest, and where. Safe to show: it holds no value of the manifest.
 *
 * @param document which one of the stream, from 1
 * @param line from 1; 0 when unknown, as {@code column}
 * @param field as Kubernetes writes it: {@code spec.containers[0].image}; empty for the whole document
 */
public record ManifestError(int document, int line, int column, String field, String message) {

    @Override
    public String toString() {
        String where = line == 0 ? "" : ", line %d, column %d".formatted(line, column);
        return "document %d%s: %s%s".formatted(document, where, field.isEmpty() ? "" : field + ": ", message);
    }
}
