package dev.dormouse.ateom;

import dev.dormouse.ateom.wire.Failure;
import dev.dormouse.name.ActorKey;
import java.util.Locale;
import java.util.UUID;

/**
 * The address of a snapshot: {@code <location>/<atespace>/<actor>/<snapshot-id>}, or {@code local:<snapshot-id>} for one that
 * stayed on this node.
 *
 * @param owner whose snapshot it is; a new actor starts from that of a golden one
 */
record SnapshotUri(String text, ActorKey owner, String id, boolean isLocal) {

    private static final ActorKey NOBODY = ActorKey.of("default", "nobody");
    private static final String LOCAL = "local:";

    /**
     * @param actor who is to start from it: a local snapshot is its own
     */
    static SnapshotUri parse(String text, ActorKey actor) throws CommandFailure {
        try {
            if (text.startsWith(LOCAL)) {
                return new SnapshotUri(text, actor, id(text.substring(LOCAL.length())), true);
            }
            String[] parts = text.split("/");
            int last = parts.length - 1;
            if (last < 3) {
                throw new IllegalArgumentException("too short");
            }
            return new SnapshotUri(text, ActorKey.of(parts[last - 2], parts[last - 1]), id(parts[last]), false);
        } catch (IllegalArgumentException e) {
            throw new CommandFailure(
                    Failure.Reason.SNAPSHOT_MISSING,
                    "'%s' is no snapshot's address: <location>/<atespace>/<actor>/<snapshot-id>".formatted(text),
                    e);
        }
    }

    /** A durable one, whoever's it is. */
    static SnapshotUri parse(String text) throws CommandFailure {
        return parse(text, NOBODY);
    }

    /**
     * Where a new snapshot goes.
     *
     * @param location empty: it stays on this node
     */
    static SnapshotUri of(String location, ActorKey owner, String id) throws CommandFailure {
        return location.isEmpty() ? local(owner, id) : durable(location, owner, id);
    }

    static SnapshotUri durable(String location, ActorKey owner, String id) throws CommandFailure {
        String place = location.endsWith("/") ? location.substring(0, location.length() - 1) : location;
        return parse(place + "/" + owner + "/" + id, owner);
    }

    static SnapshotUri local(ActorKey owner, String id) throws CommandFailure {
        return parse(LOCAL + id, owner);
    }

    /** Becomes a directory's name, so nothing but a UUID in its canonical form will do. */
    private static String id(String text) {
        if (!UUID.fromString(text).toString().equals(text.toLowerCase(Locale.ROOT))) {
            throw new IllegalArgumentException("not a UUID");
        }
        return text.toLowerCase(Locale.ROOT);
    }
}
