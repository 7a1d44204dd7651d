package dev.dormouse.router;

import dev.dormouse.platform.Code;
import dev.dormouse.platform.LogFields;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.util.Set;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * One request of a client, from its head to the end of its answer: waits for its actor if need be, is sent to it, sent again where
 * nobody was there to take it, and answered exactly once. Lives on one event loop.
 */
final class Exchange {

    private static final Logger log = Logger.getLogger(Exchange.class);

    private static final int MAX_ATTEMPTS = 4;
    private static final long RETRY_DELAY_MS = 25;
    private static final long HTTP2_INTERNAL_ERROR = 2;
    // those that may be sent twice (RFC 9110, 9.2.2)
    private static final Set<HttpMethod> IDEMPOTENT = Set.of(
            HttpMethod.GET, HttpMethod.HEAD, HttpMethod.PUT, HttpMethod.DELETE, HttpMethod.OPTIONS, HttpMethod.TRACE);

    private final LoopScope scope;
    private final HttpServerRequest request;
    private final Target target;
    private final RequestBody body;
    private final boolean http1;
    private final HttpConnection connection;
    private final long startedAt = System.nanoTime();
    private @Nullable Attempt attempt;
    private @Nullable Tunnel tunnel;
    private int attempts;
    private boolean woken;
    private @Nullable Wait wait;
    private boolean answering;
    private boolean over;

    /** @throws NumberFormatException when its Content-Length is no number */
    Exchange(LoopScope scope, HttpServerRequest request, Target target) {
        this.scope = scope;
        this.request = request;
        this.target = target;
        this.http1 = request.version() != HttpVersion.HTTP_2;
        // asked for now: after an upgrade it is another
        this.connection = request.connection();
        this.body = new RequestBody(request);
    }

    void start() {
        scope.open().add(this);
        scope.connections().begin(connection);
        request.exceptionHandler(_ -> clientGone());
        request.response().exceptionHandler(_ -> clientGone());
        body.hold(scope.context(), this::route);
    }

    private void route() {
        if (over) {
            return;
        }
        Backend backend = scope.routes().find(target.address());
        if (backend != null) {
            attempt(backend);
        } else {
            park();
        }
    }

    private void park() {
        woken = true;
        wait = new Wait(scope, target.address(), this::attempt, this::refuse);
        wait.start(request);
    }

    private void leavePark() {
        if (wait != null) {
            wait.leave();
        }
    }

    private void attempt(Backend backend) {
        attempts++;
        attempt = new Attempt(scope, this, backend);
        try {
            attempt.start();
        } catch (RuntimeException e) {
            // e.g. a header that the client's side takes and the server's doesn't
            LogFields.of(target.address().key())
                    .log(() -> log.warnf(
                            e,
                            "A request for actor %s could not be sent",
                            target.address().key()));
            refuse(Answers.of(400, Code.INVALID_ARGUMENT, "the request can't be sent on to the actor"));
        }
    }

    /** The request is on its way to the actor. */
    void handedOver() {
        if (attempts == 1) {
            scope.metrics().handedOver(woken, System.nanoTime() - startedAt);
        }
    }

    /** Nobody took the connection: the activation is gone, and the request is still whole. */
    void unreachable(Attempt failed) {
        scope.routes().drop(target.address(), failed.backend());
        tryAgain();
    }

    /** The connection broke before an answer came. */
    void brokeOff(Attempt failed) {
        if (tunnel != null) {
            return;
        }
        failed.abandon();
        if (answering) {
            breakOff();
        } else if (body.isWhole() && IDEMPOTENT.contains(request.method())) {
            if (!failed.onUsedLine()) {
                scope.routes().drop(target.address(), failed.backend());
            }
            tryAgain();
        } else {
            refuse(Answers.noAnswer(target.address()));
        }
    }

    private void tryAgain() {
        if (attempts >= MAX_ATTEMPTS) {
            refuse(Answers.unreachable(target.address()));
            return;
        }
        scope.metrics().retry();
        body.holdAgain();
        if (attempts == 1) {
            route();
        } else {
            scope.vertx().setTimer(RETRY_DELAY_MS * attempts, _ -> route());
        }
    }

    void answered(HttpClientResponse answer) {
        answering = true;
        HttpServerResponse response = request.response();
        if (http1 && (!body.isSent() || scope.connections().isDraining())) {
            // whatever comes of the body after the answer, no next request can be told from it
            response.headers().set(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
        }
        answer.exceptionHandler(_ -> breakOff());
        new ResponseRelay(request, answer).start(scope.context(), () -> answerEnded(answer.statusCode()));
    }

    private void answerEnded(int status) {
        if (over || attempt == null) {
            return;
        }
        over = true;
        if (body.isSent()) {
            attempt.completed();
        } else {
            attempt.abandon();
            if (body.isPresent()) {
                discardBody();
            }
        }
        finish(Outcome.ANSWERED, status);
    }

    void upgraded(HttpClientResponse agreed) {
        answering = true;
        tunnel = Tunnel.open(request, agreed, () -> {
            if (!over && attempt != null) {
                over = true;
                attempt.tunnelClosed();
                finish(Outcome.ANSWERED, agreed.statusCode());
                scope.connections().forget(connection);
            }
        });
    }

    /** The actor broke off in the middle of its answer: so must we, or the client took a part for the whole. */
    private void breakOff() {
        if (over) {
            return;
        }
        over = true;
        abandonAttempt();
        finish(Outcome.BROKEN, request.response().getStatusCode());
        if (http1) {
            connection.close();
        } else {
            request.response().reset(HTTP2_INTERNAL_ERROR);
        }
    }

    /** The activation that held this request is over: nobody will answer, and the network may never say so. */
    void activationEnded(long generation) {
        if (over || attempt == null || attempt.backend().route().generation() > generation) {
            return;
        }
        if (tunnel != null) {
            tunnel.close();
        } else if (answering) {
            breakOff();
        } else {
            // not sent again by itself: that would wake an actor that someone just laid to sleep
            refuse(Answers.wentToSleep(target.address()));
        }
    }

    private void clientGone() {
        // a tunnel hears by itself
        if (over || tunnel != null) {
            return;
        }
        over = true;
        leavePark();
        abandonAttempt();
        finish(Outcome.CLIENT_GONE, 0);
    }

    private void refuse(Answers.Refusal refusal) {
        if (over) {
            return;
        }
        over = true;
        leavePark();
        abandonAttempt();
        if (http1 && !body.isSent() && body.isPresent()) {
            request.response().headers().set(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
            discardBody();
        }
        Answers.send(request, refusal);
        finish(Outcome.REFUSED, refusal.problem().status());
    }

    private void discardBody() {
        body.discard(() -> {
            if (http1) {
                connection.close();
            }
        });
    }

    private void abandonAttempt() {
        if (attempt != null) {
            attempt.abandon();
        }
    }

    private void finish(Outcome outcome, int status) {
        scope.open().remove(this);
        scope.connections().end(connection);
        scope.metrics().ended(outcome, status);
    }

    /** Looks at the clock: an answer that should have begun long ago is given up. */
    void tick(long now) {
        boolean overdue = attempt != null
                && attempt.overdue(now, scope.settings().responseTimeout().toNanos());
        if (overdue && !answering && !waitsForEvents()) {
            refuse(Answers.tooSlow(target.address(), scope.settings().responseTimeout()));
        }
    }

    private boolean waitsForEvents() {
        return request.headers().contains(HttpHeaders.ACCEPT, "text/event-stream", true);
    }

    HttpServerRequest request() {
        return request;
    }

    Target target() {
        return target;
    }

    RequestBody body() {
        return body;
    }

    /** False while it waits for its actor. */
    boolean holdsActorSince(long nanoTime) {
        return attempt != null && attempt.holdsActorSince(nanoTime);
    }
}
