package dev.dormouse.ateom;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.grpc.Status;
import io.smallrye.mutiny.Uni;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class CommandGateTest {

    private final CommandGate gate = new CommandGate();

    @Test
    void theKeyOpens() {
        gate.learn("k1");

        assertThatCode(() -> gate.admit(Optional.of("k1")).await().indefinitely())
                .doesNotThrowAnyException();
    }

    @Test
    void noKeyAnotherAndAFormerOneAreRefused() {
        gate.learn("k1");
        gate.learn("k2");

        assertRefused(Optional.empty());
        assertRefused(Optional.of(""));
        assertRefused(Optional.of("k1"));
        assertRefused(Optional.of("k22"));
    }

    @Test
    void anAnswerOfAnOldServerWithoutAKeyOpensNothing() {
        gate.learn("");
        CompletableFuture<Void> asked = gate.admit(Optional.of("")).subscribeAsCompletionStage();
        gate.learn("k1");

        assertThat(asked).isCompletedExceptionally();
    }

    @Test
    void aCommandThatIsFasterThanTheFirstAnswerWaits() {
        CompletableFuture<Void> early = gate.admit(Optional.of("k1")).subscribeAsCompletionStage();
        assertThat(early).isNotDone();

        gate.learn("k1");

        assertThat(early).isCompleted();
    }

    private void assertRefused(Optional<String> shown) {
        Uni<Void> asked = gate.admit(shown);
        assertThat(asked.onFailure()
                        .recoverWithItem(failure -> {
                            assertThat(Status.fromThrowable(failure).getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
                            return null;
                        })
                        .map(item -> "answered")
                        .await()
                        .indefinitely())
                .isEqualTo("answered");
        assertThat(asked.subscribeAsCompletionStage()).isCompletedExceptionally();
    }
}
