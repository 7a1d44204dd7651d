package dev.dormouse.router;

import dev.dormouse.name.ActorKey;
import dev.dormouse.platform.Code;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.AbstractVerticle;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.HostAndPort;
import io.vertx.core.tracing.TracingPolicy;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One event loop of the router: takes connections, reads for whom each request is, and follows it with an {@link Exchange}. */
final class RouterLoop extends AbstractVerticle {

    private static final int MAX_REQUEST_LINE = 8 * 1024;
    private static final int CHUNK_SIZE = 64 * 1024;
    private static final int BACKLOG = 1024;

    private final Router router;
    private final ActorHosts hosts;
    private @Nullable LoopScope scope;
    private @Nullable HttpServer server;

    RouterLoop(Router router) {
        this.router = router;
        this.hosts = new ActorHosts(router.settings().domain());
    }

    @Override
    public void start(Promise<Void> started) {
        RouterSettings settings = router.settings();
        LoopScope loop = router.scope(vertx, context);
        scope = loop;
        vertx.setPeriodic(settings.tick().toMillis(), _ -> {
            long now = System.nanoTime();
            loop.open().tick(now);
            loop.connections().tick(now);
        });
        server = vertx.createHttpServer(options(settings))
                .connectionHandler(loop.connections()::opened)
                .invalidRequestHandler(this::invalid)
                .requestHandler(request -> handle(loop, request));
        server.listen().<Void>mapEmpty().onComplete(started);
    }

    private static HttpServerOptions options(RouterSettings settings) {
        return new HttpServerOptions()
                .setHost(settings.host())
                // below zero: one port of the system's choice for all loops, where 0 would be one for each
                .setPort(settings.port() == 0 ? -1 : settings.port())
                .setAcceptBacklog(BACKLOG)
                .setHandle100ContinueAutomatically(false)
                .setMaxHeaderSize(settings.maxHeaderSize())
                .setMaxInitialLineLength(MAX_REQUEST_LINE)
                .setMaxChunkSize(CHUNK_SIZE)
                .setIdleTimeoutUnit(TimeUnit.MILLISECONDS)
                .setIdleTimeout(Math.toIntExact(settings.headTimeout().toMillis()))
                // between client and actor alone: here, the codec would take the compressed frames for its own
                .setPerMessageWebSocketCompressionSupported(false)
                .setPerFrameWebSocketCompressionSupported(false)
                .setTracingPolicy(TracingPolicy.IGNORE);
    }

    private void handle(LoopScope loop, HttpServerRequest request) {
        if (request.method() == HttpMethod.CONNECT) {
            refuse(loop, request, Answers.of(501, Code.UNIMPLEMENTED, "the router opens no tunnels by CONNECT"));
            return;
        }
        if (request.version() == HttpVersion.HTTP_1_1
                && request.headers().getAll(HttpHeaders.HOST).size() > 1) {
            // the actor might heed the other one (RFC 9112, 3.2)
            refuse(loop, request, Answers.of(400, Code.INVALID_ARGUMENT, "the request has more than one Host"));
            return;
        }
        Target target = target(request);
        if (target == null) {
            withoutActor(loop, request);
            return;
        }
        try {
            new Exchange(loop, request, target).start();
        } catch (NumberFormatException _) {
            refuse(loop, request, Answers.of(400, Code.INVALID_ARGUMENT, "Content-Length is no number"));
        }
    }

    /** The target in the request line goes before the Host header where it is absolute (RFC 9112, 3.2.2). */
    private @Nullable Target target(HttpServerRequest request) {
        String authority = authority(request);
        String uri = request.uri();
        if (uri.startsWith("http://")) {
            int path = uri.indexOf('/', "http://".length());
            authority = uri.substring("http://".length(), path < 0 ? uri.length() : path);
            uri = path < 0 ? "/" : uri.substring(path);
        }
        ActorAddress address = hosts.parse(authority);
        return address == null || authority == null ? null : new Target(address, authority, uri);
    }

    private static @Nullable String authority(HttpServerRequest request) {
        if (request.version() != HttpVersion.HTTP_2) {
            return request.headers().get(HttpHeaders.HOST);
        }
        HostAndPort authority = request.authority();
        return authority == null ? null : authority.toString();
    }

    private void withoutActor(LoopScope loop, HttpServerRequest request) {
        if (request.method() == HttpMethod.GET && "/health".equals(request.uri())) {
            request.response().end();
        } else {
            refuse(loop, request, Answers.noActor("the Host names no actor: it must be " + hosts.expected()));
        }
    }

    private static void refuse(LoopScope loop, HttpServerRequest request, Answers.Refusal refusal) {
        Answers.send(request, refusal);
        loop.metrics().ended(Outcome.REFUSED, refusal.problem().status());
    }

    private void invalid(HttpServerRequest request) {
        Throwable cause = request.decoderResult().cause();
        Answers.Refusal refusal = switch (cause) {
            case TooLongHttpLineException _ -> Answers.of(414, Code.INVALID_ARGUMENT, "the URI is too long");
            case TooLongHttpHeaderException _ -> Answers.of(431, Code.INVALID_ARGUMENT, "the headers are too large");
            case TooLongFrameException _ ->
                Answers.of(400, Code.INVALID_ARGUMENT, "a part of the request is too large");
            default -> Answers.of(400, Code.INVALID_ARGUMENT, "the request is not valid HTTP");
        };
        Answers.send(request, refusal);
        router.metrics().ended(Outcome.REFUSED, refusal.problem().status());
        request.connection().close();
    }

    void retire(Backend backend) {
        run(loop -> loop.backends().retire(backend));
    }

    void activationEnded(ActorKey key, long generation) {
        if (openExchanges() > 0) {
            run(loop -> loop.open().activationEnded(key, generation));
        }
    }

    /** Adds the actors with a request open for longer than {@code nanos}; completes when that was done on the loop. */
    Future<Void> collectBusy(long nanos, Set<ActorKey> into) {
        Promise<Void> done = Promise.promise();
        run(loop -> {
            loop.open().collectHeldSince(System.nanoTime() - nanos, into);
            done.complete();
        });
        return done.future();
    }

    void drain() {
        run(loop -> loop.connections().drain());
    }

    private interface Step {
        void on(LoopScope loop);
    }

    private void run(Step step) {
        LoopScope loop = scope;
        if (loop != null) {
            loop.context().runOnContext(_ -> step.on(loop));
        }
    }

    int openExchanges() {
        return scope == null ? 0 : scope.open().count();
    }

    /** The port that is listened at; it differs from the configured one when that is 0. */
    int port() {
        return server == null ? 0 : server.actualPort();
    }
}
