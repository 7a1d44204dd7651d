package dev.dormouse.platform;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The token that a gRPC call carries in its {@code authorization} header; never log it. */
@ApplicationScoped
public class BearerToken implements ServerInterceptor {

    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
    private static final Context.Key<String> TOKEN = Context.key("bearer-token");
    private static final String SCHEME = "Bearer ";

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        return Contexts.interceptCall(Context.current().withValue(TOKEN, in(headers)), call, headers, next);
    }

    /** Null when there is none. */
    public static @Nullable String in(Metadata headers) {
        return in(headers.get(AUTHORIZATION));
    }

    /**
     * Null when it holds none.
     *
     * @param header the value of {@code Authorization}; null without one
     */
    public static @Nullable String in(@Nullable String header) {
        return header != null && header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
                ? header.substring(SCHEME.length()).strip()
                : null;
    }

    /** That of the call on this thread; empty when it has none. Ask before the first asynchronous step. */
    public static Optional<String> ofThisCall() {
        return Optional.ofNullable(TOKEN.get());
    }

    /** Does something within this process as a call that carries the token. */
    public static <T> T showing(String token, Supplier<T> call) {
        Context shown = Context.current().withValue(TOKEN, token);
        Context before = shown.attach();
        try {
            return call.get();
        } finally {
            shown.detach(before);
        }
    }

    /** Puts a token into the headers of a call to be made. */
    public static void put(Metadata headers, String token) {
        headers.put(AUTHORIZATION, SCHEME + token);
    }
}
