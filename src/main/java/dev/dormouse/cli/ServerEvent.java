package dev.dormouse.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.Spliterator;
import java.util.Spliterators.AbstractSpliterator;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** One server-sent event with JSON data. */
record ServerEvent(String name, JsonNode data) {

    /** Reads lines as they arrive. Comments (heartbeats) are skipped; closing the result closes {@code lines}. */
    static Stream<ServerEvent> parse(Stream<String> lines, JsonMapper json) {
        Spliterator<String> source = lines.spliterator();
        var events = new AbstractSpliterator<ServerEvent>(Long.MAX_VALUE, Spliterator.ORDERED) {
            private String name = "message";
            private final StringBuilder data = new StringBuilder();
            private boolean complete;

            @Override
            public boolean tryAdvance(Consumer<? super ServerEvent> action) {
                complete = false;
                while (!complete) {
                    if (!source.tryAdvance(this::accept)) {
                        return false;
                    }
                }
                action.accept(take());
                return true;
            }

            private void accept(String line) {
                if (line.isEmpty()) {
                    complete = !data.isEmpty();
                } else if (line.startsWith("event:")) {
                    name = line.substring("event:".length()).strip();
                } else if (line.startsWith("data:")) {
                    data.append(line, "data:".length(), line.length()).append('\n');
                }
            }

            private ServerEvent take() {
                try {
                    return new ServerEvent(name, json.readTree(data.toString()));
                } catch (JsonProcessingException e) {
                    throw new CommandFailed("the API sent an event that is not JSON");
                } finally {
                    name = "message";
                    data.setLength(0);
                }
            }
        };
        return StreamSupport.stream(events, false).onClose(lines::close);
    }
}
