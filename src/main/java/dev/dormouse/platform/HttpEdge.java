package dev.dormouse.platform;

import io.quarkus.runtime.configuration.MemorySize;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Gives a {@link Problem} to what ends before REST sees it: bodies and paths that are too large, paths that mean another place. */
@ApplicationScoped
class HttpEdge {

    private static final int LONGEST_URI = 8192;

    private final long maxBody;
    private final Handler<RoutingContext> reader;

    HttpEdge(@ConfigProperty(name = "quarkus.http.limits.max-body-size") Optional<MemorySize> maxBody) {
        this.maxBody = maxBody.map(MemorySize::asLongValue).orElse(Long.MAX_VALUE);
        this.reader = BodyHandler.create(false).setBodyLimit(this.maxBody);
    }

    void install(@Observes Router router) {
        // first of all: the framework's own checks answer without a body
        router.route().order(Integer.MIN_VALUE).handler(this::check).failureHandler(HttpEdge::explain);
    }

    private void check(RoutingContext context) {
        HttpServerRequest request = context.request();
        if (request.uri().length() > LONGEST_URI) {
            answer(context, HttpRefusal.problem(414));
            return;
        }
        Optional<String> objection = RequestTarget.objection(request.uri());
        if (objection.isPresent()) {
            answer(context, Problem.of(Code.INVALID_ARGUMENT, objection.get()));
        } else if (declaredLength(request) > maxBody) {
            // the rest of the body is not worth reading
            context.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
            answer(context, HttpRefusal.problem(413));
        } else if (request.getHeader(HttpHeaders.TRANSFER_ENCODING) != null) {
            // without a length only reading tells: at most as much as is taken, and without holding a thread
            reader.handle(context);
        } else {
            context.next();
        }
    }

    private static void explain(RoutingContext context) {
        int status = context.statusCode();
        if (status >= 400 && status < 500) {
            answer(context, HttpRefusal.problem(status));
        } else {
            answer(context, Problem.of(context.failure()));
        }
    }

    private static long declaredLength(HttpServerRequest request) {
        String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        try {
            return length == null ? 0 : Long.parseLong(length);
        } catch (NumberFormatException e) {
            return Long.MAX_VALUE;
        }
    }

    private static void answer(RoutingContext context, Problem problem) {
        if (!context.response().ended() && !context.response().headWritten()) {
            context.response()
                    .setStatusCode(problem.status())
                    .putHeader(HttpHeaders.CONTENT_TYPE, Problem.MEDIA_TYPE)
                    .end(problem.json());
        }
    }
}
