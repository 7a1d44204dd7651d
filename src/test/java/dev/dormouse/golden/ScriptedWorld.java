package dev.dormouse.golden;

import dev.dormouse.actor.Actor;
import dev.dormouse.actor.ActorStatus;
import dev.dormouse.actor.ActorStore;
import dev.dormouse.journal.ChangeFeed;
import dev.dormouse.name.ActorKey;
import dev.dormouse.name.PoolRef;
import dev.dormouse.name.TemplateRef;
import dev.dormouse.platform.Code;
import dev.dormouse.platform.Failure;
import dev.dormouse.pool.WorkerPool;
import dev.dormouse.pool.WorkerPoolStatus;
import dev.dormouse.sandboxconfig.SandboxConfig;
import dev.dormouse.snapshot.Scope;
import dev.dormouse.snapshot.SnapshotRef;
import dev.dormouse.template.ActorTemplate;
import dev.dormouse.template.ActorTemplateSpec;
import dev.dormouse.template.ActorTemplateStatus;
import dev.dormouse.template.Catalog;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** A catalog, actors and workers in memory, with faults to order and a clock to turn. */
final class ScriptedWorld implements Catalog, GoldenLife, InstantSource, ChangeFeed {

    final Map<ActorKey, Actor> actors = new ConcurrentHashMap<>();
    final Deque<Throwable> bootFaults = new ArrayDeque<>();
    final Deque<Throwable> suspendFaults = new ArrayDeque<>();
    final List<ActorTemplateStatus> statuses = new CopyOnWriteArrayList<>();
    final List<String> calls = new CopyOnWriteArrayList<>();
    Scope scope = Scope.FULL;
    Optional<String> outdated = Optional.empty();
    boolean loseStatusWrites;

    @Nullable
    Runnable onRefresh;

    Instant now = Instant.parse("2026-01-01T00:00:00Z");

    private final Map<TemplateRef, ActorTemplate> templates = new ConcurrentHashMap<>();
    private final Map<TemplateRef, SnapshotRef> golden = new ConcurrentHashMap<>();

    void declare(String name, String uid, ActorTemplateSpec spec) {
        ActorTemplate template = new ActorTemplate();
        template.setMetadata(new ObjectMetaBuilder()
                .withNamespace("demo")
                .withName(name)
                .withUid(uid)
                .withGeneration(1L)
                .withResourceVersion("1")
                .build());
        template.setSpec(spec);
        templates.put(template.ref(), template);
    }

    void forget(String name) {
        templates.remove(new TemplateRef("demo", name));
    }

    ActorTemplate template(String name) {
        return template(new TemplateRef("demo", name)).orElseThrow();
    }

    void add(ActorKey key, ActorStatus status) {
        actors.put(key, actor(key, new TemplateRef("demo", "any"), status, null, null));
    }

    void change(ActorKey key, ActorStatus status, @Nullable SnapshotRef snapshot, @Nullable String error) {
        actors.put(key, actor(key, actors.get(key).template(), status, snapshot, error));
    }

    /** Only what the reconciler uses; anything else is a mistake of the test. */
    ActorStore store() {
        return (ActorStore) Proxy.newProxyInstance(
                ActorStore.class.getClassLoader(), new Class<?>[] {ActorStore.class}, (proxy, method, args) -> {
                    return switch (method.getName()) {
                        case "find" -> Uni.createFrom().item(Optional.ofNullable(actors.get((ActorKey) args[0])));
                        case "create" -> create((ActorStore.NewActor) args[0]);
                        case "list" -> Uni.createFrom().item(new ActorStore.Page(List.copyOf(actors.values()), null));
                        case "delete" -> delete((ActorKey) args[0]);
                        case "fell" -> fell((ActorKey) args[0], (String) args[3]);
                        default -> throw new UnsupportedOperationException(method.getName());
                    };
                });
    }

    private Uni<Actor> create(ActorStore.NewActor wish) {
        calls.add("create");
        Actor actor = actor(wish.key(), wish.template(), ActorStatus.SUSPENDED, null, null);
        actors.put(wish.key(), actor);
        return Uni.createFrom().item(actor);
    }

    private Uni<Actor> delete(ActorKey key) {
        calls.add("delete");
        Actor actor = actors.get(key);
        if (actor.status() != ActorStatus.SUSPENDED) {
            return Uni.createFrom().failure(new Failure(Code.FAILED_PRECONDITION, "not suspended"));
        }
        actors.remove(key);
        return Uni.createFrom().item(actor);
    }

    private Uni<Optional<Actor>> fell(ActorKey key, String error) {
        calls.add("fell");
        change(key, ActorStatus.SUSPENDED, actors.get(key).snapshot(), error);
        return Uni.createFrom().item(Optional.of(actors.get(key)));
    }

    @Override
    public Uni<Actor> boot(ActorKey key) {
        calls.add("boot");
        if (!bootFaults.isEmpty()) {
            return Uni.createFrom().failure(bootFaults.poll());
        }
        change(key, ActorStatus.RUNNING, actors.get(key).snapshot(), null);
        return Uni.createFrom().item(actors.get(key));
    }

    @Override
    public Uni<Actor> suspend(ActorKey key) {
        calls.add("suspend");
        if (!suspendFaults.isEmpty()) {
            return Uni.createFrom().failure(suspendFaults.poll());
        }
        change(key, ActorStatus.SUSPENDED, snapshot(key), null);
        return Uni.createFrom().item(actors.get(key));
    }

    @Override
    public Uni<Optional<String>> outdated(TemplateRef template) {
        return Uni.createFrom().item(outdated);
    }

    SnapshotRef snapshot(ActorKey key) {
        return new SnapshotRef(
                UUID.randomUUID(), "file:///s/" + key + "/1", scope, 1, "gvisor", "build", "amd64/1", null, now);
    }

    private Actor actor(
            ActorKey key,
            TemplateRef template,
            ActorStatus status,
            @Nullable SnapshotRef snapshot,
            @Nullable String error) {
        return new Actor(
                key,
                UUID.randomUUID(),
                template,
                status,
                1,
                1,
                Map.of(),
                Map.of(),
                null,
                null,
                snapshot,
                null,
                null,
                null,
                error,
                now,
                now);
    }

    @Override
    public Instant instant() {
        return now;
    }

    void pass(Duration time) {
        now = now.plus(time);
    }

    @Override
    public Optional<ActorTemplate> template(TemplateRef ref) {
        return Optional.ofNullable(templates.get(ref));
    }

    @Override
    public List<ActorTemplate> templates() {
        return List.copyOf(templates.values());
    }

    @Override
    public List<WorkerPool> pools() {
        return List.of();
    }

    @Override
    public List<SandboxConfig> sandboxConfigs() {
        return List.of();
    }

    @Override
    public Optional<SnapshotRef> golden(TemplateRef ref) {
        return Optional.ofNullable(golden.get(ref));
    }

    @Override
    public synchronized Uni<Boolean> templateStatus(
            ActorTemplate seen, ActorTemplateStatus status, @Nullable SnapshotRef snapshot) {
        ActorTemplate present = templates.get(seen.ref());
        if (loseStatusWrites
                || present == null
                || !present.getMetadata()
                        .getResourceVersion()
                        .equals(seen.getMetadata().getResourceVersion())) {
            return Uni.createFrom().item(false);
        }
        ActorTemplate next = new ActorTemplate();
        next.setMetadata(new ObjectMetaBuilder(present.getMetadata())
                .withResourceVersion(present.getMetadata().getResourceVersion() + "1")
                .build());
        next.setSpec(present.getSpec());
        next.setStatus(status);
        templates.put(seen.ref(), next);
        statuses.add(status);
        if (snapshot == null) {
            golden.remove(seen.ref());
        } else {
            golden.put(seen.ref(), snapshot);
        }
        return Uni.createFrom().item(true);
    }

    @Override
    public Uni<Void> poolStatus(PoolRef ref, WorkerPoolStatus status) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Uni<Map<String, String>> secret(String namespace, String name) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Uni<Void> refresh() {
        if (onRefresh != null) {
            onRefresh.run();
        }
        return Uni.createFrom().voidItem();
    }

    @Override
    public Multi<Change> changes() {
        return Multi.createFrom().nothing();
    }

    @Override
    public void publish(Change change) {}

    @Override
    public void publishHere(Change change) {}
}
