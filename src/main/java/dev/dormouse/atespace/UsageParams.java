package dev.dormouse.atespace;

import dev.dormouse.name.ActorId;
import dev.dormouse.name.AtespaceName;
import dev.dormouse.name.TemplateRef;
import dev.dormouse.platform.Code;
import dev.dormouse.platform.Failure;
import dev.dormouse.platform.Paging;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.ws.rs.QueryParam;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.jspecify.annotations.Nullable;

/** What usage is asked for. Strings, so that a bad value is a 400 of ours and not a 404 of the framework's. */
@RegisterForReflection
final class UsageParams {

    private static final Pattern NAME = Pattern.compile("[a-z0-9.-]{1,253}");
    private static final Instant LATEST = Instant.parse("9999-12-31T23:00:00Z");

    @QueryParam("by")
    @Parameter(description = "What a line is of: atespace, template or actor; atespace when absent.", example = "actor")
    @Nullable
    String by;

    @QueryParam("atespace")
    @Parameter(description = "Only of this atespace.", example = "team-a")
    @Nullable
    String atespace;

    @QueryParam("template")
    @Parameter(description = "Only of actors of this template, as namespace/name.", example = "demo/counter")
    @Nullable
    String template;

    @QueryParam("actor")
    @Parameter(description = "Only of actors of this id.", example = "my-counter")
    @Nullable
    String actor;

    @QueryParam("from")
    @Parameter(
            description = "The first hour, by its beginning; as far back as usage is kept when absent.",
            example = "2026-09-01T00:00:00Z")
    @Nullable
    String from;

    @QueryParam("to")
    @Parameter(description = "The hour behind the last; until now when absent.", example = "2026-10-01T00:00:00Z")
    @Nullable
    String to;

    @QueryParam("format")
    @Parameter(description = "json or csv, instead of what Accept says.", example = "csv")
    @Nullable
    String format;

    @QueryParam("pageSize")
    @Parameter(description = "How many at most, 0 to 1000; 0 means 1000.", example = "100")
    @Nullable
    String pageSize;

    @QueryParam("pageToken")
    @Parameter(description = "nextPageToken of the page before.")
    @Nullable
    String pageToken;

    /** Asks for one line more than the page holds, which tells whether there is a next. */
    Usage.Query query(Instant now) {
        Usage.By lines = lines();
        Instant begin = given(from).map(text -> hour("from", text)).orElse(Instant.EPOCH);
        Instant end = given(to).map(text -> hour("to", text)).orElse(now);
        if (!begin.isBefore(end)) {
            throw invalid("from must be before to, which is now when absent");
        }
        return new Usage.Query(
                lines,
                given(atespace).map(AtespaceName::new).orElse(null),
                given(template).map(UsageParams::templateRef).orElse(null),
                given(actor).map(ActorId::new).orElse(null),
                begin,
                end,
                given(pageToken).map(token -> key(token, lines)).orElse(null),
                size() + 1);
    }

    int size() {
        return Paging.size(pageSize);
    }

    /** @param accepted whether Accept says so */
    boolean csv(boolean accepted) {
        return switch (given(format).orElse(accepted ? "csv" : "json")) {
            case "csv" -> true;
            case "json" -> false;
            default -> throw invalid("format must be json or csv");
        };
    }

    private Usage.By lines() {
        return switch (given(by).orElse("atespace")) {
            case "atespace" -> Usage.By.ATESPACE;
            case "template" -> Usage.By.TEMPLATE;
            case "actor" -> Usage.By.ACTOR;
            default -> throw invalid("by must be atespace, template or actor");
        };
    }

    private static List<String> key(String token, Usage.By lines) {
        List<String> names = Paging.names(token, lines.key().size());
        if (!names.stream().allMatch(name -> NAME.matcher(name).matches())) {
            throw Paging.badToken();
        }
        return names;
    }

    private static TemplateRef templateRef(String text) {
        List<String> parts = List.of(text.split("/", 2));
        if (parts.size() < 2) {
            throw invalid("template must be namespace/name");
        }
        return new TemplateRef(parts.getFirst(), parts.getLast());
    }

    private static Instant hour(String name, String text) {
        try {
            Instant hour = OffsetDateTime.parse(text).toInstant();
            if (hour.equals(hour.truncatedTo(ChronoUnit.HOURS))
                    && !hour.isBefore(Instant.EPOCH)
                    && !hour.isAfter(LATEST)) {
                return hour;
            }
        } catch (DateTimeException e) {
            // answered below
        }
        throw invalid(name + " must be a whole hour since 1970, such as 2026-09-01T00:00:00Z");
    }

    private static Optional<String> given(@Nullable String text) {
        return Optional.ofNullable(text).filter(value -> !value.isEmpty());
    }

    private static Failure invalid(String detail) {
        return new Failure(Code.INVALID_ARGUMENT, detail);
    }
}
