package dev.dormouse.worker;

import io.smallrye.mutiny.Uni;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * Whoever is in charge of the actors on workers: hears what the workers report of them. Reports repeat until they are acted upon;
 * each may be late, so each is to be checked against the actor's record.
 */
public interface Occupants {

    /** Whether this activation, which a worker holds and the registry doesn't know, is over, so that the worker should end it. */
    Uni<Boolean> isOver(Stay stay);

    /** The worker is there but has not held this activation in two reports in a row. */
    void missing(Stay stay);

    /** The worker has not been heard of for too long, or is gone for good. */
    void lost(Stay stay);

    /** The workload ended by itself. */
    void exited(Stay stay, String message);

    /** The actor asked to be put to sleep. */
    void suspendRequested(Stay stay);

    /** Its worker is going away. */
    void draining(Stay stay);

    /** Since when each of these has been idle; empty while it is busy. */
    void idle(Map<Stay, Optional<Instant>> report);
}
