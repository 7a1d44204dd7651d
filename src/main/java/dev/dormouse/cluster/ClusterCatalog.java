package dev.dormouse.cluster;

import dev.dormouse.golden.GoldenActor;
import dev.dormouse.journal.ChangeFeed;
import dev.dormouse.journal.ChangeFeed.CatalogChange;
import dev.dormouse.name.PoolRef;
import dev.dormouse.name.TemplateRef;
import dev.dormouse.pool.WorkerPool;
import dev.dormouse.pool.WorkerPoolStatus;
import dev.dormouse.sandboxconfig.SandboxConfig;
import dev.dormouse.snapshot.SnapshotRecords;
import dev.dormouse.snapshot.SnapshotRef;
import dev.dormouse.template.ActorTemplate;
import dev.dormouse.template.ActorTemplateStatus;
import dev.dormouse.template.Catalog;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.KubernetesResourceList;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Typed;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The catalog of a server in a cluster: custom resources, of which memory holds a copy that a watch keeps up. What a template's golden
 * snapshot is stands in the database; the template's status only names it, so that nobody who may write statuses can point at the
 * snapshot of somebody else.
 */
@ApplicationScoped
@Typed(ClusterCatalog.class)
public class ClusterCatalog implements Catalog {

    private static final Logger LOG = Logger.getLogger(ClusterCatalog.class);
    private static final Duration START_LIMIT = Duration.ofSeconds(30);
    private static final Duration FIRST_RETRY = Duration.ofMillis(200);
    private static final Duration LAST_RETRY = Duration.ofSeconds(5);
    private static final int READS_AT_ONCE = 8;

    private final KubernetesClient client;
    private final SnapshotRecords snapshots;
    private final ChangeFeed feed;
    private final ClusterSecrets secrets;
    private final Statuses statuses;
    private final Informers informers;
    private final Copy<Held> templates = new Copy<>(Held::template);
    private final Copy<WorkerPool> pools = new Copy<>(pool -> pool);
    private final Copy<SandboxConfig> sandboxConfigs = new Copy<>(config -> config);

    /** Always together: what an actor starts from belongs to what it is started as. */
    private record Held(ActorTemplate template, @Nullable SnapshotRef golden) {}

    @Inject
    public ClusterCatalog(KubernetesClient client, SnapshotRecords snapshots, ChangeFeed feed, InstantSource clock) {
        this.client = client;
        this.snapshots = snapshots;
        this.feed = feed;
        this.secrets = new ClusterSecrets(client, clock);
        this.statuses = new Statuses(client, new ObjectEvents(client, clock));
        this.informers = new Informers(client);
    }

    /**
     * Blocks until everything is in memory; from then on follows what changes.
     *
     * @throws IllegalStateException with a sentence for the user when the cluster does not give it
     */
    public void start() {
        informers
                .watch(SandboxConfig.class, this::seen, this::gone, START_LIMIT)
                .forEach(this::seen);
        informers.watch(WorkerPool.class, this::seen, this::gone, START_LIMIT).forEach(this::seen);
        List<ActorTemplate> declared = informers.watch(ActorTemplate.class, this::seen, this::gone, START_LIMIT);
        held(declared).await().atMost(START_LIMIT).forEach(this::take);
    }

    @PreDestroy
    void stop() {
        informers.close();
    }

    @Override
    public Optional<ActorTemplate> template(TemplateRef ref) {
        return templates.find(ref.namespace(), ref.name()).map(Held::template);
    }

    @Override
    public List<ActorTemplate> templates() {
        return templates.all().stream().map(Held::template).toList();
    }

    @Override
    public List<WorkerPool> pools() {
        return pools.all();
    }

    @Override
    public List<SandboxConfig> sandboxConfigs() {
        return sandboxConfigs.all();
    }

    @Override
    public Optional<SnapshotRef> golden(TemplateRef ref) {
        return templates.find(ref.namespace(), ref.name()).flatMap(held -> Optional.ofNullable(held.golden()));
    }

    @Override
    public Uni<Boolean> templateStatus(ActorTemplate seen, ActorTemplateStatus status, @Nullable SnapshotRef golden) {
        return blocking(() -> statuses.write(seen, status))
                .invoke(written -> written.ifPresent(now -> {
                    if (templates.putPresent(new Held(now, golden))) {
                        publish(now);
                    }
                }))
                .call(written -> written.isPresent() ? Uni.createFrom().voidItem() : reread(seen))
                .map(Optional::isPresent);
    }

    /** Whoever saw an old state looks again at once, and must not see it again. */
    private Uni<Void> reread(ActorTemplate seen) {
        return blocking(() -> Optional.ofNullable(client.resource(seen).get()))
                .chain(found -> found.map(now -> held(now).invoke(this::take).replaceWithVoid())
                        .orElseGet(() -> Uni.createFrom().voidItem().invoke(() -> gone(seen))));
    }

    @Override
    public Uni<Void> poolStatus(PoolRef ref, WorkerPoolStatus status) {
        WorkerPool pool = pools.find(ref.namespace(), ref.name()).orElse(null);
        if (pool == null || Objects.equals(pool.getStatus(), status)) {
            return Uni.createFrom().voidItem();
        }
        return blocking(() -> statuses.write(pool, status))
                .invoke(written -> written.ifPresent(now -> {
                    if (pools.putPresent(now)) {
                        publish(now);
                    }
                }))
                .replaceWithVoid();
    }

    @Override
    public Uni<Map<String, String>> secret(String namespace, String name) {
        return secrets.entries(namespace, name);
    }

    @Override
    public Uni<Void> refresh() {
        return blocking(() -> {
                    reread(SandboxConfig.class, sandboxConfigs);
                    reread(WorkerPool.class, pools);
                    return list(ActorTemplate.class);
                })
                .chain(list -> held(list.getItems()).invoke(held -> {
                    templates.retain(held, version(list)).forEach(lost -> publish(lost.template()));
                    held.forEach(this::take);
                }))
                .replaceWithVoid();
    }

    private <T extends HasMetadata> void reread(Class<T> kind, Copy<T> copy) {
        KubernetesResourceList<T> list = list(kind);
        copy.retain(list.getItems(), version(list)).forEach(this::publish);
        list.getItems().stream().filter(copy::put).forEach(this::publish);
    }

    private <T extends HasMetadata> KubernetesResourceList<T> list(Class<T> kind) {
        return client.resources(kind).inAnyNamespace().list();
    }

    private static long version(KubernetesResourceList<?> list) {
        return Long.parseLong(list.getMetadata().getResourceVersion());
    }

    private void seen(SandboxConfig config) {
        if (sandboxConfigs.put(config)) {
            publish(config);
        }
    }

    private void gone(SandboxConfig config) {
        if (sandboxConfigs.remove(config)) {
            publish(config);
        }
    }

    private void seen(WorkerPool pool) {
        if (pools.put(pool)) {
            publish(pool);
        }
    }

    private void gone(WorkerPool pool) {
        if (pools.remove(pool)) {
            publish(pool);
        }
    }

    private void seen(ActorTemplate template) {
        held(template).subscribe().with(this::take, e -> LOG.errorf(e, "template %s is not taken in", template.ref()));
    }

    private void gone(ActorTemplate template) {
        if (templates.remove(new Held(template, null))) {
            publish(template);
        }
    }

    private void take(Held held) {
        if (templates.put(held)) {
            publish(held.template());
        }
    }

    private Uni<List<Held>> held(List<ActorTemplate> declared) {
        return Multi.createFrom()
                .iterable(declared)
                .onItem()
                .transformToUni(this::held)
                .merge(READS_AT_ONCE)
                .collect()
                .asList();
    }

    /** With the golden snapshot that its status names; a database that is away is waited for. */
    private Uni<Held> held(ActorTemplate template) {
        ActorTemplateStatus status = template.getStatus();
        String uri = status == null ? null : status.goldenSnapshot();
        if (uri == null) {
            return Uni.createFrom().item(new Held(template, null));
        }
        SnapshotRef known = golden(template.ref()).orElse(null);
        if (known != null && known.uri().equals(uri)) {
            return Uni.createFrom().item(new Held(template, known));
        }
        return snapshots
                .of(GoldenActor.of(template))
                .onFailure()
                .invoke(e -> LOG.warnf("the golden snapshot of %s can't be read, trying again: %s", template.ref(), e))
                .onFailure()
                .retry()
                .withBackOff(FIRST_RETRY, LAST_RETRY)
                .indefinitely()
                .map(held -> new Held(
                        template,
                        held.stream()
                                .filter(snapshot -> snapshot.uri().equals(uri))
                                .findFirst()
                                .orElse(null)));
    }

    private void publish(HasMetadata object) {
        String namespace = object.getMetadata().getNamespace();
        feed.publishHere(new CatalogChange(
                object.getKind(),
                namespace == null ? "" : namespace,
                object.getMetadata().getName()));
    }

    private static <T> Uni<T> blocking(Supplier<T> call) {
        return Uni.createFrom().item(call).runSubscriptionOn(Infrastructure.getDefaultWorkerPool());
    }
}
