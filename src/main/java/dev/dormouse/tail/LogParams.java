package dev.dormouse.tail;

import dev.dormouse.platform.Code;
import dev.dormouse.platform.Failure;
import dev.dormouse.platform.KubernetesDuration;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.ws.rs.QueryParam;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.jspecify.annotations.Nullable;

/** Which lines are asked for. Strings, so that a bad value is a 400 of ours and not a 404 of the framework's. */
@RegisterForReflection
final class LogParams {

    @QueryParam("follow")
    @Parameter(
            description = "Whether to go on with what is printed from now on, through sleep and wake.",
            example = "true")
    @Nullable
    String follow;

    @QueryParam("tail")
    @Parameter(description = "Only so many of the lines that there are, the last.", example = "100")
    @Nullable
    String tail;

    @QueryParam("since")
    @Parameter(description = "Only lines that are younger than this, or not older than that time.", example = "10m")
    @Nullable
    String since;

    @QueryParam("container")
    @Parameter(description = "Only lines of this container.", example = "main")
    @Nullable
    String container;

    @QueryParam("timestamps")
    @Parameter(description = "Whether text has the time in front of each line.", example = "true")
    @Nullable
    String timestamps;

    LogQuery query(Instant now) {
        return new LogQuery(flag("follow", follow), number(tail), time(since, now), container == null ? "" : container);
    }

    boolean withTimestamps() {
        return flag("timestamps", timestamps);
    }

    private static boolean flag(String name, @Nullable String text) {
        if (text == null || text.isEmpty() || text.equals("false")) {
            return false;
        } else if (text.equals("true")) {
            return true;
        }
        throw new Failure(Code.INVALID_ARGUMENT, name + " must be true or false");
    }

    private static int number(@Nullable String text) {
        if (text == null || text.isEmpty()) {
            return LogQuery.ALL;
        }
        try {
            int number = Integer.parseInt(text);
            if (number >= 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            // answered below
        }
        throw new Failure(Code.INVALID_ARGUMENT, "tail must be a number of lines, 0 or more");
    }

    private static Instant time(@Nullable String text, Instant now) {
        if (text == null || text.isEmpty()) {
            return Instant.MIN;
        }
        try {
            return Character.isDigit(text.charAt(0)) && text.contains("T")
                    ? OffsetDateTime.parse(text).toInstant()
                    : now.minus(KubernetesDuration.parse(text));
        } catch (DateTimeException | IllegalArgumentException | ArithmeticException e) {
            throw new Failure(
                    Code.INVALID_ARGUMENT,
                    "since must be a duration such as 10m, or a time such as 2026-08-05T12:00:00Z");
        }
    }
}
