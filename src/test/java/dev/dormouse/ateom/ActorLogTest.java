package dev.dormouse.ateom;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.dormouse.log.LogLine;
import dev.dormouse.log.LogLine.Stream;
import dev.dormouse.sandbox.SandboxRuntime.Output;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ActorLogTest {

    private static final Instant NOON = Instant.parse("2026-08-05T12:00:00Z");

    @TempDir
    Path temp;

    private final List<LogLine> lines = new ArrayList<>();
    private final Map<String, Output> outputs = new LinkedHashMap<>();
    private Instant now = NOON;
    private int ends;
    private ActorLog log;

    @BeforeEach
    void open() throws IOException {
        for (String container : List.of("main", "side")) {
            Output output = new Output(temp.resolve(container + ".out"), temp.resolve(container + ".err"));
            Files.createFile(output.stdout());
            Files.createFile(output.stderr());
            outputs.put(container, output);
        }
        log = new ActorLog(lines::addAll, new Secrets(List.of("hunter2")), outputs, () -> now, ended -> ends++);
    }

    private void print(String text) throws IOException {
        append(outputs.get("main").stdout(), text);
    }

    private static void append(Path file, String text) throws IOException {
        Files.writeString(file, text, StandardOpenOption.APPEND);
    }

    @Test
    void linesAreNumberedAndTaggedWithTimeContainerAndStream() throws IOException {
        print("one\ntwo\n");
        append(outputs.get("main").stderr(), "oh\n");
        log.collect();
        now = NOON.plusSeconds(1);
        append(outputs.get("side").stdout(), "beside\n");
        log.collect();
        log.collect();

        assertThat(lines)
                .containsExactly(
                        new LogLine(1, NOON, "main", Stream.STDOUT, "one"),
                        new LogLine(2, NOON, "main", Stream.STDOUT, "two"),
                        new LogLine(3, NOON, "main", Stream.STDERR, "oh"),
                        new LogLine(4, NOON.plusSeconds(1), "side", Stream.STDOUT, "beside"));
    }

    @Test
    void timesNeverGoBack() throws IOException {
        print("one\n");
        log.collect();
        now = NOON.minusSeconds(60);
        print("two\n");
        log.collect();

        assertThat(lines).extracting(LogLine::at).containsExactly(NOON, NOON);
    }

    @Test
    void aLineIsCollectedWhenItIsWholeAndAtTheEndAsItIs() throws IOException {
        print("on");
        log.collect();
        assertThat(lines).isEmpty();
        print("e\ntw");
        log.end();
        log.end();

        assertThat(lines).extracting(LogLine::seq, LogLine::text).containsExactly(tuple(1L, "one"), tuple(2L, "tw"));
        assertThat(ends).isEqualTo(1);
    }

    @Test
    void theDiskGetsBackWhatWasReadAndNothingIsLost() throws Exception {
        Path file = outputs.get("main").stdout();
        String large = "y".repeat(9_999) + "\n";
        for (int i = 0; i < 900; i++) {
            print(large);
            if (i % 100 == 0) {
                log.collect();
            }
        }
        log.collect();
        print("after\n");
        log.collect();

        assertThat(lines).hasSize(901);
        assertThat(lines.getLast().text()).isEqualTo("after");
        Process du = new ProcessBuilder("du", "-k", file.toString()).start();
        String blocks = new String(du.getInputStream().readAllBytes()).split("\\s")[0];
        assertThat(du.waitFor(5, TimeUnit.SECONDS)).isTrue();
        assertThat(Integer.parseInt(blocks)).as("KiB on the disk").isLessThan(6_000);
    }

    @Test
    void secretsAreMasked() throws IOException {
        print("my password is hunter2\n");
        log.end();

        assertThat(lines).extracting(LogLine::text).containsExactly("my password is ***");
    }

    @Test
    void theLastLinesFitIntoAMessage() throws IOException {
        print("first\n\n  second hunter2 \nthird");

        assertThat(log.lastLines(2)).isEqualTo("second *** | third");
    }
}
