package dev.dormouse.bench;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Tables of measurements: printed as they come, written as Markdown and JSON after each, so that a broken run keeps what it has. */
final class Report {

    private record Table(String title, List<String> columns, List<List<String>> rows, String note) {}

    private final Path directory;
    private final List<Table> tables = new ArrayList<>();

    Report(Path directory) {
        this.directory = directory;
    }

    /** @param note how to read it: targets, and where time goes */
    void add(String title, List<String> columns, List<List<String>> rows, String note) {
        Table table = new Table(title, columns, rows, note);
        tables.add(table);
        System.out.println(markdown(table));
        write();
    }

    /** A number as a table shows it: no more digits than mean something. */
    static String number(double value) {
        if (Double.isNaN(value)) {
            return "-";
        }
        return String.format(Locale.ROOT, value < 10 ? "%.2f" : value < 100 ? "%.1f" : "%.0f", value);
    }

    private void write() {
        try {
            Files.createDirectories(directory);
            String all = tables.stream().map(Report::markdown).collect(Collectors.joining("\n"));
            Files.writeString(directory.resolve("report.md"), "# Benchmark\n\n" + machine() + "\n\n" + all);
            JsonArray json = new JsonArray();
            tables.forEach(table -> json.add(json(table)));
            Files.writeString(directory.resolve("report.json"), json.encodePrettily());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static String machine() {
        return "%d cores, Java %s, Linux %s"
                .formatted(
                        Runtime.getRuntime().availableProcessors(),
                        Runtime.version().feature(),
                        System.getProperty("os.version"));
    }

    private static JsonObject json(Table table) {
        JsonArray rows = new JsonArray();
        for (List<String> row : table.rows()) {
            JsonObject entry = new JsonObject();
            for (int i = 0; i < row.size(); i++) {
                entry.put(table.columns().get(i), row.get(i));
            }
            rows.add(entry);
        }
        return new JsonObject().put("title", table.title()).put("rows", rows).put("note", table.note());
    }

    private static String markdown(Table table) {
        int[] widths = IntStream.range(0, table.columns().size())
                .map(i -> Math.max(
                        table.columns().get(i).length(),
                        table.rows().stream()
                                .mapToInt(row -> row.get(i).length())
                                .max()
                                .orElse(0)))
                .toArray();
        StringBuilder text = new StringBuilder("## " + table.title() + "\n\n");
        text.append(line(table.columns(), widths));
        text.append(IntStream.of(widths).mapToObj("-"::repeat).collect(Collectors.joining(" | ", "| ", " |\n")));
        table.rows().forEach(row -> text.append(line(row, widths)));
        return text.append("\n").append(table.note()).append("\n").toString();
    }

    private static String line(List<String> cells, int[] widths) {
        return IntStream.range(0, cells.size())
                .mapToObj(
                        i -> cells.get(i) + " ".repeat(widths[i] - cells.get(i).length()))
                .collect(Collectors.joining(" | ", "| ", " |\n"));
    }
}
