package dev.dormouse.platform;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ProblemTest {

    @Test
    void aFailureKeepsItsCodeAndDetail() {
        Problem problem = Problem.of(new Failure(Code.NOT_FOUND, "actor \"x\" isn't there"));

        assertThat(new JsonObject(problem.json()))
                .isEqualTo(new JsonObject()
                        .put("type", "about:blank")
                        .put("title", "Not Found")
                        .put("status", 404)
                        .put("detail", "actor \"x\" isn't there")
                        .put("code", "NOT_FOUND"));
    }

    @Test
    void noFreeWorkerIsWorthARetry() {
        Failure noWorker =
                new Failure(Code.FAILED_PRECONDITION, "no free workers available", Duration.ofSeconds(1), null);

        Problem problem = Problem.of(noWorker);

        assertThat(problem.status()).isEqualTo(503);
        assertThat(problem.code()).isEqualTo("FAILED_PRECONDITION");
    }

    @Test
    void anUnexpectedErrorShowsNothingOfItself() {
        Problem problem = Problem.of(new IllegalStateException("password=secret"));

        assertThat(problem.status()).isEqualTo(500);
        assertThat(problem.json()).doesNotContain("secret");
    }
}
