package dev.dormouse.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dormouse.name.ActorId;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code events}: what happened to an actor. */
@Command(
        name = "events",
        description = "Prints what happened to an actor, oldest first.",
        sortOptions = false,
        footer = {
            "%nExamples:",
            "  kubectl-ate events actor my-counter",
            "  kubectl-ate events actor my-counter -f -o wide"
        })
final class EventsCommand extends VerbCommand {

    EventsCommand(KubectlAte root) {
        super(root, "say what: actor ID");
    }

    @Command(name = "actor", description = "Prints the journal of this actor.", sortOptions = false)
    void actor(
            @Parameters(paramLabel = "ID", description = "The actor.") ActorId id,
            @Option(
                            names = {"-f", "--follow"},
                            description = "Then prints what happens, until Ctrl-C.")
                    boolean follow,
            @Option(names = "--no-headers", description = "Leaves out the titles of the columns.") boolean noHeaders) {
        Format format = root.common().format(Format.TABLE);
        PrintWriter out = root.terminal().out();
        Kind kind = Kind.events(root.terminal().clock());
        try (Listing listing = new Listing(kind, format, true, !noHeaders, out)) {
            var journal = new Journal(root.api(), root.actor(id).below("events"));
            if (!follow) {
                journal.news(listing::page);
                return;
            }
            follow(journal, listing, id);
        }
    }

    private void follow(Journal journal, Listing listing, ActorId id) {
        Api api = root.api();
        PrintWriter out = root.terminal().out();
        // the stream first: what happens while the journal is read is read again for
        Request watch = Request.to("v1", "watch")
                .with("atespace", root.common().atespace().value());
        try (Stream<ServerEvent> changes = api.events(watch)) {
            journal.news(listing::changes);
            var change = changes.iterator();
            while (!out.checkError() && change.hasNext()) {
                ServerEvent event = change.next();
                if (event.name().equals("resync")
                        || id.value().equals(event.data().path("id").asText())) {
                    journal.news(listing::changes);
                }
            }
        } catch (UncheckedIOException e) {
            throw api.broken(e);
        }
        if (!out.checkError()) {
            throw new CommandFailed("the API ended the watch; start it again");
        }
    }

    /** Reads on from where it was. */
    private static final class Journal {

        private final Api api;
        private final Request events;
        private long last;

        Journal(Api api, Request events) {
            this.api = api;
            this.events = events;
        }

        void news(Consumer<List<JsonNode>> printed) {
            api.forEachPage(last == 0 ? events : events.with("after", String.valueOf(last)), page -> {
                if (!page.isEmpty()) {
                    printed.accept(page);
                    last = page.getLast().path("seq").asLong();
                }
            });
        }
    }
}
