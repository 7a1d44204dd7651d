package dev.dormouse.sandbox.gvisor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InstanceNumberTest {

    @TempDir
    Path directory;

    @Test
    void aNumberIsHeldOnceAndFreeAfterwards() throws Exception {
        try (InstanceNumber first = InstanceNumber.acquire(directory)) {
            try (InstanceNumber second = InstanceNumber.acquire(directory)) {
                assertThat(second.value()).isNotEqualTo(first.value());
            }
            try (InstanceNumber third = InstanceNumber.acquire(directory)) {
                assertThat(third.value()).isEqualTo(1);
            }
        }
        try (InstanceNumber again = InstanceNumber.acquire(directory)) {
            assertThat(again.value()).isZero();
        }
    }
}
