package dev.dormouse.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dormouse.name.ActorId;
import dev.dormouse.name.AtespaceName;
import dev.dormouse.name.TemplateRef;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which actors a command is about. Null fields leave all.
 *
 * @param status wire name
 */
record ActorFilter(
        @Nullable AtespaceName atespace,
        List<ActorId> ids,
        @Nullable String status,
        @Nullable TemplateRef template,
        Map<String, String> labels) {

    /** Users may leave out the prefix and the capitals. */
    static String wireStatus(String text) {
        String upper = text.toUpperCase(Locale.ROOT);
        return upper.startsWith("STATUS_") ? upper : "STATUS_" + upper;
    }

    /** The list that the server filters; all but the id. */
    Request request() {
        Request list = atespace == null
                ? Request.to("v1", "actors")
                : Request.to("v1", "atespaces", atespace.value(), "actors");
        list = list.with("status", status).with("template", template == null ? null : template.toString());
        for (var label : labels.entrySet()) {
            list = list.with("label", label.getKey() + "=" + label.getValue());
        }
        return list;
    }

    /** What the server can't filter: ids across atespaces. */
    List<JsonNode> matching(List<JsonNode> actors) {
        return ids.isEmpty() ? actors : actors.stream().filter(this::matches).toList();
    }

    boolean matches(JsonNode actor) {
        return (atespace == null
                        || atespace.value().equals(actor.path("atespace").asText()))
                && (ids.isEmpty()
                        || ids.stream()
                                .anyMatch(
                                        id -> id.value().equals(actor.path("id").asText())))
                && (status == null || status.equals(actor.path("status").asText()))
                && (template == null || isOf(template, actor.path("template")))
                && labels.entrySet().stream()
                        .allMatch(label -> label.getValue()
                                .equals(actor.path("labels")
                                        .path(label.getKey())
                                        .asText(null)));
    }

    private static boolean isOf(TemplateRef ref, JsonNode template) {
        return ref.namespace().equals(template.path("namespace").asText())
                && ref.name().equals(template.path("name").asText());
    }
}
