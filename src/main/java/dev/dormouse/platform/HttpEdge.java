package dev.dormouse.platform;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.quarkus.runtime.configuration.MemorySize;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Gives a {@link Problem} to what ends before REST sees it: bodies that are too large, paths that can't be decoded. */
@ApplicationScoped
class HttpEdge {

    // Quarkus refuses large bodies at -2, without a word
    private static final int BEFORE_UPLOAD_LIMIT = -3;

    private static final int LONGEST_URI = 8192;

    private final long maxBody;

    HttpEdge(@ConfigProperty(name = "quarkus.http.limits.max-body-size") Optional<MemorySize> maxBody) {
        this.maxBody = maxBody.map(MemorySize::asLongValue).orElse(Long.MAX_VALUE);
    }

    void install(@Observes Router router) {
        router.route().order(BEFORE_UPLOAD_LIMIT).handler(this::refuseTooLarge);
        // before the framework's own, which answers without a body
        router.route().order(Integer.MIN_VALUE).failureHandler(HttpEdge::explain);
    }

    private static void explain(RoutingContext context) {
        int status = context.statusCode();
        if (status >= 400 && status < 500) {
            answer(context, HttpRefusal.problem(status));
        } else {
            answer(context, ProblemMappers.internal(context.failure()));
        }
    }

    private void refuseTooLarge(RoutingContext context) {
        if (context.request().uri().length() > LONGEST_URI) {
            answer(context, HttpRefusal.problem(414));
        } else if (declaredLength(context) > maxBody) {
            // the rest of the body is not worth reading
            context.response().putHeader(HttpHeaderNames.CONNECTION, HttpHeaders.CLOSE);
            answer(context, HttpRefusal.problem(413));
        } else {
            context.next();
        }
    }

    private static long declaredLength(RoutingContext context) {
        String length = context.request().getHeader(HttpHeaders.CONTENT_LENGTH);
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
