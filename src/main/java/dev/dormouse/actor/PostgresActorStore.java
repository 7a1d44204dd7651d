package dev.dormouse.actor;

import dev.dormouse.actor.RecordStatements.Creation;
import dev.dormouse.actor.RecordStatements.Deletion;
import dev.dormouse.actor.RecordStatements.Patch;
import dev.dormouse.actor.SleepStatements.Promote;
import dev.dormouse.actor.SleepStatements.Promoted;
import dev.dormouse.actor.SleepStatements.SleepFailed;
import dev.dormouse.actor.SleepStatements.Slept;
import dev.dormouse.actor.SleepStatements.Taken;
import dev.dormouse.actor.WakeStatements.ClaimAnswer;
import dev.dormouse.actor.WakeStatements.Fell;
import dev.dormouse.actor.WakeStatements.ResumeFailed;
import dev.dormouse.actor.WakeStatements.Running;
import dev.dormouse.atespace.QuotaMetrics;
import dev.dormouse.atespace.QuotaReached;
import dev.dormouse.journal.ChangeFeed;
import dev.dormouse.name.ActorKey;
import dev.dormouse.platform.Batcher;
import dev.dormouse.platform.Code;
import dev.dormouse.platform.Database;
import dev.dormouse.platform.DormouseConfig;
import dev.dormouse.platform.Failure;
import dev.dormouse.snapshot.SnapshotRef;
import io.smallrye.mutiny.Uni;
import io.vertx.sqlclient.Row;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The store over PostgreSQL: one set-based statement per kind of transition. */
@Singleton
public class PostgresActorStore implements ActorStore {

    private static final Failure CHANGED_MEANWHILE =
            new Failure(Code.ABORTED, "concurrent update conflict, please retry");

    private final ChangeFeed feed;
    private final Database database;
    private final Batcher.Limits limits;
    private final Consumer<QuotaReached> refused;
    private final ActorListing listing;
    private final ActorUpkeep upkeep;
    private final ActorBatch<ActorKey, Actor> find;
    private final ActorBatch<Creation, Created> create;
    private final ActorBatch<Creation, Created> fork;
    private final ActorBatch<Patch, Actor> patch;
    private final ActorBatch<Deletion, Actor> delete;
    private final ActorBatch<Claim, ClaimAnswer> claim;
    private final ActorBatch<Running, Actor> running;
    private final ActorBatch<ResumeFailed, Actor> resumeFailed;
    private final ActorBatch<Fell, Actor> fell;
    private final ActorBatch<Sleep, Actor> sleep;
    private final ActorBatch<Slept, Actor> slept;
    private final ActorBatch<SleepFailed, Actor> sleepFailed;
    private final ActorBatch<Promote, Actor> promote;
    private final ActorBatch<Promoted, Actor> promoted;
    private final ActorBatch<Taken, Actor> taken;

    @Inject
    PostgresActorStore(Database database, ChangeFeed feed, DormouseConfig config, QuotaMetrics quotas) {
        this(
                database,
                feed,
                new Batcher.Limits(
                        config.database().batchSize(), config.database().batchesInFlight()),
                quotas::refused);
    }

    /** @param refused told of each quota that refused something */
    PostgresActorStore(Database database, ChangeFeed feed, Batcher.Limits limits, Consumer<QuotaReached> refused) {
        this.refused = refused;
        this.feed = feed;
        this.database = database;
        this.limits = limits;
        this.listing = new ActorListing(database);
        this.upkeep = new ActorUpkeep(
                database, actor -> published(actor, actor.status().name()));
        this.find = new ActorBatch<>(
                database,
                limits,
                RecordStatements.FIND,
                key -> key,
                key -> List.of(),
                ActorRow::read,
                (actor, row) -> {});
        this.create = creations(RecordStatements.CREATE, row -> Created.read(row, true));
        this.fork = creations(RecordStatements.FORK, row -> Created.read(row, row.getBoolean(Created.ORIGIN)));
        this.patch = transition(RecordStatements.PATCH, Patch::key);
        this.delete = new ActorBatch<>(
                database,
                limits,
                RecordStatements.DELETE,
                Deletion::key,
                call -> List.of(call.key()),
                ActorRow::read,
                (actor, row) -> published(actor, "DELETED"));
        this.claim = new ActorBatch<>(
                database,
                limits,
                WakeStatements.CLAIM,
                Claim::key,
                call -> List.of(call.key(), call.workerUid()),
                ClaimAnswer::read,
                (answer, row) -> {
                    if (answer.reached() == null) {
                        published(answer.actor(), row);
                    }
                });
        this.running = transition(WakeStatements.RUNNING, Running::key);
        this.resumeFailed = transition(WakeStatements.RESUME_FAILED, ResumeFailed::key);
        this.fell = transition(WakeStatements.FELL, Fell::key);
        this.sleep = transition(SleepStatements.SLEEP, Sleep::key);
        this.slept = transition(SleepStatements.SLEPT, Slept::key);
        this.sleepFailed = transition(SleepStatements.SLEEP_FAILED, SleepFailed::key);
        this.promote = transition(SleepStatements.PROMOTE, Promote::key);
        this.promoted = transition(SleepStatements.PROMOTED, Promoted::key);
        this.taken = transition(SleepStatements.TAKEN, Taken::key);
    }

    private <C> ActorBatch<C, Actor> transition(SetStatement<C> statement, Function<C, ActorKey> key) {
        return new ActorBatch<>(
                database, limits, statement, key, call -> List.of(key.apply(call)), ActorRow::read, this::published);
    }

    private ActorBatch<Creation, Created> creations(SetStatement<Creation> statement, Function<Row, Created> read) {
        return new ActorBatch<>(
                database, limits, statement, Creation::key, call -> List.of(call.key()), read, (created, row) -> {});
    }

    private void published(Actor actor, Row row) {
        published(actor, actor.status().name());
        String workerState = row.getString(row.size() - 1);
        if (workerState != null) {
            feed.publish(new ChangeFeed.WorkerChange(row.getUUID(ActorRow.WORKER_UID), workerState));
        }
    }

    private void published(Actor actor, String status) {
        Actor.Activation activation = actor.activation();
        feed.publish(new ChangeFeed.ActorChange(
                actor.key(),
                status,
                actor.version(),
                actor.generation(),
                activation == null ? null : activation.workerUid()));
    }

    @Override
    public Uni<Actor> create(NewActor actor) {
        Creation creation = new Creation(UUID.randomUUID(), actor);
        RecordStatements.durable(actor.snapshot());
        return (actor.forkedFrom() == null ? create : fork)
                .submit(creation)
                .map(Optional::orElseThrow)
                .invoke(answer -> Optional.ofNullable(answer.reached()).ifPresent(refused))
                .map(answer -> answer.actor(creation))
                .invoke(created -> published(created, created.status().name()));
    }

    @Override
    public Uni<Optional<Actor>> find(ActorKey key) {
        return find.submit(key);
    }

    @Override
    public Uni<Page> list(Query query) {
        return listing.list(query);
    }

    @Override
    public Uni<Actor> patch(
            ActorKey key,
            @Nullable Map<String, String> labels,
            @Nullable Map<String, String> workerSelector,
            @Nullable Long ifVersion) {
        return patch.submit(new Patch(key, labels, workerSelector, ifVersion))
                .chain(done -> done.map(Uni.createFrom()::item)
                        .orElseGet(() -> present(key).map(actor -> {
                            throw CHANGED_MEANWHILE;
                        })));
    }

    @Override
    public Uni<Actor> delete(ActorKey key, @Nullable Long ifVersion) {
        return delete.submit(new Deletion(key, ifVersion))
                .chain(done -> done.map(Uni.createFrom()::item)
                        .orElseGet(() -> present(key).map(actor -> {
                            throw undeletable(actor, ifVersion);
                        })));
    }

    private static Failure undeletable(Actor actor, @Nullable Long ifVersion) {
        boolean asleep = actor.status() == ActorStatus.SUSPENDED || actor.status() == ActorStatus.PAUSED;
        if (asleep || (ifVersion != null && ifVersion != actor.version())) {
            return CHANGED_MEANWHILE;
        }
        return new Failure(
                Code.FAILED_PRECONDITION,
                "Actor %s is not suspended (status: %s)"
                        .formatted(actor.key().id(), actor.status().wireName()));
    }

    private Uni<Actor> present(ActorKey key) {
        return find(key)
                .map(found ->
                        found.orElseThrow(() -> new Failure(Code.NOT_FOUND, "Actor %s not found".formatted(key.id()))));
    }

    @Override
    public Uni<ClaimOutcome> claim(Claim wish) {
        return claim.submit(wish).chain(done -> {
            QuotaReached reached = done.isPresent() ? done.get().reached() : null;
            return reached == null
                    ? outcome(done.map(ClaimAnswer::actor), wish.key(), actor -> unclaimed(actor, wish))
                    : Uni.createFrom().item(overQuota(reached));
        });
    }

    private ClaimOutcome overQuota(QuotaReached reached) {
        refused.accept(reached);
        return new OverQuota(reached);
    }

    private static ClaimOutcome unclaimed(Actor actor, Claim wish) {
        boolean claimable = actor.version() == wish.seenVersion()
                && (actor.status() == ActorStatus.SUSPENDED || actor.status() == ActorStatus.PAUSED);
        return claimable ? new Lost() : new Moved(actor);
    }

    /** Where the statement changed nothing, the record as it is now tells why. */
    private Uni<ClaimOutcome> outcome(Optional<Actor> done, ActorKey key, Function<Actor, ClaimOutcome> why) {
        return done.isPresent()
                ? Uni.createFrom().item(new Claimed(done.get()))
                : find(key).map(found -> found.map(why).orElseGet(Gone::new));
    }

    @Override
    public Uni<Optional<Actor>> running(ActorKey key, long generation, Actor.Endpoint endpoint, Phases phases) {
        return running.submit(new Running(key, generation, endpoint, phases));
    }

    @Override
    public Uni<Optional<Actor>> resumeFailed(
            ActorKey key, long generation, String error, boolean keepLocal, WorkerAfter worker, Phases phases) {
        return resumeFailed.submit(new ResumeFailed(key, generation, error, keepLocal, worker, phases));
    }

    @Override
    public Uni<Optional<Actor>> refused(ActorKey key, long seenVersion, String error, Cause cause) {
        return upkeep.refused(key, seenVersion, error, cause);
    }

    @Override
    public Uni<ClaimOutcome> sleep(Sleep wish) {
        if (wish.to() != ActorStatus.SUSPENDING && wish.to() != ActorStatus.PAUSING) {
            throw new IllegalArgumentException("an actor falls asleep by SUSPENDING or PAUSING, not " + wish.to());
        }
        return sleep.submit(wish).chain(done -> outcome(done, wish.key(), Moved::new));
    }

    @Override
    public Uni<Optional<Actor>> slept(
            ActorKey key, long generation, SnapshotRef snapshot, int keepDurable, Phases phases) {
        return slept.submit(new Slept(key, generation, snapshot, keepDurable, phases));
    }

    @Override
    public Uni<Optional<Actor>> sleepFailed(ActorKey key, long generation, String error, Phases phases) {
        return sleepFailed.submit(new SleepFailed(key, generation, error, phases));
    }

    @Override
    public Uni<Optional<Actor>> fell(
            ActorKey key, long generation, String type, String error, boolean keepLocal, WorkerAfter worker) {
        return fell.submit(new Fell(key, generation, type, error, keepLocal, worker));
    }

    @Override
    public Uni<ClaimOutcome> promote(ActorKey key, Cause cause, UUID owner, Duration lease) {
        return promote.submit(new Promote(key, cause, owner, lease)).chain(done -> outcome(done, key, Moved::new));
    }

    @Override
    public Uni<Optional<Actor>> promoted(
            ActorKey key,
            long generation,
            @Nullable SnapshotRef snapshot,
            @Nullable String error,
            int keepDurable,
            Phases phases) {
        return promoted.submit(
                new Promoted(key, generation, RecordStatements.durable(snapshot), error, keepDurable, phases));
    }

    @Override
    public Uni<Optional<Actor>> snapshotTaken(ActorKey key, long generation, SnapshotRef snapshot, int keepDurable) {
        RecordStatements.durable(snapshot);
        return taken.submit(new Taken(key, generation, snapshot, keepDurable));
    }

    @Override
    public Uni<List<Actor>> takeOverExpired(UUID owner, Duration lease, int limit) {
        return upkeep.takeOverExpired(owner, lease, limit);
    }

    @Override
    public Uni<List<ActorKey>> renew(UUID owner, Map<ActorKey, Long> generations, Duration lease) {
        return upkeep.renew(owner, generations, lease);
    }

    @Override
    public Uni<List<Actor>> failed(int limit) {
        return listing.failed(limit);
    }

    @Override
    public Uni<List<Actor>> awake() {
        return upkeep.awake();
    }

    @Override
    public Uni<Void> reportIdle(Map<ActorKey, Idle> reports) {
        return upkeep.reportIdle(reports);
    }

    @Override
    public Uni<Void> reportBusy(List<ActorKey> keys, Instant until) {
        return upkeep.reportBusy(keys, until);
    }

    @Override
    public Uni<Void> addPort(ActorKey key, long generation, int actorPort, int endpointPort) {
        return upkeep.addPort(key, generation, actorPort, endpointPort);
    }
}
