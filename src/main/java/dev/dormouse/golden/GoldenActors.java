package dev.dormouse.golden;

import dev.dormouse.actor.Actor;
import dev.dormouse.actor.ActorStore;
import dev.dormouse.platform.Code;
import dev.dormouse.platform.Failure;
import dev.dormouse.platform.LogFields;
import dev.dormouse.template.ActorTemplate;
import io.smallrye.mutiny.Uni;
import org.jboss.logging.Logger;

/** Removes golden actors, and so their snapshots. */
public final class GoldenActors {

    private static final Logger LOG = Logger.getLogger(GoldenActors.class);

    private final ActorStore actors;

    public GoldenActors(ActorStore actors) {
        this.actors = actors;
    }

    /** Removes the template's, if there is one; idempotent. */
    public Uni<Void> remove(ActorTemplate template) {
        return actors.find(GoldenActor.of(template))
                .chain(found ->
                        found.map(this::remove).orElseGet(() -> Uni.createFrom().voidItem()));
    }

    /** Removes one that may be awake; idempotent. */
    Uni<Void> remove(Actor actor) {
        return GoldenStep.stop(actors, actor, "its template was deleted")
                .chain(() -> actors.delete(actor.key(), null))
                .invoke(() -> LogFields.of(actor.key())
                        .template(actor.template())
                        .log(() -> LOG.infof("removed golden actor %s, whose template is gone", actor.key())))
                .replaceWithVoid()
                .onFailure(GoldenActors::isGone)
                .recoverWithNull();
    }

    private static boolean isGone(Throwable failure) {
        return failure instanceof Failure known && known.code() == Code.NOT_FOUND;
    }
}
