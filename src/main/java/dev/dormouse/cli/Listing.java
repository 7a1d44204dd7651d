package dev.dormouse.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Prints resources in a format, page by page, so that a list of any length takes the memory of one page. */
final class Listing implements AutoCloseable {

    private static final JsonMapper JSON = new JsonMapper();

    private final Kind kind;
    private final Format format;
    private final PrintWriter out;
    private final List<Kind.Column> columns;
    private final Table table;
    private @Nullable JsonGenerator document;
    private boolean empty = true;

    Listing(Kind kind, Format format, boolean allAtespaces, boolean headed, PrintWriter out) {
        this.kind = kind;
        this.format = format;
        this.out = out;
        this.columns = kind.shown(format, allAtespaces);
        this.table = new Table(columns.stream().map(Kind.Column::title).toList(), headed);
    }

    /** Prints a single resource, which {@code json} and {@code yaml} show as itself rather than as a list of one. */
    void one(JsonNode item) {
        switch (format) {
            case TABLE, WIDE, NAME -> page(List.of(item));
            case JSON, YAML -> document(item);
        }
        empty = false;
    }

    void page(List<JsonNode> items) {
        if (items.isEmpty()) {
            return;
        }
        empty = false;
        switch (format) {
            case TABLE, WIDE -> table.print(items.stream().map(this::row).toList(), out);
            case NAME -> items.forEach(item -> out.println(kind.reference(item)));
            case JSON, YAML -> append(items);
        }
    }

    /** Goes on for ever, as a watch does: JSON as one line per item, YAML as one document per item. */
    void changes(List<JsonNode> items) {
        empty = false;
        switch (format) {
            case TABLE, WIDE, NAME -> page(items);
            case JSON -> items.forEach(out::println);
            case YAML ->
                items.forEach(item -> {
                    out.println("---");
                    document(item);
                });
        }
        out.flush();
    }

    boolean isEmpty() {
        return empty;
    }

    /** Ends the list. */
    @Override
    public void close() {
        if (!format.isTable() && format != Format.NAME && (empty || document != null)) {
            try (JsonGenerator open = opened()) {
                open.writeEndArray();
                open.writeEndObject();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            endLine();
        }
        out.flush();
    }

    private List<String> row(JsonNode item) {
        return columns.stream().map(column -> column.value().apply(item)).toList();
    }

    private void document(JsonNode item) {
        try (JsonGenerator generator = generator()) {
            JSON.writeTree(generator, item);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        endLine();
    }

    private void append(List<JsonNode> items) {
        try {
            for (JsonNode item : items) {
                JSON.writeTree(opened(), item);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private JsonGenerator opened() throws IOException {
        if (document == null) {
            document = generator();
            document.writeStartObject();
            document.writeFieldName("items");
            document.writeStartArray();
        }
        return document;
    }

    private JsonGenerator generator() throws IOException {
        JsonFactory factory = format == Format.YAML
                ? YAMLFactory.builder()
                        .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
                        .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
                        .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
                        .build()
                : JSON.getFactory();
        return factory.createGenerator(out)
                .disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET)
                .useDefaultPrettyPrinter();
    }

    private void endLine() {
        // the YAML generator ends its document with a line break, the JSON generator doesn't
        if (format == Format.JSON) {
            out.println();
        }
        out.flush();
    }
}
