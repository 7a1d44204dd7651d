package dev.dormouse.ateom;

import dev.dormouse.platform.Code;
import dev.dormouse.platform.Problem;
import io.grpc.Status;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What an actor can ask about itself, over HTTP at its gateway: {@code GET /v1/self}, {@code POST /v1/self:suspend}, and
 * {@code GET /v1/self/token}. Only the actor of the slot reaches this address, so who asks needs no further proof.
 */
final class MetadataServer implements AutoCloseable {

    private static final int IDLE_SECONDS = 30;
    private static final int START_SECONDS = 10;
    /** Who can make the actor fetch an address of his choice can't make it send this, and must not get a token. */
    private static final String ON_PURPOSE = "Metadata-Flavor";

    private static final String FLAVOR = "ate";

    private final Vertx vertx;
    private final IdentityTokens tokens;
    private final HttpServer server;
    private volatile Supplier<@Nullable Activation> activation = () -> null;
    private volatile Runnable changed = () -> {};

    private MetadataServer(Vertx vertx, IdentityTokens tokens, HttpServer server) {
        this.vertx = vertx;
        this.tokens = tokens;
        this.server = server;
    }

    /** Listens on a free port of the address. Blocks. */
    static MetadataServer listen(Vertx vertx, String address, IdentityTokens tokens) throws InterruptedException {
        HttpServerOptions options = new HttpServerOptions()
                .setHost(address)
                .setPort(0)
                .setIdleTimeout(IDLE_SECONDS)
                .setMaxHeaderSize(8192);
        MetadataServer metadata = new MetadataServer(vertx, tokens, vertx.createHttpServer(options));
        try {
            metadata.server
                    .requestHandler(metadata::handle)
                    .listen()
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(START_SECONDS, TimeUnit.SECONDS);
            return metadata;
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("the metadata service can't listen on " + address, e);
        }
    }

    int port() {
        return server.actualPort();
    }

    /**
     * @param present the slot's activation, null when there is none
     * @param onChange told when the actor asked for something
     */
    void serve(Supplier<@Nullable Activation> present, Runnable onChange) {
        this.activation = present;
        this.changed = onChange;
    }

    private void handle(HttpServerRequest request) {
        Activation self = activation.get();
        String wish = request.method() + " " + request.path();
        if (self == null) {
            notFound(request);
            return;
        }
        switch (wish) {
            case "GET /v1/self" -> answer(request, 200, describe(self));
            case "GET /v1/self/token" -> giveToken(request, self);
            case "POST /v1/self:suspend" -> suspend(request, self);
            default -> notFound(request);
        }
    }

    private void suspend(HttpServerRequest request, Activation self) {
        if (!ToldPolicy.maySuspend(self.workload())) {
            refuse(
                    request,
                    Problem.of(
                            Code.PERMISSION_DENIED,
                            "This actor's template doesn't let it suspend itself: spec.policy.self."));
            return;
        }
        self.requestSuspend();
        changed.run();
        answer(request, 202, new JsonObject().put("suspendRequested", true));
    }

    private static JsonObject describe(Activation self) {
        JsonObject template = new JsonObject()
                .put("namespace", self.workload().getTemplateNamespace())
                .put("name", self.workload().getTemplateName());
        return new JsonObject()
                .put("atespace", self.actor().atespace().value())
                .put("id", self.actor().id().value())
                .put("template", template)
                .put("generation", self.generation());
    }

    private void giveToken(HttpServerRequest request, Activation self) {
        if (!FLAVOR.equalsIgnoreCase(request.getHeader(ON_PURPOSE))
                || request.headers().contains("X-Forwarded-For")) {
            refuse(
                    request,
                    Problem.of(
                            Code.PERMISSION_DENIED,
                            "A token is for who sends the header %s: %s, and not through a proxy."
                                    .formatted(ON_PURPOSE, FLAVOR)));
            return;
        }
        Context context = vertx.getOrCreateContext();
        tokens.token(self, request.params().getAll("audience"))
                .emitOn(task -> context.runOnContext(here -> task.run()))
                .subscribe()
                .with(
                        given -> answer(
                                request,
                                200,
                                new JsonObject()
                                        .put("token", given.token())
                                        .put("expiresAt", given.expiresAt().toString())),
                        failure -> refuse(request, problem(failure)));
    }

    private static Problem problem(Throwable failure) {
        Status status = Status.fromThrowable(failure);
        Code code = Arrays.stream(Code.values())
                .filter(known -> known.name().equals(status.getCode().name()))
                .findFirst()
                .orElse(Code.UNAVAILABLE);
        return Problem.of(code, Objects.requireNonNullElse(status.getDescription(), "The control plane failed."));
    }

    private static void notFound(HttpServerRequest request) {
        refuse(
                request,
                Problem.of(
                        Code.NOT_FOUND,
                        "This service knows GET /v1/self, GET /v1/self/token and POST /v1/self:suspend."));
    }

    private static void refuse(HttpServerRequest request, Problem problem) {
        answer(request, problem.status(), Problem.MEDIA_TYPE, problem.json());
    }

    private static void answer(HttpServerRequest request, int status, JsonObject body) {
        answer(request, status, "application/json", body.encode());
    }

    private static void answer(HttpServerRequest request, int status, String type, String body) {
        HttpServerResponse response = request.response();
        // one that took a while may find nobody there
        if (!response.closed()) {
            response.setStatusCode(status)
                    .putHeader("Content-Type", type)
                    .putHeader("Cache-Control", "no-store")
                    .end(body);
        }
    }

    @Override
    public void close() {
        server.close();
    }
}
