package dev.dormouse.ateapi;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.MethodDescriptorProto;
import com.google.protobuf.DescriptorProtos.ServiceDescriptorProto;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;
import dev.dormouse.ateapi.v008.wire.Ateapi;
import dev.dormouse.ateapi.v009.wire.AteapiV009;
import dev.dormouse.platform.ApiEra;
import io.grpc.protobuf.ProtoFileDescriptorSupplier;

/** What reflection shows: the messages of the era that is answered, under the names that clients know. */
record Schema(FileDescriptor file) implements ProtoFileDescriptorSupplier {

    static Schema of(ApiEra era) {
        return new Schema(
                switch (era) {
                    case V0_0_6, V0_0_8 -> Ateapi.getDescriptor();
                    case V0_0_9 -> renamed(AteapiV009.getDescriptor());
                });
    }

    @Override
    public FileDescriptor getFileDescriptor() {
        return file;
    }

    /** protoc takes a package once, so in its file this era has another than on the wire. */
    private static FileDescriptor renamed(FileDescriptor described) {
        String from = "." + described.getPackage() + ".";
        String to = "." + Ateapi.getDescriptor().getPackage() + ".";
        FileDescriptorProto.Builder file = described.toProto().toBuilder()
                .setName(Ateapi.getDescriptor().getName())
                .setPackage(Ateapi.getDescriptor().getPackage());
        file.getMessageTypeBuilderList().forEach(message -> rename(message, from, to));
        for (ServiceDescriptorProto.Builder service : file.getServiceBuilderList()) {
            for (MethodDescriptorProto.Builder method : service.getMethodBuilderList()) {
                method.setInputType(method.getInputType().replace(from, to));
                method.setOutputType(method.getOutputType().replace(from, to));
            }
        }
        try {
            return FileDescriptor.buildFrom(
                    file.build(), described.getDependencies().toArray(FileDescriptor[]::new));
        } catch (DescriptorValidationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void rename(DescriptorProto.Builder message, String from, String to) {
        message.getFieldBuilderList().stream()
                .filter(FieldDescriptorProto.Builder::hasTypeName)
                .forEach(field -> field.setTypeName(field.getTypeName().replace(from, to)));
        message.getNestedTypeBuilderList().forEach(nested -> rename(nested, from, to));
    }
}
