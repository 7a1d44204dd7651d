package dev.dormouse.ateapi;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** Around every call: tells the client how long the server took, and the span of the HTTP request which call it is and how it ended. */
@ApplicationScoped
class CallEdge implements ServerInterceptor {

    private static final Metadata.Key<String> ELAPSED =
            Metadata.Key.of("x-server-elapsed-us", Metadata.ASCII_STRING_MARSHALLER);

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        long begun = System.nanoTime();
        Span span = Span.current();
        describe(span, call.getMethodDescriptor());
        return next.startCall(
                new SimpleForwardingServerCall<>(call) {
                    @Override
                    public void close(Status status, Metadata trailers) {
                        trailers.put(ELAPSED, String.valueOf(TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - begun)));
                        conclude(span, status);
                        super.close(status, trailers);
                    }
                },
                headers);
    }

    private static void describe(Span span, MethodDescriptor<?, ?> method) {
        span.updateName(method.getFullMethodName());
        span.setAttribute("rpc.system", "grpc");
        span.setAttribute("rpc.service", Objects.requireNonNull(method.getServiceName()));
        span.setAttribute("rpc.method", Objects.requireNonNull(method.getBareMethodName()));
    }

    private static void conclude(Span span, Status status) {
        span.setAttribute("rpc.grpc.status_code", status.getCode().value());
        // of the others the client is the cause, as with HTTP's 4xx
        switch (status.getCode()) {
            case UNKNOWN, DEADLINE_EXCEEDED, UNIMPLEMENTED, INTERNAL, UNAVAILABLE, DATA_LOSS ->
                span.setStatus(StatusCode.ERROR, Objects.requireNonNullElse(status.getDescription(), ""));
            default -> {}
        }
    }
}
