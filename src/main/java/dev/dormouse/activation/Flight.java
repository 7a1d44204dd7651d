package dev.dormouse.activation;

import dev.dormouse.actor.Actor;
import io.smallrye.mutiny.Uni;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** One transition that this replica carries out, for however many callers; a caller who leaves doesn't end it. */
final class Flight {

    private final CompletableFuture<Actor> routable = new CompletableFuture<>();
    private final CompletableFuture<Actor> ended = new CompletableFuture<>();

    /** The workload takes traffic. */
    void reachable(Actor actor) {
        routable.complete(actor);
    }

    void end(Actor actor) {
        routable.complete(actor);
        ended.complete(actor);
    }

    void fail(Throwable failure) {
        routable.completeExceptionally(failure);
        ended.completeExceptionally(failure);
    }

    boolean isReachable() {
        return routable.isDone() && !routable.isCompletedExceptionally();
    }

    /** The actor with its endpoint, as soon as it takes traffic. */
    Uni<Actor> whenReachable() {
        return follow(routable);
    }

    /** The actor once the transition is durable. */
    Uni<Actor> whenEnded() {
        return follow(ended);
    }

    /** Cancelling what this gives leaves the future alone. */
    static <T> Uni<T> follow(CompletableFuture<T> future) {
        return Uni.createFrom()
                .emitter(emitter -> future.whenComplete((value, failure) -> {
                    if (failure == null) {
                        emitter.complete(value);
                    } else {
                        emitter.fail(
                                failure instanceof CompletionException && failure.getCause() != null
                                        ? failure.getCause()
                                        : failure);
                    }
                }));
    }
}
