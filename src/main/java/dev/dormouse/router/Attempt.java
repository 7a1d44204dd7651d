package dev.dormouse.router;

import io.vertx.core.AsyncResult;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.HostAndPort;
import org.jspecify.annotations.Nullable;

/** One try to have a request answered at one backend. */
final class Attempt {

    private final LoopScope scope;
    private final Exchange exchange;
    private final Backend backend;
    private final boolean upgrade;
    private final boolean grpc;
    private Backends.@Nullable Line line;
    private @Nullable HttpClientRequest request;
    private final long begunAt = System.nanoTime();
    private boolean over;
    private boolean sent;
    private long sentAt;

    Attempt(LoopScope scope, Exchange exchange, Backend backend) {
        this.scope = scope;
        this.exchange = exchange;
        this.backend = backend;
        this.upgrade = ProxyHeaders.isUpgrade(exchange.request());
        this.grpc = ProxyHeaders.isGrpc(exchange.request());
    }

    void start() {
        RequestOptions options = new RequestOptions()
                .setMethod(exchange.request().method())
                .setURI(exchange.target().uri());
        scope.backends().request(backend, options, grpc).onComplete(connected -> {
            if (over) {
                if (connected.succeeded()) {
                    // not a byte of it was sent: the connection stays good
                    connected.result().reset();
                }
            } else if (connected.failed()) {
                over = true;
                exchange.unreachable(this);
            } else {
                send(connected.result());
            }
        });
    }

    private void send(HttpClientRequest toActor) {
        request = toActor;
        line = scope.backends().take(toActor);
        HttpServerRequest fromClient = exchange.request();
        String authority = exchange.target().authority();
        ProxyHeaders.request(fromClient, authority, toActor.headers());
        toActor.exceptionHandler(_ -> broke());
        if (upgrade) {
            ProxyHeaders.upgrade(fromClient.headers(), toActor.headers());
            whenSent();
            toActor.connect().onComplete(this::answered);
        } else {
            if (grpc) {
                toActor.authority(HostAndPort.parseAuthority(authority, -1));
            }
            toActor.response().onComplete(this::answered);
            exchange.body().sendTo(toActor, this::whenSent);
        }
        exchange.handedOver();
    }

    private void whenSent() {
        sent = true;
        sentAt = System.nanoTime();
    }

    private void answered(AsyncResult<HttpClientResponse> answer) {
        if (over) {
            return;
        }
        if (answer.failed()) {
            broke();
        } else if (upgrade && answer.result().statusCode() == 101) {
            exchange.upgraded(answer.result());
        } else {
            exchange.answered(answer.result());
        }
    }

    private void broke() {
        if (!over) {
            exchange.brokeOff(this);
        }
    }

    /** Ends it whatever its state: an answer that is under way is cut off and its connection closed, so that nobody gets the rest. */
    void abandon() {
        if (!over) {
            over = true;
            if (request != null) {
                request.reset();
            }
            release();
        }
    }

    /** The answer is complete: the connection is free for the next request. */
    void completed() {
        over = true;
        release();
    }

    /** The connection became a tunnel and is now closed. */
    void tunnelClosed() {
        over = true;
        if (line != null) {
            scope.backends().forget(line);
        }
    }

    private void release() {
        if (line != null) {
            scope.backends().done(line);
        }
    }

    Backend backend() {
        return backend;
    }

    /** True when the actor may just have closed the connection for being idle. */
    boolean onUsedLine() {
        return line != null && line.wasUsed();
    }

    /** True when its actor has been at work on it since before then. */
    boolean holdsActorSince(long nanoTime) {
        return !over && begunAt - nanoTime <= 0;
    }

    /** True when the whole request was sent longer ago than the limit. gRPC streams may be silent for ever. */
    boolean overdue(long now, long limitNanos) {
        return sent && !grpc && now - sentAt > limitNanos;
    }
}
