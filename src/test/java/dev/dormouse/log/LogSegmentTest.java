package dev.dormouse.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.dormouse.log.LogLine.Stream;
import dev.dormouse.name.ActorKey;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class LogSegmentTest {

    private static final Instant AT = Instant.parse("2026-08-05T12:00:00.123456Z");

    private final LogSegment segment = new LogSegment(
            UUID.randomUUID(), ActorKey.of("team-b", "a"), UUID.randomUUID(), 7, 2, "gs://bucket/with a space");

    @Test
    void aHeaderIsReadAsItWasWritten() {
        assertThat(LogSegment.parse(segment.header())).isEqualTo(segment);
        assertThat(segment.uri()).isEqualTo("gs://bucket/with a space/team-b/a/" + segment.id());
    }

    @Test
    void linesAreReadAsTheyWereWrittenWhateverIsInThem() {
        LogLine empty = new LogLine(1, AT, "main", Stream.STDOUT, "");
        LogLine odd = new LogLine(2, AT, "main", Stream.STDERR, "  a\rb \u2028 – 😀  ");

        byte[] text = (segment.header() + "\n" + empty.encode() + "\n" + odd.encode() + "\n")
                .getBytes(StandardCharsets.UTF_8);

        assertThat(LogSegment.lines(text)).containsExactly(empty, odd);
    }

    @Test
    void whatIsNoSegmentIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> LogSegment.lines("hello\n".getBytes()));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LogSegment.lines((segment.header() + "\nhello\n").getBytes()));
    }

    @Test
    void aNoteArrivesAsItWasSent() {
        LogNote note = new LogNote(segment, 3, 9, AT, 5, 1234, true);

        assertThat(LogNote.of(note.toWire())).isEqualTo(note);
    }
}
