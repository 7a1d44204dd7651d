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

    /** What keeps every worker that is there from going on from the golden snapshot; empty when one can, or nobody knows. */
    Uni<Optional<String>> lack(TemplateRef template);
}
