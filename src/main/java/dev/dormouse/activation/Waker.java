package dev.dormouse.activation;

import dev.dormouse.actor.Cause;
import dev.dormouse.name.ActorKey;
import io.smallrye.mutiny.Uni;

/** What the router asks for: a running actor, waking it if need be. */
public interface Waker {

    /**
     * Where an activation takes traffic.
     *
     * @param generation of the activation; a route of an older generation is dead
     * @param host address to connect to
     * @param port at {@code host}, for the actor's port that was asked for
     */
    record Route(ActorKey key, long generation, String host, int port) {}

    /**
     * Gives the route to {@code actorPort} of a running actor; many callers at once cause one wake. RUNNING is written while the
     * route is already given. Cancelling does not cancel the wake.
     *
     * <p>Fails with {@link dev.dormouse.platform.Failure}: NOT_FOUND (actor), FAILED_PRECONDITION {@code no free workers available…}
     * with a retryAfter, RESOURCE_EXHAUSTED at once when a quota of the atespace is reached, FAILED_PRECONDITION when no pool fits or the template isn't Ready, UNAVAILABLE when the activation failed.
     */
    Uni<Route> wake(ActorKey key, int actorPort, Cause cause);
}
