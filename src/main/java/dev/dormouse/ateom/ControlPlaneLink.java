package dev.dormouse.ateom;

import dev.dormouse.ateom.wire.ActorIdentityClient;
import dev.dormouse.ateom.wire.WorkerRegistryClient;
import dev.dormouse.platform.BearerToken;
import dev.dormouse.platform.DormouseConfig;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The connection to the control plane: over TLS where its CA is given, with the token of this ateom where it has one. */
final class ControlPlaneLink implements AutoCloseable {

    private static final String NAME = "control-plane";

    private final ManagedChannel channel;
    private final ControlPlane services;

    private ControlPlaneLink(ManagedChannel channel) {
        this.channel = channel;
        this.services = new ControlPlane(
                new WorkerRegistryClient(NAME, channel, (name, stub) -> stub),
                new ActorIdentityClient(NAME, channel, (name, stub) -> stub));
    }

    /**
     * Connects when it is used first.
     *
     * @throws IllegalStateException when the CA can't be used
     */
    static ControlPlaneLink open(DormouseConfig.Ateom config) {
        NettyChannelBuilder builder = NettyChannelBuilder.forTarget(config.controlPlane());
        Optional<String> ca = config.controlPlaneCa();
        if (ca.isEmpty()) {
            builder.usePlaintext();
        } else {
            try {
                builder.sslContext(GrpcSslContexts.forClient()
                        .trustManager(new ByteArrayInputStream(ca.get().getBytes(StandardCharsets.US_ASCII)))
                        .build());
            } catch (IOException | IllegalArgumentException e) {
                throw new IllegalStateException(
                        "dormouse.ateom.control-plane-ca can't be read as certificates in PEM: " + e.getMessage(), e);
            }
        }
        config.token().ifPresent(file -> builder.intercept(new Token(file)));
        return new ControlPlaneLink(builder.build());
    }

    ControlPlane services() {
        return services;
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }

    /** Kubernetes replaces the file before the token in it expires. */
    private record Token(Path file) implements ClientInterceptor {

        @Override
        public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
            return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
                @Override
                public void start(Listener<A> listener, Metadata headers) {
                    BearerToken.put(headers, read(file));
                    super.start(listener, headers);
                }
            };
        }
    }

    /** What is in a file with a token now. */
    static String read(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new UncheckedIOException("the token of this ateom can't be read: " + e.getMessage(), e);
        }
    }
}
