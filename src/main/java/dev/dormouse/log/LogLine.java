package dev.dormouse.log;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/**
 * A line that an actor printed.
 *
 * @param seq its number within the activation, from 1 on; where one is missing, lines were dropped
 * @param at when the node collected it, in microseconds; never earlier than the line before it in the activation
 * @param text without its line end; no secret, no line feed
 */
public record LogLine(long seq, Instant at, String container, Stream stream, String text) {

    private static final int FIELDS = 5;

    /** Where it was printed to. */
    public enum Stream {
        STDOUT,
        STDERR;

        /** As the API and the segments have it. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        static Stream of(String word) {
            return valueOf(word.toUpperCase(Locale.ROOT));
        }
    }

    /** As it stands in a segment, without a line end: {@code <seq> <microseconds since 1970> <container> <stream> <text>}. */
    public String encode() {
        return seq + " " + micros() + " " + container + " " + stream.word() + " " + text;
    }

    /** Of {@link #encode}; throws IllegalArgumentException for anything else. */
    public static LogLine parse(String encoded) {
        String[] fields = encoded.split(" ", FIELDS);
        if (fields.length < FIELDS) {
            throw new IllegalArgumentException("not a line of a log: " + encoded);
        }
        return new LogLine(
                Long.parseLong(fields[0]),
                instant(Long.parseLong(fields[1])),
                fields[2],
                Stream.of(fields[3]),
                fields[4]);
    }

    public static LogLine of(dev.dormouse.ateom.wire.LogLine wire) {
        return new LogLine(
                wire.getSeq(),
                instant(wire.getAtMicros()),
                wire.getContainer(),
                wire.getError() ? Stream.STDERR : Stream.STDOUT,
                wire.getText());
    }

    public dev.dormouse.ateom.wire.LogLine toWire() {
        return dev.dormouse.ateom.wire.LogLine.newBuilder()
                .setSeq(seq)
                .setAtMicros(micros())
                .setContainer(container)
                .setError(stream == Stream.STDERR)
                .setText(text)
                .build();
    }

    private long micros() {
        return micros(at);
    }

    /** Since 1970. */
    static long micros(Instant instant) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
    }

    /** @param micros since 1970 */
    static Instant instant(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }
}
