package dev.dormouse.ateom;

import dev.dormouse.ateom.wire.ActivateRequest;
import dev.dormouse.ateom.wire.ActivateResponse;
import dev.dormouse.ateom.wire.Ateom;
import dev.dormouse.ateom.wire.CheckpointRequest;
import dev.dormouse.ateom.wire.CheckpointResponse;
import dev.dormouse.ateom.wire.ConfigureRequest;
import dev.dormouse.ateom.wire.ConfigureResponse;
import dev.dormouse.ateom.wire.DiscardRequest;
import dev.dormouse.ateom.wire.DiscardResponse;
import dev.dormouse.ateom.wire.DropLocalRequest;
import dev.dormouse.ateom.wire.DropLocalResponse;
import dev.dormouse.ateom.wire.OpenPortRequest;
import dev.dormouse.ateom.wire.OpenPortResponse;
import dev.dormouse.ateom.wire.PrepareRequest;
import dev.dormouse.ateom.wire.PrepareResponse;
import dev.dormouse.ateom.wire.PromoteRequest;
import dev.dormouse.ateom.wire.ReadLogRequest;
import dev.dormouse.ateom.wire.ReadLogResponse;
import dev.dormouse.platform.BearerToken;
import io.quarkus.grpc.GrpcService;
import io.quarkus.grpc.RegisterInterceptor;
import io.smallrye.mutiny.Uni;
import java.util.function.Function;

/** The worker agent for its callers: over the network, or in this process where a server has an ateom as its guest. */
@GrpcService
@RegisterInterceptor(AteomGate.class)
@RegisterInterceptor(BearerToken.class)
class AteomGrpcService implements Ateom {

    private final AteomProcess process;

    AteomGrpcService(AteomProcess process) {
        this.process = process;
    }

    @Override
    public Uni<ConfigureResponse> configure(ConfigureRequest request) {
        return serve(ateom -> ateom.configure(request));
    }

    @Override
    public Uni<PrepareResponse> prepare(PrepareRequest request) {
        return serve(ateom -> ateom.prepare(request));
    }

    @Override
    public Uni<ActivateResponse> activate(ActivateRequest request) {
        return serve(ateom -> ateom.activate(request));
    }

    @Override
    public Uni<CheckpointResponse> checkpoint(CheckpointRequest request) {
        return serve(ateom -> ateom.checkpoint(request));
    }

    @Override
    public Uni<DiscardResponse> discard(DiscardRequest request) {
        return serve(ateom -> ateom.discard(request));
    }

    @Override
    public Uni<OpenPortResponse> openPort(OpenPortRequest request) {
        return serve(ateom -> ateom.openPort(request));
    }

    @Override
    public Uni<CheckpointResponse> promote(PromoteRequest request) {
        return serve(ateom -> ateom.promote(request));
    }

    @Override
    public Uni<DropLocalResponse> dropLocal(DropLocalRequest request) {
        return serve(ateom -> ateom.dropLocal(request));
    }

    @Override
    public Uni<ReadLogResponse> readLog(ReadLogRequest request) {
        return serve(ateom -> ateom.readLog(request));
    }

    private <T> Uni<T> serve(Function<Ateom, Uni<T>> call) {
        return process.service(BearerToken.ofThisCall()).chain(call::apply);
    }
}
