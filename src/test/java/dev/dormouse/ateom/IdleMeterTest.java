package dev.dormouse.ateom;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.sandbox.SandboxRuntime.Usage;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class IdleMeterTest {

    private static final long SECOND = 1_000_000_000L;

    private final IdleMeter meter = new IdleMeter(0.1, 0);

    private static Usage usage(long cpuMillis, long bytes) {
        return new Usage(Duration.ofMillis(cpuMillis), bytes);
    }

    @BeforeEach
    void firstLook() {
        meter.sample(1, usage(0, 0));
    }

    @Test
    void noiseOfTheSandboxIsRest() {
        for (int i = 1; i <= 50; i++) {
            meter.sample(i * SECOND / 5, usage(10 * i, 30L * i));
        }

        assertThat(meter.idleMillis(10 * SECOND)).isEqualTo(10_000);
    }

    @Test
    void aRequestIsUseAtOnce() {
        meter.sample(3 * SECOND, usage(0, 0));

        meter.sample(3 * SECOND + SECOND / 5, usage(0, 500));

        assertThat(meter.idleMillis(3 * SECOND + SECOND / 5)).isZero();
        assertThat(meter.idleMillis(4 * SECOND)).isEqualTo(800);
    }

    @Test
    void computingWithoutTrafficIsUse() {
        meter.sample(5 * SECOND, usage(0, 0));

        meter.sample(5 * SECOND + SECOND / 2, usage(400, 0));
        meter.sample(6 * SECOND, usage(800, 0));

        assertThat(meter.idleMillis(6 * SECOND)).isZero();
    }
}
