package dev.dormouse.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** Columns aligned as kubectl aligns them: three spaces between, nothing behind the last. */
final class Table {

    static final String NONE = "<none>";
    private static final String GAP = "   ";

    private final List<String> titles;
    private final int[] widths;
    private boolean headed;

    /** @param headed false leaves the titles out */
    Table(List<String> titles, boolean headed) {
        this.titles = titles;
        this.widths = new int[titles.size()];
        this.headed = !headed;
    }

    /** Prints rows under the titles; when called again, goes on below with columns at least as wide. */
    void print(List<List<String>> rows, PrintWriter out) {
        var lines = new ArrayList<List<String>>(rows.size() + 1);
        if (!headed) {
            lines.add(titles);
            headed = true;
        }
        rows.forEach(row -> lines.add(row.stream().map(Table::cell).toList()));
        lines.forEach(this::widen);
        lines.forEach(line -> out.println(joined(line)));
        out.flush();
    }

    private static String cell(String text) {
        String line = OneLine.of(text);
        return line.isEmpty() ? NONE : line;
    }

    private void widen(List<String> line) {
        for (int i = 0; i < widths.length; i++) {
            widths[i] = Math.max(widths[i], line.get(i).length());
        }
    }

    private String joined(List<String> line) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            text.append(line.get(i));
            if (i < widths.length - 1) {
                text.append(" ".repeat(widths[i] - line.get(i).length())).append(GAP);
            }
        }
        return text.toString();
    }
}
