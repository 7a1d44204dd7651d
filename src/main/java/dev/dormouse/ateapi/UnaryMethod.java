package dev.dormouse.ateapi;

import com.google.protobuf.Message;
import dev.dormouse.access.Credentials;
import dev.dormouse.ateapi.v008.wire.GetActorResponse;
import dev.dormouse.platform.ApiEra;
import dev.dormouse.platform.GrpcStatus;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCallHandler;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.smallrye.mutiny.Uni;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.function.BiFunction;

/**
 * One method whose request is read by its handler, for only its bytes tell which era's it is. When the client goes away, what the
 * call began goes on.
 */
record UnaryMethod(
        MethodDescriptor<byte[], Message> descriptor, BiFunction<Credentials, byte[], Uni<Message>> handler) {

    /** @param service {@code package.Service} */
    static UnaryMethod of(String service, String method, BiFunction<Credentials, byte[], Uni<Message>> handler) {
        // a server only writes answers, and writes any message the same
        return new UnaryMethod(
                MethodDescriptor.<byte[], Message>newBuilder()
                        .setType(MethodType.UNARY)
                        .setFullMethodName(MethodDescriptor.generateFullMethodName(service, method))
                        .setRequestMarshaller(new Bytes())
                        .setResponseMarshaller(ProtoUtils.<Message>marshaller(GetActorResponse.getDefaultInstance()))
                        .build(),
                handler);
    }

    /** A service that has nothing but these methods, described in the shapes of an era. */
    static ServerServiceDefinition service(String name, ApiEra era, List<UnaryMethod> methods) {
        ServiceDescriptor.Builder descriptor =
                ServiceDescriptor.newBuilder(name).setSchemaDescriptor(Schema.of(era));
        methods.forEach(method -> descriptor.addMethod(method.descriptor()));
        ServerServiceDefinition.Builder service = ServerServiceDefinition.builder(descriptor.build());
        methods.forEach(method -> service.addMethod(method.descriptor(), method.calls()));
        return service.build();
    }

    ServerCallHandler<byte[], Message> calls() {
        return (call, headers) -> {
            Credentials credentials = Credentials.of(call, headers);
            return ServerCalls.<byte[], Message>asyncUnaryCall((request, answer) -> serve(credentials, request, answer))
                    .startCall(call, headers);
        };
    }

    private void serve(Credentials credentials, byte[] request, StreamObserver<Message> answer) {
        // that there is one keeps an answer to a client that is gone from being a failure
        ((ServerCallStreamObserver<Message>) answer).setOnCancelHandler(() -> {});
        Uni.createFrom()
                .deferred(() -> handler.apply(credentials, request))
                .subscribe()
                .with(
                        message -> {
                            answer.onNext(message);
                            answer.onCompleted();
                        },
                        failure -> answer.onError(GrpcStatus.of(failure)));
    }

    private record Bytes() implements Marshaller<byte[]> {

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
    }
}
