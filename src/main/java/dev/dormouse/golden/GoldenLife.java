package dev.dormouse.golden;

import dev.dormouse.actor.Actor;
import dev.dormouse.name.ActorKey;
import io.smallrye.mutiny.Uni;

/** What the reconciler asks of activation; both are safe to repeat. */
interface GoldenLife {

    /** Boots the actor from its image, ready probes passed; a running one is returned as it is. */
    Uni<Actor> boot(ActorKey key);

    /** Suspends the actor with all that its sandbox can keep; a suspended one is returned as it is. */
    Uni<Actor> suspend(ActorKey key);
}
