package dev.dormouse.tail;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import dev.dormouse.log.LogLine;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** A line of an actor, or a notice of ours in place of lines that can't be given. */
@Schema(name = "LogLine")
@RegisterForReflection
@JsonPropertyOrder({"at", "generation", "seq", "container", "stream", "text"})
@JsonInclude(JsonInclude.Include.NON_NULL)
record Entry(
        @Schema(description = "When its node collected it; never earlier than the line before it in the activation.")
        @Nullable
        Instant at,

        @Schema(description = "Of the activation that printed it.")
        long generation,

        @Schema(description = "Its number in the activation, from 1 on.") @Nullable
        Long seq,

        @Schema(examples = "main") @Nullable String container,

        @Schema(
                enumeration = {"stdout", "stderr", "notice"},
                description = "A notice stands for lines that can't be given.")
        String stream,

        String text) {

    private static final String NOTICE = "notice";

    static Entry of(long generation, LogLine line) {
        return new Entry(
                line.at(),
                generation,
                line.seq(),
                line.container(),
                line.stream().word(),
                line.text());
    }

    static Entry notice(long generation, String text) {
        return new Entry(null, generation, null, null, NOTICE, text);
    }

    boolean isNotice() {
        return stream.equals(NOTICE);
    }
}
