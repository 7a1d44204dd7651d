package dev.dormouse.ateom;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.name.ActorKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ActorLogTest {

    @TempDir
    Path temp;

    private Path source;
    private ActorLog log;

    @BeforeEach
    void open() throws IOException {
        source = Files.createFile(temp.resolve("stdout"));
        log = new ActorLog(temp.resolve("logs"), ActorKey.of("team-b", "a"), 1000, List.of(source));
    }

    private void print(String text) throws IOException {
        Files.writeString(source, text, StandardOpenOption.APPEND);
    }

    @Test
    void outputMovesToTheActorsFileOnce() throws IOException {
        print("one\n");
        log.collect();
        print("two\n");
        log.collect();
        log.collect();

        assertThat(temp.resolve("logs/team-b/a.log")).hasContent("one\ntwo\n");
    }

    @Test
    void anActorThatPrintsALotKeepsTwoParts() throws IOException {
        for (int i = 0; i < 10; i++) {
            print("x".repeat(300) + "\n");
            log.collect();
        }

        assertThat(Files.size(temp.resolve("logs/team-b/a.log"))).isLessThanOrEqualTo(1000);
        assertThat(Files.size(temp.resolve("logs/team-b/a.log.1"))).isLessThanOrEqualTo(1000);
    }

    @Test
    void theSandboxesOwnFileIsEmptiedWhenItGetsLarge() throws IOException {
        print("y".repeat(1_100_000));
        log.collect();

        assertThat(source).isEmptyFile();
        print("after\n");
        log.collect();
        assertThat(temp.resolve("logs/team-b/a.log")).content().endsWith("after\n");
    }

    @Test
    void theLastLinesFitIntoAMessage() throws IOException {
        print("first\n\n  second  \nthird\n");

        assertThat(log.lastLines(2, new Secrets(List.of()))).isEqualTo("second | third");
    }
}
