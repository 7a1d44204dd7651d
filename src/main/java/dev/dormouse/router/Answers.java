package dev.dormouse.router;

import dev.dormouse.platform.Code;
import dev.dormouse.platform.Failure;
import dev.dormouse.platform.Problem;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What the router answers by itself. */
final class Answers {

    private static final Duration SOON = Duration.ofSeconds(1);

    private Answers() {}

    /**
     * @param retryAfter when to come again; null when that would not help
     */
    record Refusal(Problem problem, @Nullable Duration retryAfter) {}

    static Refusal noActor(String detail) {
        return new Refusal(Problem.of(Code.NOT_FOUND, detail), null);
    }

    static Refusal tryAgain(String detail) {
        return new Refusal(Problem.of(Code.UNAVAILABLE, detail), SOON);
    }

    static Refusal badGateway(String detail) {
        return new Refusal(Problem.of(Code.UNAVAILABLE, detail, 502), null);
    }

    static Refusal tooSlow(String detail) {
        return new Refusal(Problem.of(Code.DEADLINE_EXCEEDED, detail), null);
    }

    static Refusal of(int status, Code code, String detail) {
        return new Refusal(Problem.of(code, detail, status), null);
    }

    /** Why a wake failed. What the record's state forbids is nothing that an HTTP client did wrong: it is 503 here, not 409. */
    static Refusal wakeFailed(Throwable error) {
        Problem problem = Problem.of(error);
        if (error instanceof Failure failure) {
            if (failure.code() == Code.FAILED_PRECONDITION || failure.code() == Code.ABORTED) {
                problem = Problem.of(failure.code(), failure.detail(), 503);
            }
            return new Refusal(problem, failure.retryAfter());
        }
        return new Refusal(problem, null);
    }

    static void send(HttpServerRequest request, Refusal refusal) {
        HttpServerResponse response = request.response();
        Problem problem = refusal.problem();
        response.setStatusCode(problem.status());
        response.headers().set(HttpHeaders.CONTENT_TYPE, Problem.MEDIA_TYPE);
        if (refusal.retryAfter() != null) {
            long seconds = Math.max(1, refusal.retryAfter().plusMillis(999).toSeconds());
            response.headers().set(HttpHeaders.RETRY_AFTER, Long.toString(seconds));
        }
        response.end(problem.json());
    }
}
