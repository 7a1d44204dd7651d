package dev.dormouse.log;

import dev.dormouse.name.ActorKey;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Some lines of one activation that are kept together, as text: this header, and then a line each. An activation that prints a lot
 * has several.
 *
 * @param actorUid of the record; another one after delete and create
 * @param part its place among the segments of the activation, from 0 on
 * @param location where the actor's snapshots go; the segment goes beside them
 */
public record LogSegment(UUID id, ActorKey actor, UUID actorUid, long generation, int part, String location) {

    private static final String FORMAT = "dormouse-log/1";
    private static final int FIELDS = 8;

    /** Of its directory in the store, the same shape as a snapshot's: {@code <location>/<atespace>/<actor>/<id>}. */
    public String uri() {
        return "%s/%s/%s/%s".formatted(location, actor.atespace(), actor.id(), id);
    }

    /** The first line of its text, without a line end. */
    public String header() {
        return "%s %s %s %s %s %d %d %s"
                .formatted(FORMAT, id, actor.atespace(), actor.id(), actorUid, generation, part, location);
    }

    /** Of {@link #header}; throws IllegalArgumentException for anything else. */
    public static LogSegment parse(String header) {
        String[] fields = header.split(" ", FIELDS);
        if (fields.length < FIELDS || !fields[0].equals(FORMAT)) {
            throw new IllegalArgumentException("not the header of a log: " + header);
        }
        return new LogSegment(
                UUID.fromString(fields[1]),
                ActorKey.of(fields[2], fields[3]),
                UUID.fromString(fields[4]),
                Long.parseLong(fields[5]),
                Integer.parseInt(fields[6]),
                fields[7]);
    }

    /** The lines of a segment's text. Throws IllegalArgumentException when it is none. */
    public static List<LogLine> lines(byte[] text) {
        // not String.lines(): a carriage return is part of a line
        String[] rows = new String(text, StandardCharsets.UTF_8).split("\n");
        parse(rows[0]);
        List<LogLine> lines = new ArrayList<>(rows.length);
        for (int i = 1; i < rows.length; i++) {
            lines.add(LogLine.parse(rows[i]));
        }
        return lines;
    }
}
