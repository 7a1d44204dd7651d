package dev.dormouse.actor;

import static dev.dormouse.actor.SetStatement.Type.BIGINT;
import static dev.dormouse.actor.SetStatement.Type.JSON;
import static dev.dormouse.actor.SetStatement.Type.TEXT;
import static dev.dormouse.actor.SetStatement.Type.TIME;
import static dev.dormouse.actor.SetStatement.Type.UUIDS;

import dev.dormouse.actor.Fragments.Event;
import dev.dormouse.name.ActorKey;
import dev.dormouse.snapshot.SnapshotRef;
import java.time.Duration;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** From running to asleep, and the snapshots that come of it. */
final class SleepStatements {

    record Slept(ActorKey key, long generation, SnapshotRef snapshot, int keepDurable, Phases phases) {}

    record SleepFailed(ActorKey key, long generation, String error, Phases phases) {}

    record Promote(ActorKey key, Cause cause, UUID owner, Duration lease) {}

    record Promoted(
            ActorKey key,
            long generation,
            @Nullable SnapshotRef snapshot,
            @Nullable String error,
            int keepDurable,
            Phases phases) {}

    record Taken(ActorKey key, long generation, SnapshotRef snapshot, int keepDurable) {}

    private SleepStatements() {}

    /** The columns that {@link Fragments#SNAPSHOTS_RECORDED} and {@link Fragments#OLD_SNAPSHOTS_DROPPED} read. */
    static <C> SetStatement.Builder<C> withSnapshot(
            SetStatement.Builder<C> builder, Function<C, @Nullable SnapshotRef> snapshot) {
        return builder.column("taken_id", UUIDS, c -> of(snapshot.apply(c), SnapshotRef::id))
                .column("uri", TEXT, c -> of(snapshot.apply(c), SnapshotRef::uri))
                .column("scope", TEXT, c -> of(snapshot.apply(c), s -> s.scope().name()))
                .column("size_bytes", BIGINT, c -> of(snapshot.apply(c), SnapshotRef::sizeBytes))
                .column("sandbox_class", TEXT, c -> of(snapshot.apply(c), SnapshotRef::sandboxClass))
                .column("sandbox_build", TEXT, c -> of(snapshot.apply(c), SnapshotRef::sandboxBuild))
                .column("cpu", TEXT, c -> of(snapshot.apply(c), SnapshotRef::cpu))
                .column("node", TEXT, c -> of(snapshot.apply(c), SleepStatements::node))
                .column("taken_at", TIME, c -> of(snapshot.apply(c), s -> ActorRow.time(s.createdAt())))
                .column("ref", JSON, c -> of(snapshot.apply(c), ActorRow::json));
    }

    private static final String SNAPSHOT_COLUMNS =
            "b.taken_id, b.uri, b.scope, b.size_bytes, b.sandbox_class, b.sandbox_build, b.cpu, b.node, b.taken_at";

    private static @Nullable Object of(
            @Nullable SnapshotRef snapshot, Function<SnapshotRef, ? extends @Nullable Object> part) {
        return snapshot == null ? null : part.apply(snapshot);
    }

    private static String node(SnapshotRef snapshot) {
        String node = snapshot.node();
        return node == null ? "" : node;
    }

    /** At least the one that just came: an actor is never without its last durable snapshot. */
    private static long atLeastOne(int keepDurable) {
        return Math.max(1, keepDurable);
    }

    static final SetStatement<ActorStore.Sleep> SLEEP = WakeStatements.<ActorStore.Sleep>keyed(ActorStore.Sleep::key)
            .column("to_status", TEXT, c -> c.to().name())
            .column("cause", TEXT, c -> c.cause().name())
            .column("snapshot_id", UUIDS, ActorStore.Sleep::snapshotId)
            .column("owner", UUIDS, ActorStore.Sleep::owner)
            .column("lease_ms", BIGINT, c -> c.lease().toMillis())
            .column("idle_before", TIME, c -> ActorRow.time(c.idleBefore()))
            .sql("""
                a as (
                  update actor a set status = b.to_status, %s, %s
                  from b
                  where %s and a.status = 'RUNNING'
                    and (b.idle_before is null
                         or a.idle_since <= b.idle_before and (a.busy_until is null or a.busy_until < now()))
                  returning a.*),
                %s
                %s""".formatted(
                            Fragments.INTENT,
                            Fragments.CHANGED,
                            Fragments.KEY,
                            Event.of("case a.status when 'PAUSING' then 'Pausing' else 'Suspending' end", "'RUNNING'")
                                    .withWorker()
                                    .snapshot("a.intent_snapshot")
                                    .journaled(),
                            Fragments.answer("null::text")));

    static final SetStatement<Slept> SLEPT = withSnapshot(WakeStatements.<Slept>keyed(Slept::key), Slept::snapshot)
            .column("generation", BIGINT, Slept::generation)
            .column("keep", BIGINT, c -> atLeastOne(c.keepDurable()))
            .column("phases", JSON, c -> ActorRow.json(c.phases()))
            .sql("""
                a as (
                  update actor a
                  set status = case b.node when '' then 'SUSPENDED' else 'PAUSED' end,
                      snapshot = case b.node when '' then b.ref else a.snapshot end,
                      local_snapshot = case b.node when '' then null else b.ref end,
                      last_error = null, %s, %s
                  from b
                  where %s and a.generation = b.generation and a.status in ('SUSPENDING', 'PAUSING') and a.worker_uid is not null
                  returning a.*, %s, b.keep, b.phases),
                %s,
                %s,
                %s,
                %s
                %s""".formatted(
                            Fragments.AT_REST,
                            Fragments.CHANGED,
                            Fragments.KEY,
                            SNAPSHOT_COLUMNS,
                            Fragments.workersReleased("false"),
                            Fragments.SNAPSHOTS_RECORDED,
                            Fragments.OLD_SNAPSHOTS_DROPPED,
                            Event.of(
                                            "case a.status when 'PAUSED' then 'Paused' else 'Suspended' end",
                                            "case a.status when 'PAUSED' then 'PAUSING' else 'SUSPENDING' end")
                                    .withWorker()
                                    .snapshot("a.taken_id")
                                    .phases("a.phases")
                                    .journaled(),
                            Fragments.answer(Fragments.WORKER_STATE)));

    /** Locks first, to know the status it came from; it is rare enough. */
    static final SetStatement<SleepFailed> SLEEP_FAILED = WakeStatements.<SleepFailed>keyed(SleepFailed::key)
            .column("generation", BIGINT, SleepFailed::generation)
            .column("error", TEXT, c -> ErrorText.safe(c.error()))
            .column("phases", JSON, c -> ActorRow.json(c.phases()))
            .sql("""
                o as (
                  select b.*, a.status as from_status
                  from b join actor a on %s and a.generation = b.generation
                  where a.status in ('SUSPENDING', 'PAUSING') and a.worker_uid is not null
                  for update of a),
                a as (
                  update actor a set status = 'RUNNING', last_error = b.error, %s, %s
                  from o b
                  where %s
                  returning a.*, b.from_status, b.phases),
                %s
                %s""".formatted(
                            Fragments.KEY,
                            Fragments.NO_INTENT,
                            Fragments.CHANGED,
                            Fragments.KEY,
                            Event.of("'SuspendFailed'", "a.from_status")
                                    .withWorker()
                                    .phases("a.phases")
                                    .message("a.last_error")
                                    .journaled(),
                            Fragments.answer("null::text")));

    static final SetStatement<Promote> PROMOTE = WakeStatements.<Promote>keyed(Promote::key)
            .column("cause", TEXT, c -> c.cause().name())
            .column("owner", UUIDS, Promote::owner)
            .column("lease_ms", BIGINT, c -> c.lease().toMillis())
            .column("snapshot_id", UUIDS, c -> null)
            .sql("""
                a as (
                  update actor a
                  set status = 'SUSPENDING', generation = a.generation + 1, worker_uid = null, worker = null, %s, %s
                  from b
                  where %s and a.status = 'PAUSED'
                  returning a.*),
                p as (insert into promotion (atespace, actor_id) select a.atespace, a.id from a on conflict do nothing),
                %s
                %s""".formatted(
                            Fragments.INTENT,
                            Fragments.CHANGED,
                            Fragments.KEY,
                            Event.of("'Suspending'", "'PAUSED'").journaled(),
                            Fragments.answer("null::text")));

    static final SetStatement<Promoted> PROMOTED = withSnapshot(
                    WakeStatements.<Promoted>keyed(Promoted::key), Promoted::snapshot)
            .column("generation", BIGINT, Promoted::generation)
            .column("error", TEXT, c -> c.error() == null ? null : ErrorText.safe(c.error()))
            .column("keep", BIGINT, c -> atLeastOne(c.keepDurable()))
            .column("phases", JSON, c -> ActorRow.json(c.phases()))
            .sql("""
                a as (
                  update actor a
                  set status = case when b.taken_id is null then 'PAUSED' else 'SUSPENDED' end,
                      snapshot = coalesce(b.ref, a.snapshot),
                      local_snapshot = case when b.taken_id is null then a.local_snapshot end,
                      last_error = b.error, %s, %s
                  from b
                  where %s and a.generation = b.generation and a.status = 'SUSPENDING' and a.worker_uid is null
                  returning a.*, %s, b.keep, b.phases),
                p as (delete from promotion p using a where p.atespace = a.atespace and p.actor_id = a.id),
                %s,
                %s,
                %s
                %s""".formatted(
                    Fragments.AT_REST,
                    Fragments.CHANGED,
                    Fragments.KEY,
                    SNAPSHOT_COLUMNS,
                    Fragments.SNAPSHOTS_RECORDED,
                    Fragments.OLD_SNAPSHOTS_DROPPED,
                    Event.of("case a.status when 'PAUSED' then 'SuspendFailed' else 'Suspended' end", "'SUSPENDING'")
                            .snapshot("a.taken_id")
                            .phases("a.phases")
                            .message("a.last_error")
                            .journaled(),
                    Fragments.answer("null::text")));

    static final SetStatement<Taken> TAKEN = withSnapshot(WakeStatements.<Taken>keyed(Taken::key), Taken::snapshot)
            .column("generation", BIGINT, Taken::generation)
            .column("keep", BIGINT, c -> atLeastOne(c.keepDurable()))
            .sql("""
                a as (
                  update actor a set snapshot = b.ref, local_snapshot = null, %s
                  from b
                  where %s and a.generation = b.generation and a.status = 'RUNNING'
                  returning a.*, %s, b.keep),
                %s,
                %s,
                %s
                %s""".formatted(
                            Fragments.CHANGED,
                            Fragments.KEY,
                            SNAPSHOT_COLUMNS,
                            Fragments.SNAPSHOTS_RECORDED,
                            Fragments.OLD_SNAPSHOTS_DROPPED,
                            Event.of("'SnapshotTaken'", "a.status")
                                    .withWorker()
                                    .snapshot("a.taken_id")
                                    .journaled(),
                            Fragments.answer("null::text")));
}
