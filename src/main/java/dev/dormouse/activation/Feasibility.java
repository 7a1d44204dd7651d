package dev.dormouse.activation;

import dev.dormouse.actor.Actor;
import dev.dormouse.actor.ActorStore;
import dev.dormouse.actor.Cause;
import dev.dormouse.platform.Code;
import dev.dormouse.platform.Failure;
import dev.dormouse.worker.Workers;
import io.smallrye.mutiny.Uni;
import java.util.Optional;

/** Ends wakes that can't succeed, however long they waited, and leaves the reason on the actor. */
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
        return lack.isEmpty()
                ? Uni.createFrom().item(Optional.empty())
                : refuse(actor, new Failure(Code.FAILED_PRECONDITION, lack.get() + WAY_OUT), cause)
                        .map(Optional::of);
    }

    /** Fails with this failure, unless the record has changed meanwhile: then gives it as it is now. */
    Uni<Actor> refuse(Actor actor, Throwable failure, Cause cause) {
        if (!(failure instanceof Failure refusal) || !refusal.isRefusal()) {
            return Uni.createFrom().failure(failure);
        }
        return store.refused(actor.key(), actor.version(), refusal.detail(), cause)
                .chain(noted -> {
                    noted.ifPresent(records::saw);
                    return noted.isPresent() ? Uni.createFrom().failure(refusal) : unlessMoved(actor, refusal);
                });
    }

    /** Not noted: it is noted already, or the record has changed. */
    private Uni<Actor> unlessMoved(Actor actor, Failure refusal) {
        return records.read(actor.key())
                .chain(now -> now.version() == actor.version()
                        ? Uni.createFrom().failure(refusal)
                        : Uni.createFrom().item(now));
    }
}
