package dev.dormouse.activation;

import dev.dormouse.actor.Actor;
import dev.dormouse.actor.Cause;
import dev.dormouse.name.ActorId;
import dev.dormouse.name.ActorKey;
import dev.dormouse.scheduler.Explanation;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;

/**
 * Wakes actors and lays them to sleep. A transition that began is finished or rolled back by the server, whether or not its caller
 * stays. Every method fails with {@link dev.dormouse.platform.Failure}: NOT_FOUND when there is no such actor, ABORTED {@code another
 * operation is in progress for this actor} when a conflicting transition is under way.
 */
@ApplicationScoped
public class Activations implements Waker {

    @Override
    public Uni<Route> wake(ActorKey key, int actorPort, Cause cause) {
        throw new UnsupportedOperationException();
    }

    /**
     * Brings the actor to RUNNING; a running one is returned as it is. Answers once RUNNING is durable. Fails like
     * {@link Waker#wake}.
     *
     * @param boot start from the image even if there is a snapshot; durable directories are kept
     */
    public Uni<Actor> resume(ActorKey key, boolean boot, Cause cause) {
        throw new UnsupportedOperationException();
    }

    /**
     * Brings the actor to SUSPENDED, its snapshot durable; a suspended one is returned as it is, a paused one's local snapshot is
     * uploaded. Fails UNAVAILABLE when the snapshot couldn't be taken: the actor then runs on.
     */
    public Uni<Actor> suspend(ActorKey key, Cause cause) {
        throw new UnsupportedOperationException();
    }

    /**
     * Brings the actor to PAUSED, its snapshot on the node; a paused one is returned as it is. Fails FAILED_PRECONDITION when it
     * is SUSPENDED, UNAVAILABLE when the snapshot couldn't be taken: the actor then runs on.
     */
    public Uni<Actor> pause(ActorKey key, Cause cause) {
        throw new UnsupportedOperationException();
    }

    /**
     * Makes a SUSPENDED actor {@code newId} in the same atespace with this one's template, labels and newest state. A running actor
     * is snapshot and runs on. Fails ALREADY_EXISTS, UNAVAILABLE when the snapshot couldn't be taken.
     */
    public Uni<Actor> fork(ActorKey key, ActorId newId) {
        throw new UnsupportedOperationException();
    }

    /** Why the actor would be placed where, or nowhere, if it were to wake now. */
    public Uni<Explanation> why(ActorKey key) {
        throw new UnsupportedOperationException();
    }
}
