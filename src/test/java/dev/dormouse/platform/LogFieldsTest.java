package dev.dormouse.platform;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.name.ActorKey;
import dev.dormouse.name.PoolRef;
import dev.dormouse.name.TemplateRef;
import org.jboss.logging.MDC;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LogFieldsTest {

    private static final LogFields FIELDS = LogFields.of(ActorKey.of("team-a", "counter"))
            .template(new TemplateRef("demo", "counter"))
            .worker(LogFields.workerName(new PoolRef("demo", "pool"), "pool-0"));

    @AfterEach
    void clear() {
        MDC.clear();
    }

    @Test
    void linesHaveTheFieldsAndLaterOnesDoNot() {
        FIELDS.log(() -> {
            assertThat(MDC.get("atespace")).isEqualTo("team-a");
            assertThat(MDC.get("actor")).isEqualTo("counter");
            assertThat(MDC.get("template")).isEqualTo("demo/counter");
            assertThat(MDC.get("worker")).isEqualTo("demo/pool/pool-0");
        });

        assertThat(MDC.getMap()).isEmpty();
    }

    @Test
    void whatWasThereBeforeIsThereAfterwards() {
        MDC.put("actor", "outer");

        FIELDS.log(() -> assertThat(MDC.get("actor")).isEqualTo("counter"));

        assertThat(MDC.get("actor")).isEqualTo("outer");
    }
}
