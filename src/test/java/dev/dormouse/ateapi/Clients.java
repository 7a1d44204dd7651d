package dev.dormouse.ateapi;

import com.google.protobuf.ByteString;
import dev.dormouse.platform.Code;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.function.Executable;

/** Generated clients of each era on one connection, and one that sends whatever bytes it is given. */
public final class Clients implements AutoCloseable {

    private static final String SERVICE = "ateapi.Control/";

    private final ManagedChannel channel;
    private final AtomicReference<Metadata> trailers = new AtomicReference<>();
    private final AtomicReference<Metadata> headers = new AtomicReference<>();
    private final Channel watched;

    /** Without TLS. */
    public Clients(String host, int port) {
        this(NettyChannelBuilder.forAddress(host, port).usePlaintext());
    }

    /** @param ca a file in PEM: whose certificates to believe */
    public static Clients withTls(String host, int port, Path ca) throws IOException {
        return new Clients(NettyChannelBuilder.forAddress(host, port)
                .sslContext(
                        GrpcSslContexts.forClient().trustManager(ca.toFile()).build()));
    }

    private Clients(NettyChannelBuilder connection) {
        this(connection.maxInboundMessageSize(64 << 20).build(), new Metadata());
    }

    private Clients(ManagedChannel channel, Metadata sent) {
        this.channel = channel;
        this.watched = ClientInterceptors.intercept(
                channel,
                MetadataUtils.newAttachHeadersInterceptor(sent),
                MetadataUtils.newCaptureMetadataInterceptor(headers, trailers));
    }

    /** Others on the same connection, whose calls say who sends them. */
    public Clients calledWith(String bearerToken) {
        return with("authorization", "Bearer " + bearerToken);
    }

    /** Others on the same connection, whose calls have this, too. */
    public Clients with(String name, String value) {
        Metadata sent = new Metadata();
        sent.put(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER), value);
        return new Clients(channel, sent);
    }

    public dev.dormouse.ateapi.v006.wire.ControlGrpc.ControlBlockingStub v006() {
        return dev.dormouse.ateapi.v006.wire.ControlGrpc.newBlockingStub(asOnTheWire())
                .withDeadlineAfter(30, TimeUnit.SECONDS);
    }

    public dev.dormouse.ateapi.v008.wire.ControlGrpc.ControlBlockingStub v008() {
        return dev.dormouse.ateapi.v008.wire.ControlGrpc.newBlockingStub(watched)
                .withDeadlineAfter(30, TimeUnit.SECONDS);
    }

    public dev.dormouse.ateapi.v008.wire.ControlGrpc.ControlFutureStub v008Later() {
        return dev.dormouse.ateapi.v008.wire.ControlGrpc.newFutureStub(watched).withDeadlineAfter(30, TimeUnit.SECONDS);
    }

    public dev.dormouse.ateapi.v009.wire.ControlGrpc.ControlBlockingStub v009() {
        return dev.dormouse.ateapi.v009.wire.ControlGrpc.newBlockingStub(asOnTheWire())
                .withDeadlineAfter(30, TimeUnit.SECONDS);
    }

    /** With what its calls are told to have. */
    public Channel watched() {
        return watched;
    }

    public Channel channel() {
        return channel;
    }

    /** What came behind the last answer. */
    public Metadata trailers() {
        return trailers.get();
    }

    /** The answer to a request of any bytes. */
    public byte[] raw(String method, byte[] request) {
        return ClientCalls.blockingUnaryCall(
                watched,
                descriptor(SERVICE + method),
                CallOptions.DEFAULT.withDeadlineAfter(30, TimeUnit.SECONDS),
                request);
    }

    public byte[] raw(String method, ByteString request) {
        return raw(method, request.toByteArray());
    }

    /** The description with which a call is refused, after checking the code. */
    public static String refusal(Code code, Executable call) {
        try {
            call.execute();
        } catch (StatusRuntimeException e) {
            if (!e.getStatus().getCode().name().equals(code.name())) {
                throw new AssertionError("another code than " + code, e);
            }
            return String.valueOf(e.getStatus().getDescription());
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
        throw new AssertionError("it was carried out");
    }

    /** In files of protocols each era has a package of its own. */
    private Channel asOnTheWire() {
        return new Channel() {
            @Override
            public <Q, A> ClientCall<Q, A> newCall(MethodDescriptor<Q, A> method, CallOptions options) {
                return watched.newCall(
                        method.toBuilder()
                                .setFullMethodName(SERVICE + method.getBareMethodName())
                                .build(),
                        options);
            }

            @Override
            public String authority() {
                return watched.authority();
            }
        };
    }

    static MethodDescriptor<byte[], byte[]> descriptor(String fullName) {
        Marshaller<byte[]> bytes = new Marshaller<>() {
            @Override
            public InputStream stream(byte[] value) {
                return new ByteArrayInputStream(value);
            }

            @Override
            public byte[] parse(InputStream stream) {
                try {
                    return stream.readAllBytes();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        };
        return MethodDescriptor.<byte[], byte[]>newBuilder()
                .setType(MethodType.UNARY)
                .setFullMethodName(fullName)
                .setRequestMarshaller(bytes)
                .setResponseMarshaller(bytes)
                .build();
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
