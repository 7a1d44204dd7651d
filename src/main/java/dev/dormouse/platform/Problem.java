package dev.dormouse.platform;

import io.netty.handler.codec.http.HttpResponseStatus;
import io.vertx.core.json.JsonObject;
import java.util.UUID;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * What a caller reads when a call fails: an RFC 9457 problem with our {@code code}. REST and router answer alike.
 *
 * @param type {@code about:blank}: the code and the detail say it all
 * @param title the phrase of the HTTP status
 * @param status the HTTP status
 * @param detail a sentence that says what to do; safe to show
 * @param code the name of the {@link Code}
 */
public record Problem(String type, String title, int status, String detail, String code) {

    private static final Logger LOG = Logger.getLogger(Problem.class);

    public static final String MEDIA_TYPE = "application/problem+json";

    /** With the status that belongs to the code. */
    public static Problem of(Code code, String detail) {
        return of(code, detail, code.httpStatus());
    }

    /** With another status than the code's, where HTTP is more precise than gRPC. */
    public static Problem of(Code code, String detail, int status) {
        return new Problem(
                "about:blank", HttpResponseStatus.valueOf(status).reasonPhrase(), status, detail, code.name());
    }

    /**
     * A {@link Failure} as it stands; a failure that is worth a retry but not the caller's fault is 503. Anything else is logged and
     * INTERNAL without its message, which is not for the caller's eyes: the answer carries the id under which to find it.
     */
    public static Problem of(@Nullable Throwable error) {
        if (!(error instanceof Failure failure)) {
            UUID id = UUID.randomUUID();
            LOG.errorf(error, "Request failed unexpectedly, id %s", id);
            return of(Code.INTERNAL, "The server failed; its log has more under id " + id + ".");
        }
        boolean tryAgain = failure.code() == Code.FAILED_PRECONDITION && failure.retryAfter() != null;
        return of(
                failure.code(),
                failure.detail(),
                tryAgain ? 503 : failure.code().httpStatus());
    }

    /** The body of an answer of {@link #MEDIA_TYPE}. */
    public String json() {
        return new JsonObject()
                .put("type", type)
                .put("title", title)
                .put("status", status)
                .put("detail", detail)
                .put("code", code)
                .encode();
    }
}
