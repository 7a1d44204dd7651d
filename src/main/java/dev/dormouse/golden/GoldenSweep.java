package dev.dormouse.golden;

import dev.dormouse.actor.Actor;
import dev.dormouse.actor.ActorStore;
import dev.dormouse.name.ActorKey;
import dev.dormouse.name.AtespaceName;
import dev.dormouse.platform.LogFields;
import dev.dormouse.template.Catalog;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Removes golden actors, and so their snapshots, whose template is gone. */
final class GoldenSweep {

    private static final Logger LOG = Logger.getLogger(GoldenSweep.class);
    private static final int PAGE = 1000;

    private final Catalog catalog;
    private final ActorStore actors;
    private final GoldenActors golden;

    GoldenSweep(Catalog catalog, ActorStore actors) {
        this.catalog = catalog;
        this.actors = actors;
        this.golden = new GoldenActors(actors);
    }

    /** Answers when all are gone; what could not be removed is left to the next sweep. */
    Uni<Void> run() {
        return golden(null, new ArrayList<>()).chain(found -> {
            if (withoutTemplate(found).isEmpty()) {
                return Uni.createFrom().voidItem();
            }
            // memory may be older than the actor of a template that another replica was just given
            return catalog.refresh()
                    .chain(() -> Multi.createFrom()
                            .iterable(withoutTemplate(found))
                            .onItem()
                            .transformToUniAndConcatenate(this::remove)
                            .collect()
                            .asList())
                    .replaceWithVoid();
        });
    }

    private Uni<List<Actor>> golden(@Nullable ActorKey after, List<Actor> found) {
        return actors.list(new ActorStore.Query(AtespaceName.GOLDEN, null, null, Map.of(), after, PAGE))
                .chain(page -> {
                    found.addAll(page.actors());
                    return page.next() == null ? Uni.createFrom().item(found) : golden(page.next(), found);
                });
    }

    private List<Actor> withoutTemplate(List<Actor> found) {
        Set<ActorKey> expected =
                catalog.templates().stream().map(GoldenActor::of).collect(Collectors.toSet());
        return found.stream().filter(actor -> !expected.contains(actor.key())).toList();
    }

    private Uni<Void> remove(Actor actor) {
        return golden.remove(actor)
                .onFailure()
                .invoke(e -> fields(actor)
                        .log(() -> LOG.warnf("golden actor %s stays for now: %s", actor.key(), e.getMessage())))
                .onFailure()
                .recoverWithNull();
    }

    private static LogFields fields(Actor actor) {
        return LogFields.of(actor.key()).template(actor.template());
    }
}
