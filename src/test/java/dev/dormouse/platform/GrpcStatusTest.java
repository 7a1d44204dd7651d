package dev.dormouse.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.dormouse.name.ActorId;
import io.grpc.Status;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GrpcStatusTest {

    @ParameterizedTest
    @EnumSource
    void everyCodeKeepsItsNameAndItsSentence(Code code) {
        Status status = GrpcStatus.of(new Failure(code, "look again")).getStatus();

        assertThat(status.getCode().name()).isEqualTo(code.name());
        assertThat(status.getDescription()).isEqualTo("look again");
    }

    @Test
    void aBadNameIsTheCallersFault() {
        Status status = GrpcStatus.of(catchThrowable(() -> new ActorId(""))).getStatus();

        assertThat(status.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(status.getDescription()).isEqualTo("actor_id is required");
    }

    @Test
    void whatNobodyExpectedIsInternalAndKeepsItsSecrets() {
        Status status =
                GrpcStatus.of(new IllegalStateException("password is 1234")).getStatus();

        assertThat(status.getCode()).isEqualTo(Status.Code.INTERNAL);
        assertThat(status.getDescription()).contains("log has more under id").doesNotContain("1234");
        assertThat(status.getCause()).isNull();
    }

    @Test
    void aStatusStaysWhatItIs() {
        var cancelled = Status.CANCELLED.asRuntimeException();

        assertThat(GrpcStatus.of(cancelled)).isSameAs(cancelled);
    }
}
