package dev.dormouse.worker;

import dev.dormouse.ateom.wire.Ateom;
import dev.dormouse.ateom.wire.AteomClient;
import dev.dormouse.platform.BearerToken;
import dev.dormouse.platform.DormouseConfig;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.quarkus.grpc.GrpcService;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * The way to ateom: one connection per process, or the bean itself where it runs in this process. Every call has a time limit; one
 * that is not answered fails with {@link io.grpc.StatusRuntimeException} or {@link io.smallrye.mutiny.TimeoutException}, and whether it
 * was carried out is then unknown.
 */
@ApplicationScoped
public class Ateoms {

    private static final Duration KEEPALIVE = Duration.ofSeconds(5);
    private static final Duration KEEPALIVE_ANSWER = Duration.ofSeconds(3);
    private static final int BIGGEST_MESSAGE = 4 << 20;

    private final BiFunction<AteomRef, Duration, Ateom> target;
    private final Function<UUID, String> keys;
    private final Map<AteomRef, ManagedChannel> channels = new ConcurrentHashMap<>();
    private final Map<AteomRef, AteomClient> clients = new ConcurrentHashMap<>();
    private final EventLoopGroup threads = new NioEventLoopGroup(1);
    private final boolean limitedByCaller;

    @Inject
    public Ateoms(DormouseConfig config, CommandKeys keys, @GrpcService Instance<Ateom> here) {
        this.limitedByCaller = config.standalone().inProcess();
        this.keys = keys::of;
        this.target = limitedByCaller ? (ateom, limit) -> here.get() : this::remote;
    }

    /** @param known gives the ateom at an address; for those that need no connection */
    public Ateoms(Function<String, Ateom> known) {
        this.limitedByCaller = true;
        this.keys = UUID::toString;
        this.target = (ateom, limit) -> known.apply(ateom.address());
    }

    /**
     * Calls an ateom, on this thread; answers come on a thread of the connection.
     *
     * @param limit until when it must have answered
     */
    public <A> Uni<A> call(AteomRef ateom, Duration limit, Function<Ateom, Uni<A>> call) {
        Uni<A> answer = call.apply(target.apply(ateom, limit));
        return limitedByCaller ? answer.ifNoItem().after(limit).fail() : answer;
    }

    /** Closes the connections to all but these. */
    void retain(Collection<AteomRef> ateoms) {
        for (AteomRef ateom : channels.keySet()) {
            if (!ateoms.contains(ateom)) {
                clients.remove(ateom);
                ManagedChannel channel = channels.remove(ateom);
                if (channel != null) {
                    // calls under way end in their own time
                    channel.shutdown();
                }
            }
        }
    }

    private Ateom remote(AteomRef ateom, Duration limit) {
        AteomClient client = clients.computeIfAbsent(ateom, this::connect);
        return client.newInstanceWithStub(client.getStub().withDeadlineAfter(limit.toMillis(), TimeUnit.MILLISECONDS));
    }

    private AteomClient connect(AteomRef ateom) {
        ManagedChannel channel = channels.computeIfAbsent(ateom, this::open);
        Metadata key = new Metadata();
        BearerToken.put(key, keys.apply(ateom.id()));
        return new AteomClient(
                "ateom",
                channel,
                (name, stub) -> stub.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(key)));
    }

    private ManagedChannel open(AteomRef ateom) {
        return NettyChannelBuilder.forTarget(ateom.address())
                .usePlaintext()
                .directExecutor()
                .eventLoopGroup(threads)
                .channelType(NioSocketChannel.class)
                .maxInboundMessageSize(BIGGEST_MESSAGE)
                .keepAliveTime(KEEPALIVE.toMillis(), TimeUnit.MILLISECONDS)
                .keepAliveTimeout(KEEPALIVE_ANSWER.toMillis(), TimeUnit.MILLISECONDS)
                .build();
    }

    @PreDestroy
    void close() {
        channels.values().forEach(ManagedChannel::shutdownNow);
        threads.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
}
