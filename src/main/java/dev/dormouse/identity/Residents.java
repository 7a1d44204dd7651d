package dev.dormouse.identity;

import dev.dormouse.actor.Actor;
import dev.dormouse.actor.ActorStatus;
import dev.dormouse.actor.ActorStore;
import dev.dormouse.name.AtespaceName;
import dev.dormouse.platform.Code;
import dev.dormouse.platform.Failure;
import dev.dormouse.worker.Mandate;
import dev.dormouse.worker.Stay;
import dev.dormouse.worker.Stays;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;

/**
 * Which actor a worker speaks for: the one that it runs now, as the database has it. All fail PERMISSION_DENIED when it doesn't run that
 * actor, always in the same words, whether there is such an actor or not, and FAILED_PRECONDITION for a template's golden actor.
 */
@ApplicationScoped
class Residents {

    private final ActorStore actors;
    private final Stays stays;

    Residents(ActorStore actors, Stays stays) {
        this.actors = actors;
        this.stays = stays;
    }

    /** The actor of an activation. */
    Uni<Actor> at(Mandate mandate, Stay stay) {
        Uni<Optional<Actor>> present =
                mandate.covers(stay.worker()) ? present(stay) : Uni.createFrom().item(Optional.empty());
        return present.map(Residents::required);
    }

    /** The one actor on the workers that agrees with what is said of it. */
    Uni<Actor> saidToBe(Mandate mandate, Session said) {
        return stays.under(mandate, said.sessionId())
                .chain(this::present)
                .map(found -> required(only(found.stream().filter(said::agrees).toList())));
    }

    private Uni<List<Actor>> present(List<Stay> found) {
        return found.isEmpty()
                ? Uni.createFrom().item(List.of())
                : Uni.join()
                        .all(found.stream().map(this::present).toList())
                        .andFailFast()
                        .map(actors -> actors.stream().flatMap(Optional::stream).toList());
    }

    private Uni<Optional<Actor>> present(Stay stay) {
        return actors.find(stay.actor()).map(found -> found.filter(actor -> runs(actor, stay)));
    }

    private static boolean runs(Actor actor, Stay stay) {
        boolean awake = actor.status() == ActorStatus.RUNNING || actor.status() == ActorStatus.RESUMING;
        Actor.Activation activation = actor.activation();
        return awake
                && activation != null
                && activation.workerUid().equals(stay.worker())
                && actor.generation() == stay.generation();
    }

    /** Between two nobody decides for the caller. */
    private static Optional<Actor> only(List<Actor> actors) {
        return actors.size() == 1 ? Optional.of(actors.getFirst()) : Optional.empty();
    }

    private static Actor required(Optional<Actor> resident) {
        Actor actor = resident.orElseThrow(
                () -> new Failure(Code.PERMISSION_DENIED, "a worker speaks only for the actor that it runs now"));
        if (actor.key().atespace().equals(AtespaceName.GOLDEN)) {
            // what it has in memory, all actors of its template will have
            throw new Failure(Code.FAILED_PRECONDITION, "the golden actor of a template is nobody: it has no identity");
        }
        return actor;
    }
}
