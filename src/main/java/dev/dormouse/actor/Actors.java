package dev.dormouse.actor;

import dev.dormouse.atespace.Atespaces;
import dev.dormouse.name.ActorKey;
import dev.dormouse.name.AtespaceName;
import dev.dormouse.name.Labels;
import dev.dormouse.name.TemplateRef;
import dev.dormouse.platform.Code;
import dev.dormouse.platform.Failure;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What callers of the API may do with actors that needs no worker. Fails with {@link Failure}, and with
 * {@link dev.dormouse.name.InvalidNameException} for labels that are not well formed.
 */
@ApplicationScoped
public class Actors {

    private static final int MOST_LABELS = 64;
    private static final int MOST_SELECTOR_LABELS = 10;
    // a change between our read and our write is rare; one that happens this often is a caller's loop
    private static final int MERGE_ATTEMPTS = 5;

    private final ActorStore store;
    private final TemplateCheck templates;
    private final Atespaces atespaces;

    Actors(ActorStore store, TemplateCheck templates, Atespaces atespaces) {
        this.store = store;
        this.templates = templates;
        this.atespaces = atespaces;
    }

    /**
     * Creates a SUSPENDED actor that starts from its template's golden snapshot. Fails ALREADY_EXISTS; FAILED_PRECONDITION when
     * atespace or template is missing; PERMISSION_DENIED in the atespace of golden actors; RESOURCE_EXHAUSTED when a quota is reached.
     */
    public Uni<Actor> create(
            ActorKey key,
            TemplateRef template,
            @Nullable Map<String, String> labels,
            @Nullable Map<String, String> workerSelector) {
        requireOwn(key.atespace());
        var checkedLabels = Labels.checked("labels", labels, MOST_LABELS);
        var checkedSelector = Labels.checked("workerSelector", workerSelector, MOST_SELECTOR_LABELS);
        if (!templates.exists(template)) {
            throw new Failure(Code.FAILED_PRECONDITION, "ActorTemplate " + template + " not found");
        }
        return store.create(new ActorStore.NewActor(key, template, checkedLabels, checkedSelector, null, null));
    }

    /** Fails NOT_FOUND, with the atespace's name when that is what's missing. */
    public Uni<Actor> get(ActorKey key) {
        return store.find(key)
                .chain(found -> found.isPresent()
                        ? Uni.createFrom().item(found.get())
                        : atespaces.get(key.atespace()).map(present -> {
                            throw notFound(key);
                        }));
    }

    /** Fails NOT_FOUND when there is no such atespace. */
    public Uni<ActorStore.Page> list(ActorStore.Query query) {
        AtespaceName atespace = query.atespace();
        return store.list(query)
                .chain(page -> atespace != null && page.actors().isEmpty()
                        ? atespaces.get(atespace).replaceWith(page)
                        : Uni.createFrom().item(page));
    }

    /**
     * A change of the two maps: entries are added or replaced, those with a null value removed; a null map stays as it is.
     *
     * @param ifVersion the version that the caller saw
     */
    public record Merge(
            @Nullable Map<String, @Nullable String> labels,
            @Nullable Map<String, @Nullable String> workerSelector,
            @Nullable Long ifVersion) {}

    /** Replaces the labels that a pool must carry to run the actor, from its next wake on. Fails NOT_FOUND. */
    public Uni<Actor> restrict(ActorKey key, Map<String, String> workerSelector) {
        requireOwn(key.atespace());
        return store.patch(key, null, Labels.checked("workerSelector", workerSelector, MOST_SELECTOR_LABELS), null);
    }

    /** Fails NOT_FOUND; ABORTED when the actor is not at the given version. */
    public Uni<Actor> merge(ActorKey key, Merge change) {
        requireOwn(key.atespace());
        return get(key).chain(seen -> store.patch(
                        key,
                        merged("labels", seen.labels(), change.labels(), MOST_LABELS),
                        merged("workerSelector", seen.workerSelector(), change.workerSelector(), MOST_SELECTOR_LABELS),
                        change.ifVersion() == null ? Long.valueOf(seen.version()) : change.ifVersion()))
                .onFailure(failure -> change.ifVersion() == null && isConflict(failure))
                .retry()
                .atMost(MERGE_ATTEMPTS);
    }

    /**
     * Deletes a SUSPENDED or PAUSED actor; its snapshots follow. Fails NOT_FOUND, FAILED_PRECONDITION in another status, ABORTED when
     * it is not at the given version, PERMISSION_DENIED for golden actors, which go with their template.
     */
    public Uni<Actor> delete(ActorKey key, @Nullable Long ifVersion) {
        requireOwn(key.atespace());
        return store.delete(key, ifVersion);
    }

    /** Fails PERMISSION_DENIED in the atespace of golden actors. */
    public static void requireOwn(AtespaceName atespace) {
        if (isReserved(atespace)) {
            throw reserved(atespace);
        }
    }

    /** True for the atespace of golden actors. */
    public static boolean isReserved(AtespaceName atespace) {
        return atespace.equals(AtespaceName.GOLDEN);
    }

    public static Failure reserved(AtespaceName atespace) {
        return new Failure(
                Code.PERMISSION_DENIED,
                "Atespace " + atespace + " is reserved for the golden actors of templates; use another");
    }

    /** True for what the store answers when a record is at another version than expected. */
    static boolean isConflict(Throwable failure) {
        return failure instanceof Failure known && known.code() == Code.ABORTED;
    }

    private static @Nullable Map<String, String> merged(
            String what, Map<String, String> present, @Nullable Map<String, @Nullable String> change, int limit) {
        if (change == null) {
            return null;
        }
        var result = new HashMap<>(present);
        change.forEach((name, value) -> {
            if (value == null) {
                result.remove(name);
            } else {
                result.put(name, value);
            }
        });
        return Labels.checked(what, result, limit);
    }

    private static Failure notFound(ActorKey key) {
        return new Failure(Code.NOT_FOUND, "Actor " + key.id() + " not found");
    }
}
