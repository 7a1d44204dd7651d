package dev.dormouse.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code top}: the workers and whom they run; live on a terminal, once into a file or pipe. */
@Command(
        name = "top",
        description = "Shows workers and the actors on them; on a terminal until Ctrl-C.",
        sortOptions = false,
        footer = {"%nExample:", "  kubectl-ate top --interval 2"})
final class TopCommand implements Runnable {

    private static final String HOME_AND_CLEAR = "\033[H\033[2J";

    private final KubectlAte root;

    @Option(
            names = "--interval",
            paramLabel = "SECONDS",
            defaultValue = "1",
            description = "Between two looks (default: ${DEFAULT-VALUE}).")
    private int interval;

    TopCommand(KubectlAte root) {
        this.root = root;
    }

    @Override
    public void run() {
        Api api = root.api();
        PrintWriter out = root.terminal().out();
        boolean live = root.terminal().interactive();
        do {
            // drawn at once, so that the screen doesn't flicker
            String screen = screen(api);
            out.print(live ? HOME_AND_CLEAR + screen : screen);
            out.flush();
        } while (live && !out.checkError() && pause());
    }

    private String screen(Api api) {
        List<JsonNode> workers = new ArrayList<>();
        api.forEachPage(Request.to("v1", "workers"), workers::addAll);
        var text = new StringWriter();
        var out = new PrintWriter(text);
        out.println(summary(workers));
        if (!workers.isEmpty()) {
            out.println();
        }
        try (Listing listing = new Listing(Kind.busyWorkers(root.terminal().clock()), Format.TABLE, true, true, out)) {
            listing.page(workers);
        }
        return text.toString();
    }

    private static String summary(List<JsonNode> workers) {
        Map<String, Long> states = workers.stream()
                .collect(Collectors.groupingBy(
                        worker -> worker.path("state").asText(), TreeMap::new, Collectors.counting()));
        String counts = states.entrySet().stream()
                .map(state -> state.getValue() + " " + state.getKey())
                .collect(Collectors.joining(", "));
        return "%d workers%s".formatted(workers.size(), counts.isEmpty() ? "" : ": " + OneLine.of(counts));
    }

    private boolean pause() {
        try {
            Thread.sleep(Duration.ofSeconds(Math.max(1, interval)));
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
