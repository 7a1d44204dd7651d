package dev.dormouse.standalone;

import dev.dormouse.journal.ChangeFeed;
import dev.dormouse.journal.ChangeFeed.CatalogChange;
import dev.dormouse.name.PoolRef;
import dev.dormouse.name.TemplateRef;
import dev.dormouse.platform.Code;
import dev.dormouse.platform.DormouseConfig;
import dev.dormouse.platform.Failure;
import dev.dormouse.pool.WorkerPool;
import dev.dormouse.pool.WorkerPoolStatus;
import dev.dormouse.sandboxconfig.SandboxConfig;
import dev.dormouse.snapshot.SnapshotRef;
import dev.dormouse.standalone.ManifestObject.Key;
import dev.dormouse.standalone.ManifestResult.Outcome;
import dev.dormouse.template.ActorTemplate;
import dev.dormouse.template.ActorTemplateStatus;
import dev.dormouse.template.Catalog;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.Cancellable;
import io.vertx.mutiny.sqlclient.Pool;
import jakarta.annotation.PreDestroy;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Typed;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The catalog of a standalone server. The table {@code manifest} is the truth, memory a copy of it that is read again after each
 * change; so it survives restarts and other replicas' changes arrive.
 */
@ApplicationScoped
@Typed(ManifestCatalog.class)
public class ManifestCatalog implements Catalog {

    /** Before anything that asks the catalog at start-up. */
    static final int START_PRIORITY = 100;

    private static final Logger LOG = Logger.getLogger(ManifestCatalog.class);
    private static final Duration START_LIMIT = Duration.ofSeconds(30);
    private static final String API = "api";

    private final ManifestTable table;
    private final ChangeFeed feed;
    private final AtomicLong reads = new AtomicLong();
    private Loaded loaded = new Loaded(0, ManifestState.EMPTY);
    private volatile ManifestState state = ManifestState.EMPTY;
    private @Nullable Cancellable changes;

    private record Loaded(long read, ManifestState state) {}

    @Inject
    public ManifestCatalog(io.vertx.sqlclient.Pool pool, ChangeFeed feed) {
        this(new ManifestTable(Pool.newInstance(pool)), feed);
    }

    ManifestCatalog(ManifestTable table, ChangeFeed feed) {
        this.table = table;
        this.feed = feed;
    }

    void onStart(@Observes @Priority(START_PRIORITY) StartupEvent start, DormouseConfig config) {
        if (config.role() == DormouseConfig.Role.SERVER && config.mode() == DormouseConfig.Mode.STANDALONE) {
            start();
        }
    }

    /** Blocks until everything is in memory; from then on follows what others change. */
    void start() {
        changes = feed.changes()
                .filter(change -> change instanceof CatalogChange || change instanceof ChangeFeed.Missed)
                .onOverflow()
                .dropPreviousItems()
                .onItem()
                .transformToUniAndConcatenate(change -> refresh()
                        .onFailure()
                        .invoke(e -> LOG.warn("can't read the manifests again; the next change tries anew", e))
                        .onFailure()
                        .recoverWithNull())
                .subscribe()
                .with(read -> {}, e -> LOG.error("no more changes of manifests are seen", e));
        refresh().await().atMost(START_LIMIT);
    }

    @PreDestroy
    void stop() {
        if (changes != null) {
            changes.cancel();
        }
    }

    @Override
    public Optional<ActorTemplate> template(TemplateRef ref) {
        return Optional.ofNullable(state.templates().get(ref));
    }

    @Override
    public List<ActorTemplate> templates() {
        return List.copyOf(state.templates().values());
    }

    @Override
    public List<WorkerPool> pools() {
        return List.copyOf(state.pools().values());
    }

    @Override
    public List<SandboxConfig> sandboxConfigs() {
        return state.sandboxConfigs();
    }

    @Override
    public Optional<SnapshotRef> golden(TemplateRef ref) {
        return Optional.ofNullable(state.golden().get(ref));
    }

    @Override
    public Uni<Boolean> templateStatus(ActorTemplate seen, ActorTemplateStatus status, @Nullable SnapshotRef golden) {
        Key key = new Key(
                ManifestKind.ACTOR_TEMPLATE,
                seen.getMetadata().getNamespace(),
                seen.getMetadata().getName());
        return table.status(
                        key,
                        UUID.fromString(seen.getMetadata().getUid()),
                        Long.parseLong(seen.getMetadata().getResourceVersion()),
                        ManifestJson.write(status),
                        golden == null ? null : ManifestJson.write(golden))
                .call(this::refresh)
                .invoke(written -> {
                    if (written) {
                        publish(key);
                    }
                });
    }

    @Override
    public Uni<Void> poolStatus(PoolRef ref, WorkerPoolStatus status) {
        WorkerPool pool = state.pools().get(ref);
        if (pool == null || Objects.equals(pool.getStatus(), status)) {
            return Uni.createFrom().voidItem();
        }
        Key key = new Key(ManifestKind.WORKER_POOL, ref.namespace(), ref.name());
        return table.status(key, ManifestJson.write(status))
                .chain(this::refresh)
                .invoke(() -> publish(key));
    }

    @Override
    public Uni<Map<String, String>> secret(String namespace, String name) {
        return table.spec(new Key(ManifestKind.SECRET, namespace, name))
                .map(found -> found.map(ManifestJson::storedMap)
                        .map(ManifestSecret::decode)
                        .orElseThrow(() -> new Failure(
                                Code.FAILED_PRECONDITION,
                                "Secret %s/%s not found; apply it".formatted(namespace, name))));
    }

    @Override
    public Uni<Void> refresh() {
        return Uni.createFrom()
                .deferred(() -> {
                    // taken before the read: of two reads, the one that began later saw at least as much
                    long read = reads.incrementAndGet();
                    return table.all().map(ManifestState::of).invoke(found -> install(read, found));
                })
                .replaceWithVoid();
    }

    private synchronized void install(long read, ManifestState found) {
        if (read > loaded.read()) {
            loaded = new Loaded(read, found);
            state = found;
        }
    }

    /**
     * Applies what the API was given: all of it or, failing with {@link ManifestException}, nothing. Fails FAILED_PRECONDITION where the
     * source is another.
     */
    Uni<List<ManifestResult>> apply(List<ManifestObject> objects) {
        return source().chain(() -> apply(API, objects));
    }

    /** Applies what one source declares; what it declared before and no longer does stays until {@link #prune}. */
    Uni<List<ManifestResult>> apply(String source, List<ManifestObject> objects) {
        return table.apply(source, objects).call(this::refresh).invoke(this::publish);
    }

    /** Deletes what the source no longer declares. */
    Uni<ManifestTable.Pruned> prune(String source, Set<Key> keep) {
        return table.prune(source, keep).call(this::refresh).invoke(pruned -> publish(pruned.deleted()));
    }

    /** Fails NOT_FOUND; FAILED_PRECONDITION while actors use the template. Golden actor and snapshot follow. */
    Uni<ManifestResult> delete(Key key) {
        return source().chain(() -> table.delete(key)).call(this::refresh).invoke(() -> publish(key));
    }

    /** Nothing where this is the source of what is declared. */
    private Uni<Void> source() {
        return changes != null
                ? Uni.createFrom().voidItem()
                : Uni.createFrom()
                        .failure(new Failure(
                                Code.FAILED_PRECONDITION,
                                "What is declared is in the cluster: apply and delete it with kubectl"));
    }

    /** Files that something in the table came from. */
    Uni<Set<String>> fileSources() {
        return table.fileSources();
    }

    private void publish(List<ManifestResult> results) {
        results.stream()
                .filter(result -> result.result() != Outcome.UNCHANGED)
                .map(result -> new CatalogChange(result.kind(), result.namespace(), result.name()))
                .forEach(feed::publish);
    }

    private void publish(Key key) {
        feed.publish(new CatalogChange(key.kind().kind(), key.namespace(), key.name()));
    }
}
