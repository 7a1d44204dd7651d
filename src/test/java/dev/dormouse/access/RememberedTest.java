package dev.dormouse.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class RememberedTest {

    private static final Duration GOOD = Duration.ofSeconds(10);

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);
    private final List<UniEmitter<? super String>> asked = new ArrayList<>();
    private final Remembered<String, String> remembered =
            new Remembered<>(now::get, answer -> GOOD, (question, answer) -> answer.length(), 100_000);

    private List<String> answers() {
        List<String> answers = new ArrayList<>();
        remembered
                .answer("q", () -> Uni.createFrom().emitter(asked::add))
                .subscribe()
                .with(answers::add, failure -> answers.add("failed"));
        return answers;
    }

    private void pass(Duration time) {
        now.updateAndGet(then -> then.plus(time));
    }

    @Test
    void anAnswerIsGoodFromTheQuestionOn() {
        var first = answers();
        pass(Duration.ofSeconds(4));
        asked.getFirst().complete("yes");
        pass(Duration.ofMillis(5_999));

        assertThat(first).containsExactly("yes");
        assertThat(answers()).containsExactly("yes");
        pass(Duration.ofMillis(1));
        assertThat(answers()).isEmpty();
        assertThat(asked).hasSize(2);
    }

    @Test
    void whatIsBeingAskedIsNotAskedAgain() {
        var first = answers();
        var second = answers();

        asked.getFirst().complete("yes");

        assertThat(asked).hasSize(1);
        assertThat(first).isEqualTo(second).containsExactly("yes");
    }

    @Test
    void aFailureIsNoAnswer() {
        var first = answers();
        asked.getFirst().fail(new IllegalStateException());

        assertThat(first).containsExactly("failed");
        assertThat(answers()).isEmpty();
        assertThat(asked).hasSize(2);
    }

    @Test
    void whoGoesAwayTakesNoAnswerFromOthers() {
        var gone = remembered
                .answer("q", () -> Uni.createFrom().emitter(asked::add))
                .subscribeAsCompletionStage();
        var second = answers();

        gone.cancel(true);
        asked.getFirst().complete("yes");

        assertThat(second).containsExactly("yes");
        assertThatThrownBy(gone::join).isInstanceOf(java.util.concurrent.CancellationException.class);
    }

    @Test
    void oldAnswersMakeRoom() {
        for (int i = 0; i < 1_000; i++) {
            remembered
                    .answer("q" + i, () -> Uni.createFrom().item("x".repeat(1_000)))
                    .await()
                    .indefinitely();
        }

        assertThat(remembered.size()).isLessThanOrEqualTo(100);
    }
}
