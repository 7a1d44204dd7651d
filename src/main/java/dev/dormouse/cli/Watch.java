package dev.dormouse.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Prints a list and then each change. Ends with the process, or when nobody reads the output any more. */
final class Watch {

    private final Api api;
    private final Listing listing;
    private final Terminal terminal;
    private final Map<String, JsonNode> printed = new HashMap<>();

    Watch(Api api, Listing listing, Terminal terminal) {
        this.api = api;
        this.listing = listing;
        this.terminal = terminal;
    }

    void actors(ActorFilter filter) {
        Request events = Request.to("v1", "watch")
                .with(
                        "atespace",
                        filter.atespace() == null ? null : filter.atespace().value());
        follow(events, filter.request(), filter::matches, event -> {
            switch (event.name()) {
                case "actor" -> changed(actorKey(event.data()), event.data(), filter::matches);
                case "actor-deleted" -> gone(actorKey(event.data()), "status", "DELETED");
                default -> {
                    // events of other things, and those that a newer server may send
                }
            }
        });
    }

    void workers() {
        follow(Request.to("v1", "watch"), Request.to("v1", "workers"), worker -> true, event -> {
            switch (event.name()) {
                case "worker" -> changed(workerKey(event.data()), event.data(), worker -> true);
                case "worker-gone" -> gone(workerKey(event.data()), "state", "GONE");
                default -> {
                    // events of other things, and those that a newer server may send
                }
            }
        });
    }

    private void follow(Request events, Request list, Predicate<JsonNode> filter, Consumer<ServerEvent> consumer) {
        // the stream first, so that nothing falls between list and stream; a change seen in both is printed once
        try (Stream<ServerEvent> stream = api.events(events)) {
            printList(list, filter);
            var iterator = stream.iterator();
            while (!terminal.out().checkError() && iterator.hasNext()) {
                ServerEvent event = iterator.next();
                if (event.name().equals("resync")) {
                    printList(list, filter);
                } else {
                    consumer.accept(event);
                }
            }
        } catch (UncheckedIOException e) {
            throw api.broken(e);
        }
        if (!terminal.out().checkError()) {
            throw new CommandFailed("the API ended the watch; start it again");
        }
    }

    private void printList(Request list, Predicate<JsonNode> filter) {
        var fresh = new ArrayList<JsonNode>();
        api.forEachPage(list, items -> {
            fresh.clear();
            for (JsonNode item : items) {
                if (filter.test(item) && !item.equals(printed.put(key(item), item))) {
                    fresh.add(item);
                }
            }
            listing.changes(List.copyOf(fresh));
        });
    }

    private void changed(String key, JsonNode item, Predicate<JsonNode> filter) {
        if (filter.test(item) && !item.equals(printed.put(key, item))) {
            listing.changes(List.of(item));
        }
    }

    private void gone(String key, String field, String value) {
        JsonNode last = printed.remove(key);
        if (last instanceof ObjectNode object) {
            listing.changes(List.of(object.deepCopy().put(field, value)));
        }
    }

    private static String key(JsonNode item) {
        return item.has("pod") ? workerKey(item) : actorKey(item);
    }

    private static String actorKey(JsonNode actor) {
        return actor.path("atespace").asText() + "/" + actor.path("id").asText();
    }

    private static String workerKey(JsonNode worker) {
        return worker.path("uid").asText();
    }
}
