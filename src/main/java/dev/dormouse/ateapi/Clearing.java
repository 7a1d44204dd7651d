package dev.dormouse.ateapi;

import dev.dormouse.actor.Actor;
import dev.dormouse.atespace.Atespace;
import dev.dormouse.name.ActorKey;
import dev.dormouse.name.AtespaceName;
import dev.dormouse.platform.Failure;
import dev.dormouse.platform.Paging;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What DebugClear does. */
@ApplicationScoped
class Clearing {

    private static final int AT_ONCE = 16;
    private static final Set<AtespaceName> ALWAYS_THERE = Set.of(AtespaceName.DEFAULT, AtespaceName.GOLDEN);

    private final ControlCalls calls;

    Clearing(ControlCalls calls) {
        this.calls = calls;
    }

    /**
     * Deletes all actors but the templates' own, laying to sleep those that run, and then all atespaces that others made. Fails with
     * {@link Failure}, some of it done: ABORTED when an actor is just waking, FAILED_PRECONDITION when one was made meanwhile.
     */
    Uni<Void> clear() {
        return clearActorsBehind(null)
                .chain(calls::listAtespaces)
                .chain(all -> each(
                        all.stream()
                                .map(Atespace::name)
                                .filter(name -> !ALWAYS_THERE.contains(name))
                                .toList(),
                        name -> calls.deleteAtespace(name).replaceWithVoid()));
    }

    private Uni<Void> clearActorsBehind(@Nullable ActorKey after) {
        return calls.list(null, after, Paging.LARGEST).chain(page -> {
            List<ActorKey> keys = page.actors().stream()
                    .map(Actor::key)
                    .filter(key -> !key.atespace().equals(AtespaceName.GOLDEN))
                    .toList();
            ActorKey next = page.next();
            Uni<Void> cleared = each(
                    keys,
                    key -> calls.suspend(key).chain(() -> calls.delete(key)).replaceWithVoid());
            return next == null ? cleared : cleared.chain(() -> clearActorsBehind(next));
        });
    }

    private static <T> Uni<Void> each(List<T> items, Function<T, Uni<Void>> deletion) {
        return Multi.createFrom()
                .iterable(items)
                .onItem()
                .transformToUni(item ->
                        deletion.apply(item).onFailure(ControlCalls::isNotFound).recoverWithNull())
                .merge(AT_ONCE)
                .collect()
                .last()
                .replaceWithVoid();
    }
}
