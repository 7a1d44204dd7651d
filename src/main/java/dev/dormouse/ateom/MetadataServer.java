package dev.dormouse.ateom;

import dev.dormouse.platform.Code;
import dev.dormouse.platform.Problem;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What an actor can ask about itself, over HTTP at its gateway: {@code GET /v1/self} and {@code POST /v1/self:suspend}. Only the
 * actor of the slot reaches this address, so who asks needs no further proof.
 */
final class MetadataServer implements AutoCloseable {

    private static final int IDLE_SECONDS = 30;
    private static final int START_SECONDS = 10;

    private final HttpServer server;
    private volatile Supplier<@Nullable Activation> activation = () -> null;
    private volatile Runnable changed = () -> {};

    private MetadataServer(HttpServer server) {
        this.server = server;
    }

    /** Listens on a free port of the address. Blocks. */
    static MetadataServer listen(Vertx vertx, String address) throws InterruptedException {
        HttpServerOptions options = new HttpServerOptions()
                .setHost(address)
                .setPort(0)
                .setIdleTimeout(IDLE_SECONDS)
                .setMaxHeaderSize(8192);
        MetadataServer metadata = new MetadataServer(vertx.createHttpServer(options));
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
        boolean look = request.method() == HttpMethod.GET && "/v1/self".equals(request.path());
        boolean suspend = request.method() == HttpMethod.POST && "/v1/self:suspend".equals(request.path());
        if (self == null || !(look || suspend)) {
            notFound(request);
        } else if (look) {
            answer(request, 200, "application/json", describe(self).encode());
        } else if (!ToldPolicy.maySuspend(self.workload())) {
            Problem problem = Problem.of(
                    Code.PERMISSION_DENIED, "This actor's template doesn't let it suspend itself: spec.policy.self.");
            answer(request, problem.status(), Problem.MEDIA_TYPE, problem.json());
        } else {
            self.requestSuspend();
            changed.run();
            answer(
                    request,
                    202,
                    "application/json",
                    new JsonObject().put("suspendRequested", true).encode());
        }
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

    private static void notFound(HttpServerRequest request) {
        Problem problem = Problem.of(Code.NOT_FOUND, "This service knows GET /v1/self and POST /v1/self:suspend.");
        answer(request, problem.status(), Problem.MEDIA_TYPE, problem.json());
    }

    private static void answer(HttpServerRequest request, int status, String type, String body) {
        request.response().setStatusCode(status).putHeader("Content-Type", type).end(body);
    }

    @Override
    public void close() {
        server.close();
    }
}
