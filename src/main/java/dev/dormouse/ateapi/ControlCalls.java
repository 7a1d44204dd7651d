package dev.dormouse.ateapi;

import dev.dormouse.activation.Activations;
import dev.dormouse.actor.Actor;
import dev.dormouse.actor.ActorStore;
import dev.dormouse.actor.Actors;
import dev.dormouse.actor.Cause;
import dev.dormouse.atespace.Atespace;
import dev.dormouse.atespace.Atespaces;
import dev.dormouse.name.ActorKey;
import dev.dormouse.name.AtespaceName;
import dev.dormouse.name.PoolRef;
import dev.dormouse.name.TemplateRef;
import dev.dormouse.platform.Code;
import dev.dormouse.platform.Failure;
import dev.dormouse.platform.Paging;
import dev.dormouse.template.Catalog;
import dev.dormouse.watch.Views;
import dev.dormouse.watch.WorkerView;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What the methods of Control do, whatever the era that asks. Everything fails with {@link Failure}, in the words that clients of
 * the contract match on.
 */
@ApplicationScoped
class ControlCalls {

    private final Actors actors;
    private final Activations activations;
    private final Atespaces atespaces;
    private final Views views;
    private final Catalog catalog;

    ControlCalls(Actors actors, Activations activations, Atespaces atespaces, Views views, Catalog catalog) {
        this.actors = actors;
        this.activations = activations;
        this.atespaces = atespaces;
        this.views = views;
        this.catalog = catalog;
    }

    Uni<Actor> get(ActorKey key) {
        return known(key, actors.get(key));
    }

    Uni<Actor> create(ActorKey key, TemplateRef template, Map<String, String> workerSelector) {
        return actors.create(key, template, Map.of(), workerSelector);
    }

    Uni<Actor> update(ActorKey key, Map<String, String> workerSelector) {
        return known(key, actors.restrict(key, workerSelector));
    }

    Uni<Actor> resume(ActorKey key, boolean boot) {
        return known(key, activations.resume(key, boot, Cause.API));
    }

    Uni<Actor> suspend(ActorKey key) {
        return known(key, activations.suspend(key, Cause.API));
    }

    Uni<Actor> pause(ActorKey key) {
        return known(key, activations.pause(key, Cause.API));
    }

    Uni<Actor> delete(ActorKey key) {
        return known(key, actors.delete(key, null));
    }

    /** Of all atespaces for null. One that isn't there has no actors. */
    Uni<ActorStore.Page> list(@Nullable AtespaceName atespace, @Nullable ActorKey after, int limit) {
        return actors.list(new ActorStore.Query(atespace, null, null, Map.of(), after, limit))
                .onFailure(ControlCalls::isNotFound)
                .recoverWithItem(new ActorStore.Page(List.of(), null));
    }

    Uni<List<WorkerView>> workers() {
        return views.allWorkers();
    }

    /** Labels of the pools that are declared. */
    Map<PoolRef, Map<String, String>> poolLabels() {
        return catalog.pools().stream()
                .filter(pool -> pool.getMetadata().getLabels() != null)
                .collect(Collectors.toMap(
                        pool -> new PoolRef(
                                pool.getMetadata().getNamespace(),
                                pool.getMetadata().getName()),
                        pool -> pool.getMetadata().getLabels()));
    }

    Uni<Atespace> createAtespace(AtespaceName name) {
        return atespaces.create(name);
    }

    Uni<Atespace> getAtespace(AtespaceName name) {
        return atespaces.get(name);
    }

    /** What it was. */
    Uni<Atespace> deleteAtespace(AtespaceName name) {
        return atespaces.get(name).call(() -> atespaces.delete(name));
    }

    /** All: this call has no pages. */
    Uni<List<Atespace>> listAtespaces() {
        return atespacesBehind(null, new ArrayList<>());
    }

    private Uni<List<Atespace>> atespacesBehind(@Nullable AtespaceName after, List<Atespace> found) {
        return atespaces.list(after, Paging.LARGEST).chain(page -> {
            found.addAll(page);
            return page.size() < Paging.LARGEST
                    ? Uni.createFrom().item(found)
                    : atespacesBehind(page.getLast().name(), found);
        });
    }

    /** Clients look for these words; that the atespace is missing too is not among them. */
    private static Uni<Actor> known(ActorKey key, Uni<Actor> call) {
        return call.onFailure(ControlCalls::isNotFound)
                .transform(failure -> new Failure(Code.NOT_FOUND, "Actor %s not found".formatted(key.id())));
    }

    static boolean isNotFound(Throwable failure) {
        return failure instanceof Failure known && known.code() == Code.NOT_FOUND;
    }
}
