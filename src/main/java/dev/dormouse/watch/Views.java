package dev.dormouse.watch;

import dev.dormouse.actor.ActorStore;
import dev.dormouse.actor.ActorView;
import dev.dormouse.name.ActorKey;
import dev.dormouse.worker.Worker;
import dev.dormouse.worker.Workers;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

/** Brings together what a view shows: workers from memory, their actors from the store. */
@ApplicationScoped
public class Views {

    private static final Comparator<Worker> BY_NAME = Comparator.<Worker, String>comparing(
                    worker -> worker.pool().namespace())
            .thenComparing(worker -> worker.pool().name())
            .thenComparing(Worker::pod);

    private final ActorStore actors;
    private final Workers workers;

    Views(ActorStore actors, Workers workers) {
        this.actors = actors;
        this.workers = workers;
    }

    /** All workers by namespace, pool and pod. */
    public Uni<List<WorkerView>> allWorkers() {
        return join(workers.all().stream().sorted(BY_NAME).toList(), this::view);
    }

    Uni<Optional<WorkerView>> worker(UUID uid) {
        return workers.find(uid)
                .map(worker -> view(worker).map(Optional::of))
                .orElseGet(() -> Uni.createFrom().item(Optional.empty()));
    }

    Uni<Optional<ActorView>> actor(ActorKey key) {
        return actors.find(key).map(found -> found.map(ActorView::of));
    }

    /** In the order of {@code items}; the store answers look-ups that come together with one statement. */
    static <T, R> Uni<List<R>> join(Collection<T> items, Function<T, Uni<R>> view) {
        if (items.isEmpty()) {
            return Uni.createFrom().item(List.of());
        }
        return Uni.join().all(items.stream().map(view).toList()).andFailFast();
    }

    private Uni<WorkerView> view(Worker worker) {
        var stay = worker.stay();
        return stay == null
                ? Uni.createFrom().item(() -> WorkerView.of(worker, Optional.empty()))
                : actors.find(stay.actor()).map(found -> WorkerView.of(worker, found));
    }
}
