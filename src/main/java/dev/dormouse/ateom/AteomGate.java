package dev.dormouse.ateom;

import dev.dormouse.platform.DormouseConfig;
import dev.dormouse.platform.DormouseConfig.Role;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import jakarta.enterprise.context.ApplicationScoped;

/** Keeps ateom's commands off the network of a server: an ateom in its process is for callers in that process only. */
@ApplicationScoped
class AteomGate implements ServerInterceptor {

    private final DormouseConfig config;

    AteomGate(DormouseConfig config) {
        this.config = config;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        if (config.role() == Role.ATEOM) {
            return next.startCall(call, headers);
        }
        call.close(Status.UNIMPLEMENTED.withDescription("this is no worker agent"), new Metadata());
        return new ServerCall.Listener<>() {};
    }
}
