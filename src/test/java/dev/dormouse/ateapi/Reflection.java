package dev.dormouse.ateapi;

import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.FileDescriptor;
import io.grpc.Channel;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.reflection.v1.ServiceResponse;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Asks a server what it serves, as grpcurl does. */
public final class Reflection {

    private Reflection() {}

    public static List<String> services(Channel channel) throws Exception {
        return ask(
                        channel,
                        ServerReflectionRequest.newBuilder().setListServices("").build())
                .getListServicesResponse()
                .getServiceList()
                .stream()
                .map(ServiceResponse::getName)
                .toList();
    }

    /** The file that describes a symbol, built of nothing but what the server told. */
    public static FileDescriptor file(Channel channel, String symbol) throws Exception {
        var response = ask(
                        channel,
                        ServerReflectionRequest.newBuilder()
                                .setFileContainingSymbol(symbol)
                                .build())
                .getFileDescriptorResponse();
        Map<String, FileDescriptorProto> files = new LinkedHashMap<>();
        for (ByteString bytes : response.getFileDescriptorProtoList()) {
            FileDescriptorProto file = FileDescriptorProto.parseFrom(bytes);
            files.put(file.getName(), file);
        }
        return build(files.values().iterator().next(), files);
    }

    private static FileDescriptor build(FileDescriptorProto file, Map<String, FileDescriptorProto> files)
            throws Exception {
        List<FileDescriptor> dependencies = new ArrayList<>();
        for (String dependency : file.getDependencyList()) {
            dependencies.add(build(files.get(dependency), files));
        }
        return FileDescriptor.buildFrom(file, dependencies.toArray(FileDescriptor[]::new));
    }

    private static ServerReflectionResponse ask(Channel channel, ServerReflectionRequest question) throws Exception {
        CompletableFuture<ServerReflectionResponse> answer = new CompletableFuture<>();
        var questions = ServerReflectionGrpc.newStub(channel).serverReflectionInfo(new StreamObserver<>() {
            @Override
            public void onNext(ServerReflectionResponse response) {
                answer.complete(response);
            }

            @Override
            public void onError(Throwable failure) {
                answer.completeExceptionally(failure);
            }

            @Override
            public void onCompleted() {
                answer.completeExceptionally(new AssertionError("no answer"));
            }
        });
        questions.onNext(question);
        try {
            return answer.get(30, TimeUnit.SECONDS);
        } finally {
            questions.onCompleted();
        }
    }
}
