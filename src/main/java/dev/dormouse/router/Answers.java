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

    static Refusal noPlace(int places) {
        return tryAgain("%d requests wait for their actors already: no place is free".formatted(places));
    }

    static Refusal didNotWake(ActorAddress actor, Duration limit) {
        return tryAgain(
                "actor %s did not wake within %d ms; it may still be waking".formatted(actor.key(), limit.toMillis()));
    }

    static Refusal wentToSleep(ActorAddress actor) {
        return tryAgain("actor %s went to sleep before it answered".formatted(actor.key()));
    }

    private static Refusal tryAgain(String detail) {
        return new Refusal(Problem.of(Code.UNAVAILABLE, detail), SOON);
    }

    static Refusal noAnswer(ActorAddress actor) {
        return badGateway("actor %s closed the connection without an answer".formatted(actor.key()));
    }

    static Refusal unreachable(ActorAddress actor) {
        return badGateway("actor %s does not answer at its port %d".formatted(actor.key(), actor.port()));
    }

    private static Refusal badGateway(String detail) {
        return new Refusal(Problem.of(Code.UNAVAILABLE, detail, 502), null);
    }

    static Refusal tooSlow(ActorAddress actor, Duration limit) {
        String detail = "actor %s took the request and did not begin its answer within %d s";
        return new Refusal(Problem.of(Code.DEADLINE_EXCEEDED, detail.formatted(actor.key(), limit.toSeconds())), null);
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
