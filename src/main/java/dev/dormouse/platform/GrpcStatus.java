package dev.dormouse.platform;

import dev.dormouse.name.InvalidNameException;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import org.jspecify.annotations.Nullable;

/** What a caller of gRPC reads when a call fails: the code and the sentence that REST would give in a {@link Problem}. */
public final class GrpcStatus {

    private GrpcStatus() {}

    /** Anything but a {@link Failure}, a bad name and a status is logged and INTERNAL without its message. */
    public static StatusRuntimeException of(@Nullable Throwable error) {
        return switch (error) {
            case StatusRuntimeException status -> status;
            case Failure failure -> status(failure.code(), failure.detail());
            case InvalidNameException badName -> status(Code.INVALID_ARGUMENT, String.valueOf(badName.getMessage()));
            case null, default -> status(Code.INTERNAL, Problem.of(error).detail());
        };
    }

    private static StatusRuntimeException status(Code code, String detail) {
        return Status.fromCode(Status.Code.valueOf(code.name()))
                .withDescription(detail)
                .asRuntimeException();
    }
}
