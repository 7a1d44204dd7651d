package dev.dormouse.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dormouse.name.ActorId;
import java.io.PrintWriter;
import java.util.ArrayList;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code why}: where an actor could run, where it could not, and why. */
@Command(
        name = "why",
        description = "Explains for every pool and worker whether an actor could run there.",
        sortOptions = false,
        footer = {"%nExample:", "  kubectl-ate why actor my-counter"})
final class WhyCommand implements Runnable {

    private final KubectlAte root;

    @Spec
    private CommandSpec spec;

    WhyCommand(KubectlAte root) {
        this.root = root;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "say what: actor ID");
    }

    @Command(name = "actor", description = "Explains the placement of this actor.", sortOptions = false)
    void actor(@Parameters(paramLabel = "ID", description = "The actor.") ActorId id) {
        JsonNode why = root.api()
                .get(Request.to("v1", "atespaces", root.common().atespace().value(), "actors", id.value(), "why"));
        Format asked = root.common().format();
        Format format = asked == null ? Format.TABLE : asked;
        PrintWriter out = root.terminal().out();
        if (format.isTable()) {
            out.println(OneLine.of(why.path("summary").asText()));
            table(Kind.poolFits(), why.path("pools"), format);
            table(Kind.workerFits(), why.path("workers"), format);
        } else {
            try (Listing listing = new Listing(Kind.workerFits(), format, true, true, out)) {
                if (format == Format.NAME) {
                    // in the order of preference, for scripts
                    why.path("workers").forEach(worker -> {
                        if (worker.path("candidate").asBoolean()) {
                            listing.one(worker);
                        }
                    });
                } else {
                    listing.one(why);
                }
            }
        }
    }

    private void table(Kind kind, JsonNode rows, Format format) {
        if (rows.isEmpty()) {
            return;
        }
        PrintWriter out = root.terminal().out();
        out.println();
        try (Listing listing = new Listing(kind, format, true, true, out)) {
            var items = new ArrayList<JsonNode>();
            rows.forEach(items::add);
            listing.page(items);
        }
    }
}
