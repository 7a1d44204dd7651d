package dev.dormouse.sim;

import dev.dormouse.ateom.wire.ActivateRequest;
import dev.dormouse.ateom.wire.ActivateResponse;
import dev.dormouse.ateom.wire.CheckpointRequest;
import dev.dormouse.ateom.wire.CheckpointResponse;
import dev.dormouse.ateom.wire.ConfigureRequest;
import dev.dormouse.ateom.wire.ConfigureResponse;
import dev.dormouse.ateom.wire.DiscardRequest;
import dev.dormouse.ateom.wire.DiscardResponse;
import dev.dormouse.ateom.wire.DropLocalRequest;
import dev.dormouse.ateom.wire.DropLocalResponse;
import dev.dormouse.ateom.wire.HeartbeatResponse;
import dev.dormouse.ateom.wire.MutinyAteomGrpc;
import dev.dormouse.ateom.wire.MutinyWorkerRegistryGrpc;
import dev.dormouse.ateom.wire.OpenPortRequest;
import dev.dormouse.ateom.wire.OpenPortResponse;
import dev.dormouse.ateom.wire.PrepareRequest;
import dev.dormouse.ateom.wire.PrepareResponse;
import dev.dormouse.ateom.wire.PromoteRequest;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.smallrye.mutiny.Uni;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** A simulated ateom on the network, for benchmarks of the control plane alone: answers at once and reports each second. */
public final class SimulatedAteomServer implements AutoCloseable {

    private final Server server;
    private final ManagedChannel controlPlane;
    private final ScheduledExecutorService heart = Executors.newSingleThreadScheduledExecutor();

    private SimulatedAteomServer(Server server, ManagedChannel controlPlane) {
        this.server = server;
        this.controlPlane = controlPlane;
    }

    /**
     * Starts to serve on a port of its own and to report to the control plane.
     *
     * @param controlPlane host:port
     * @param make the ateom for the address it is given
     */
    public static SimulatedAteomServer start(String controlPlane, Function<String, SimulatedAteom> make)
            throws IOException {
        Delegate delegate = new Delegate();
        Server server = NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
                .directExecutor()
                .permitKeepAliveTime(1, TimeUnit.SECONDS)
                .permitKeepAliveWithoutCalls(true)
                .addService(delegate)
                .build()
                .start();
        SimulatedAteom ateom = make.apply("127.0.0.1:" + server.getPort());
        delegate.ateom = ateom;
        ManagedChannel channel =
                NettyChannelBuilder.forTarget(controlPlane).usePlaintext().build();
        SimulatedAteomServer started = new SimulatedAteomServer(server, channel);
        started.beat(ateom, Duration.ofSeconds(1));
        return started;
    }

    private void beat(SimulatedAteom ateom, Duration every) {
        var registry = MutinyWorkerRegistryGrpc.newMutinyStub(controlPlane);
        heart.scheduleWithFixedDelay(
                () -> {
                    try {
                        HeartbeatResponse response =
                                registry.heartbeat(ateom.report()).await().atMost(Duration.ofSeconds(5));
                        response.getOrphansList()
                                .forEach(orphan -> ateom.orphan(orphan.getActor(), orphan.getGeneration()));
                    } catch (RuntimeException unheard) {
                        System.err.println("the control plane does not answer: " + unheard.getMessage());
                    }
                },
                0,
                every.toMillis(),
                TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
        heart.shutdownNow();
        server.shutdownNow();
        controlPlane.shutdownNow();
    }

    /** Arguments: control plane (host:port), namespace/pool, number of workers, latency in milliseconds. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        String[] pool = arguments[1].split("/");
        int workers = Integer.parseInt(arguments[2]);
        Duration latency = Duration.ofMillis(Long.parseLong(arguments[3]));
        SimulatedAteomServer server = start(arguments[0], address -> {
            var ateom = new SimulatedAteom(
                    address,
                    "simulated",
                    SimulatedStorage.withEverySnapshot(),
                    List.copyOf(SimulatedAteom.slots(pool[0], pool[1], workers)));
            ateom.latency(latency);
            return ateom;
        });
        System.out.println("simulated ateom at port " + server.server.getPort());
        server.server.awaitTermination();
    }

    /** The wire's base class can't be the ateom itself. */
    private static final class Delegate extends MutinyAteomGrpc.AteomImplBase {
        private volatile SimulatedAteom ateom;

        @Override
        public Uni<ConfigureResponse> configure(ConfigureRequest request) {
            return ateom.configure(request);
        }

        @Override
        public Uni<PrepareResponse> prepare(PrepareRequest request) {
            return ateom.prepare(request);
        }

        @Override
        public Uni<ActivateResponse> activate(ActivateRequest request) {
            return ateom.activate(request);
        }

        @Override
        public Uni<CheckpointResponse> checkpoint(CheckpointRequest request) {
            return ateom.checkpoint(request);
        }

        @Override
        public Uni<DiscardResponse> discard(DiscardRequest request) {
            return ateom.discard(request);
        }

        @Override
        public Uni<OpenPortResponse> openPort(OpenPortRequest request) {
            return ateom.openPort(request);
        }

        @Override
        public Uni<CheckpointResponse> promote(PromoteRequest request) {
            return ateom.promote(request);
        }

        @Override
        public Uni<DropLocalResponse> dropLocal(DropLocalRequest request) {
            return ateom.dropLocal(request);
        }
    }
}
