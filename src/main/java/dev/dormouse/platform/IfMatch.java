package dev.dormouse.platform;

import jakarta.ws.rs.WebApplicationException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Versions of records as entity tags. */
public final class IfMatch {

    private static final Pattern TAG = Pattern.compile("\"?(\\d{1,18})\"?");

    private IfMatch() {}

    /** The version as a strong entity tag, quotes included. */
    public static String etag(long version) {
        return "\"" + version + "\"";
    }

    /**
     * The version that an If-Match header asks for; null for none and for {@code *}.
     *
     * @throws Failure INVALID_ARGUMENT
     */
    public static @Nullable Long version(@Nullable String header) {
        if (header == null || header.isBlank() || header.strip().equals("*")) {
            return null;
        }
        Matcher matcher = TAG.matcher(header.strip());
        if (!matcher.matches()) {
            throw new Failure(Code.INVALID_ARGUMENT, "If-Match must be the ETag of an answer, such as \"3\"");
        }
        return Long.valueOf(matcher.group(1));
    }

    /** What a caller is answered who gave a version that is not the present one: 412. */
    public static Throwable preconditionFailed(Throwable conflict) {
        Problem problem = Problem.of(Code.ABORTED, Problem.of(conflict).detail(), 412);
        return new WebApplicationException(ProblemMappers.answer(problem));
    }
}
