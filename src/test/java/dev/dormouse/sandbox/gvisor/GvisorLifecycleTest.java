package dev.dormouse.sandbox.gvisor;

import static dev.dormouse.sandbox.gvisor.GvisorFixture.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.sandbox.SandboxRuntime.Running;
import dev.dormouse.sandbox.SandboxRuntime.Slot;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("gvisor")
class GvisorLifecycleTest {

    @TempDir
    static Path directory;

    static GvisorFixture gvisor;
    Slot slot;

    @BeforeAll
    static void open() throws Exception {
        gvisor = new GvisorFixture(directory);
    }

    @AfterAll
    static void close() {
        gvisor.close();
    }

    @BeforeEach
    void openSlot() throws Exception {
        slot = gvisor.runtime.openSlot("lifecycle");
    }

    @AfterEach
    void closeSlot() {
        slot.close();
    }

    @Test
    void aBootedActorAnswers() throws Exception {
        Running running = gvisor.boot(slot);

        assertThat(get(slot, running, "/count")).isEqualTo("1");
    }

    @Test
    void aRestoredActorGoesOnWhereItStopped() throws Exception {
        Running first = gvisor.boot(slot);
        get(slot, first, "/count");
        get(slot, first, "/count");
        Path image = gvisor.newImage();
        first.checkpoint(image);
        first.kill();

        Running second = gvisor.restore(slot, image);

        assertThat(get(slot, second, "/count")).isEqualTo("3");
    }
}
