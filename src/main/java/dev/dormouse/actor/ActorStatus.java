package dev.dormouse.actor;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** Where an actor is in its life, and the only steps it may take from there. */
public enum ActorStatus {
    /** Asleep without a worker; goes on from its last durable snapshot, or from the golden one. */
    SUSPENDED,
    /** Holds a worker and is being restored or booted there. */
    RESUMING,
    /** Holds a worker and answers. */
    RUNNING,
    /** Its durable snapshot is being taken; from PAUSED, the local one is being uploaded. */
    SUSPENDING,
    /** Its local snapshot is being taken. */
    PAUSING,
    /** Asleep without a worker; its newest state lies on one node only, beside an older durable one. */
    PAUSED;

    /** The name in the API, the CLI and gRPC. */
    public String wireName() {
        return "STATUS_" + name();
    }

    /** By wire name; the prefix may be left out. Empty when there is no such status. */
    public static Optional<ActorStatus> parse(String name) {
        return Arrays.stream(values())
                .filter(status -> name.equals(status.name()) || name.equals(status.wireName()))
                .findFirst();
    }

    /** True while a transition is under way: the server will finish it or roll it back. */
    public boolean inTransition() {
        return this == RESUMING || this == SUSPENDING || this == PAUSING;
    }

    /** The statuses that may follow this one. */
    public Set<ActorStatus> next() {
        return switch (this) {
            // a PAUSED actor becomes SUSPENDING while its local snapshot is uploaded
            case SUSPENDED -> EnumSet.of(RESUMING);
            case PAUSED -> EnumSet.of(RESUMING, SUSPENDING);
            case RESUMING -> EnumSet.of(RUNNING, SUSPENDED, PAUSED);
            // SUSPENDED straight away when the workload crashed or the worker was lost
            case RUNNING -> EnumSet.of(SUSPENDING, PAUSING, SUSPENDED);
            case SUSPENDING -> EnumSet.of(SUSPENDED, RUNNING, PAUSED);
            case PAUSING -> EnumSet.of(PAUSED, RUNNING, SUSPENDED);
        };
    }
}
