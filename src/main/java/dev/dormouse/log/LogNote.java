package dev.dormouse.log;

import dev.dormouse.name.ActorKey;
import java.time.Instant;
import java.util.UUID;

/**
 * What a node tells of a segment.
 *
 * @param first number of its first line
 * @param last number of its last line so far
 * @param lastAt when that was collected
 * @param stored number of the last line that is in the store; 0: it has none of it
 * @param bytes of its text
 * @param held whether the node has, or will have, lines that the store hasn't
 */
public record LogNote(
        LogSegment segment, long first, long last, Instant lastAt, long stored, long bytes, boolean held) {

    public static LogNote of(dev.dormouse.ateom.wire.LogNote wire) {
        LogSegment segment = new LogSegment(
                UUID.fromString(wire.getSegmentId()),
                ActorKey.of(wire.getActor().getAtespace(), wire.getActor().getId()),
                UUID.fromString(wire.getActorUid()),
                wire.getGeneration(),
                wire.getPart(),
                wire.getLocation());
        return new LogNote(
                segment,
                wire.getFirst(),
                wire.getLast(),
                LogLine.instant(wire.getLastAtMicros()),
                wire.getStored(),
                wire.getBytes(),
                wire.getHeld());
    }

    public dev.dormouse.ateom.wire.LogNote toWire() {
        return dev.dormouse.ateom.wire.LogNote.newBuilder()
                .setSegmentId(segment.id().toString())
                .setActor(dev.dormouse.ateom.wire.ActorRef.newBuilder()
                        .setAtespace(segment.actor().atespace().value())
                        .setId(segment.actor().id().value()))
                .setActorUid(segment.actorUid().toString())
                .setGeneration(segment.generation())
                .setPart(segment.part())
                .setLocation(segment.location())
                .setFirst(first)
                .setLast(last)
                .setLastAtMicros(LogLine.micros(lastAt))
                .setStored(stored)
                .setBytes(bytes)
                .setHeld(held)
                .build();
    }
}
