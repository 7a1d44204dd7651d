package dev.dormouse.ateom;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CacheUseTest {

    @TempDir
    Path temp;

    private Path file;
    private CacheUse use;

    @BeforeEach
    void open() throws IOException {
        file = temp.resolve("cache.lock");
        use = new CacheUse(file);
    }

    @Test
    void whatIsUsedStays() throws IOException {
        use.begin("a");
        use.begin("a");
        use.end("a");

        assertThat(use.unlessUsed("a", () -> {})).isFalse();
        assertThat(use.unlessUsed("b", () -> {})).isTrue();
        use.end("a");
        assertThat(use.unlessUsed("a", () -> {})).isTrue();
    }

    @Test
    void whatAnotherProcessUsesStaysUntilThatDies() throws Exception {
        try (OtherProcess other = OtherProcess.usingCache(file, "a")) {
            assertThat(use.isUsedHere("a")).isFalse();
            assertThat(use.unlessUsed("a", () -> {})).isFalse();

            use.begin("a");
            use.end("a");
            assertThat(use.unlessUsed("a", () -> {})).isFalse();

            other.kill();
            assertThat(use.unlessUsed("a", () -> {})).isTrue();
        }
    }

    @Test
    void whoeverComesWhileItIsRemovedWaits() throws Exception {
        CountDownLatch removing = new CountDownLatch(1);
        CountDownLatch removed = new CountDownLatch(1);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Boolean> removal = threads.submit(() -> use.unlessUsed("a", () -> {
                removing.countDown();
                await(removed);
            }));
            removing.await();
            Future<?> user = threads.submit(() -> {
                use.begin("a");
                return null;
            });
            assertThat(user.isDone()).isFalse();
            removed.countDown();

            assertThat(removal.get()).isTrue();
            user.get();
            assertThat(use.isUsedHere("a")).isTrue();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
