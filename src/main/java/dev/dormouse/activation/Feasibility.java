package dev.dormouse.activation;

import dev.dormouse.actor.Actor;
import dev.dormouse.actor.ActorStore;
import dev.dormouse.actor.Cause;
import dev.dormouse.platform.Code;
import dev.dormouse.platform.Failure;
import dev.dormouse.worker.Workers;
import io.smallrye.mutiny.Uni;
import java.util.Optional;

/** Ends wakes that no worker can carry out, however long they waited, and leaves the reason on the actor. */
final class Feasibility {

    private static final String WAY_OUT =
            "; bring back what took it, or resume with boot to start anew with the durable directories";

    private final ActorStore store;
    private final Records records;
    private final Workers workers;

    Feasibility(ActorStore store, Records records, Workers workers) {
        this.store = store;
        this.records = records;
        this.workers = workers;
    }

    /**
     * Empty when a worker may be looked for; else the record as it is now, which is another than the plan rests on. Fails
     * FAILED_PRECONDITION when every worker has another sandbox build or CPU than the memory snapshot.
     */
    Uni<Optional<Actor>> check(Actor actor, StartPlan plan, Cause cause) {
        Optional<String> lack = plan.forsaken() == null ? workers.lack(plan.need()) : Optional.empty();
        if (lack.isEmpty()) {
            return Uni.createFrom().item(Optional.empty());
        }
        String error = lack.get() + WAY_OUT;
        return store.refused(actor.key(), actor.version(), error, cause).chain(noted -> {
            noted.ifPresent(records::saw);
            return noted.isPresent() ? refused(error) : unlessMoved(actor, error);
        });
    }

    /** Not noted: it is noted already, or the record has changed. */
    private Uni<Optional<Actor>> unlessMoved(Actor actor, String error) {
        return records.read(actor.key())
                .chain(now -> now.version() == actor.version()
                        ? refused(error)
                        : Uni.createFrom().item(Optional.of(now)));
    }

    private static Uni<Optional<Actor>> refused(String error) {
        return Uni.createFrom().failure(new Failure(Code.FAILED_PRECONDITION, error));
    }
}
