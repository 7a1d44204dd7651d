package dev.dormouse.golden;

import dev.dormouse.actor.Actor;
import dev.dormouse.name.ActorKey;
import dev.dormouse.name.TemplateRef;
import io.smallrye.mutiny.Uni;
import java.util.Optional;

/** What the reconciler asks of activation; all are safe to repeat. */
interface GoldenLife {

    /** Boots the actor from its image, ready probes passed; a running one is returned as it is. */
    Uni<Actor> boot(ActorKey key);

    /** Suspends the actor with all that its sandbox can keep; a suspended one is returned as it is. */
    Uni<Actor> suspend(ActorKey key);

    /** Why another golden snapshot should be taken, as workers are now; empty when the present one will do, or nobody knows. */
    Uni<Optional<String>> outdated(TemplateRef template);
}
