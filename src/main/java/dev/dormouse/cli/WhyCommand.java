package dev.dormouse.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dormouse.name.ActorId;
import java.io.PrintWriter;
import java.util.ArrayList;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code why}: where an actor could run, where it could not, and why. */
@Command(
        name = "why",
        description = "Explains for every pool and worker whether an actor could run there.",
        sortOptions = false,
        footer = {"%nExample:", "  kubectl-ate why actor my-counter"})
final class WhyCommand extends VerbCommand {

    WhyCommand(KubectlAte root) {
        super(root, "say what: actor ID");
    }

    @Command(name = "actor", description = "Explains the placement of this actor.", sortOptions = false)
    void actor(@Parameters(paramLabel = "ID", description = "The actor.") ActorId id) {
        JsonNode why = root.api().get(root.actor(id).below("why"));
        Format format = root.common().format(Format.TABLE);
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
