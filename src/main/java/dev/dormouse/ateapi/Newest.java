package dev.dormouse.ateapi;

import dev.dormouse.actor.Actor;
import dev.dormouse.snapshot.SnapshotRef;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What every era shows of an actor's snapshots. */
final class Newest {

    private Newest() {}

    /** What it would wake from: the local one is newer. Null before the first. */
    static @Nullable SnapshotRef snapshot(Actor actor) {
        return actor.localSnapshot() != null ? actor.localSnapshot() : actor.snapshot();
    }

    /** The id of the snapshot that is being taken; empty when none is. */
    static String inProgress(Actor actor) {
        UUID taken = actor.intent() == null ? null : actor.intent().snapshotId();
        return taken == null ? "" : taken.toString();
    }
}
