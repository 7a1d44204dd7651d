package dev.dormouse.ateom;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PodDirectoriesTest {

    private static final String UID = UUID.randomUUID().toString();

    @TempDir
    Path node;

    @Test
    void whatADeadPodLeftGoesAndWhatALivingOneHasStays() throws Exception {
        PodDirectories pods = new PodDirectories(node);
        Path own = pods.of(UID);
        Path dead = pods.of(UUID.randomUUID().toString());
        Path living = pods.of(UUID.randomUUID().toString());
        Files.createDirectories(dead.resolve("slots/x"));
        try (NodeLock mine = NodeLock.acquire(own);
                OtherProcess other = OtherProcess.lockingNode(living)) {
            pods.removeLeftOvers(own);

            assertThat(node.resolve("pods")).isDirectoryContaining(own::equals);
            assertThat(living).exists();
            assertThat(dead).doesNotExist();
        }
    }

    @Test
    void whatActorsOfADeadPodPrintedIsTakenOver() throws Exception {
        PodDirectories pods = new PodDirectories(node);
        Path own = pods.of(UID);
        Path dead = pods.of(UUID.randomUUID().toString());
        Files.createDirectories(PodDirectories.logs(dead));
        Files.writeString(PodDirectories.logs(dead).resolve("segment.log"), "lines");
        try (NodeLock mine = NodeLock.acquire(own)) {
            pods.removeLeftOvers(own);

            assertThat(PodDirectories.logs(own).resolve("segment.log")).hasContent("lines");
            assertThat(dead).doesNotExist();
        }
    }

    @Test
    void aUidThatIsNoneBecomesNoPath() {
        assertThatThrownBy(() -> new PodDirectories(node).of("../../etc")).isInstanceOf(IllegalArgumentException.class);
    }
}
