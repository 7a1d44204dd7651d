package dev.dormouse.platform;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.quarkus.grpc.GlobalInterceptor;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.impl.ContextInternal;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.spi.Prioritized;
import java.util.Objects;

/**
 * Keeps back answers of gRPC calls whose client cancelled or whose deadline passed. The transport doesn't notice that once a request is
 * whole (eclipse-vertx/vert.x issue 5562), and what it writes to a stream that is gone breaks the connection, with all the other calls
 * on it. What such a call began goes on.
 */
@GlobalInterceptor
@ApplicationScoped
class GoneClients implements ServerInterceptor, Prioritized {

    /** Next to the transport: what others still have to say of a call they do. */
    @Override
    public int getPriority() {
        return Integer.MAX_VALUE;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        ContextInternal context = (ContextInternal) Objects.requireNonNull(Vertx.currentContext());
        RoutingContext request = context.getLocal(RoutingContext.class.getName());
        return next.startCall(new OnOpenStream<>(call, context, request.response()), headers);
    }

    /** Writes on the stream's own thread, which alone knows whether the stream is still there. */
    private static final class OnOpenStream<Q, A> extends SimpleForwardingServerCall<Q, A> {
        private final ContextInternal context;
        private final HttpServerResponse response;

        OnOpenStream(ServerCall<Q, A> call, ContextInternal context, HttpServerResponse response) {
            super(call);
            this.context = context;
            this.response = response;
        }

        @Override
        public void sendHeaders(Metadata headers) {
            write(() -> super.sendHeaders(headers));
        }

        @Override
        public void sendMessage(A message) {
            write(() -> super.sendMessage(message));
        }

        @Override
        public void close(Status status, Metadata trailers) {
            write(() -> super.close(status, trailers));
        }

        private void write(Runnable action) {
            if (context.nettyEventLoop().inEventLoop()) {
                unlessGone(action);
            } else {
                context.runOnContext(on -> unlessGone(action));
            }
        }

        private void unlessGone(Runnable action) {
            if (!response.closed()) {
                action.run();
            }
        }
    }
}
