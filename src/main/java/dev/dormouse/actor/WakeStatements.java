package dev.dormouse.actor;

import static dev.dormouse.actor.SetStatement.Type.BIGINT;
import static dev.dormouse.actor.SetStatement.Type.BOOLEAN;
import static dev.dormouse.actor.SetStatement.Type.JSON;
import static dev.dormouse.actor.SetStatement.Type.TEXT;
import static dev.dormouse.actor.SetStatement.Type.UUIDS;

import dev.dormouse.actor.Fragments.Event;
import dev.dormouse.atespace.QuotaReached;
import dev.dormouse.name.ActorKey;
import io.vertx.sqlclient.Row;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** From asleep to running, and back when that fails. */
final class WakeStatements {

    /**
     * The database's answer to a claim that changed something or that a quota refused.
     *
     * @param reached that quota; null when the actor was claimed
     */
    record ClaimAnswer(Actor actor, @Nullable QuotaReached reached) {

        static ClaimAnswer read(Row row) {
            return new ClaimAnswer(ActorRow.read(row), QuotaReached.read(row, ActorRow.WIDTH));
        }
    }

    record Running(ActorKey key, long generation, Actor.Endpoint endpoint, Phases phases) {}

    record ResumeFailed(
            ActorKey key,
            long generation,
            String error,
            boolean keepLocal,
            ActorStore.WorkerAfter worker,
            Phases phases) {}

    record Fell(
            ActorKey key,
            long generation,
            String type,
            String error,
            boolean keepLocal,
            ActorStore.WorkerAfter worker) {}

    private WakeStatements() {}

    static <C> SetStatement.Builder<C> keyed(Function<C, ActorKey> key) {
        return new SetStatement.Builder<C>()
                .column("atespace", TEXT, c -> key.apply(c).atespace().value())
                .column("id", TEXT, c -> key.apply(c).id().value());
    }

    /** What would be claimed but for quotas. */
    private static final String OVER_QUOTA = Fragments.overQuota(
            "t.quota_running_actors is not null or t.quota_snapshot_bytes is not null or t.quota_wakes_per_minute is not null",
            """
            join w b on b.atespace = l.name
            join actor a on %s and a.version = b.seen_version and a.status in ('SUSPENDED', 'PAUSED')""".formatted(Fragments.KEY),
            "room_for_wakes");

    /**
     * The worker is locked first, and passed over when another claim holds it: claims never wait for each other's workers. Lateral, as
     * a plain join might read all workers. Then quotas are looked at; a claim that one refuses answers the record as it is.
     */
    static final SetStatement<ActorStore.Claim> CLAIM = WakeStatements.<ActorStore.Claim>keyed(ActorStore.Claim::key)
            .column("seen_version", BIGINT, ActorStore.Claim::seenVersion)
            .column("chosen", UUIDS, ActorStore.Claim::workerUid)
            .column("cause", TEXT, c -> c.cause().name())
            .column("owner", UUIDS, ActorStore.Claim::owner)
            .column("lease_ms", BIGINT, c -> c.lease().toMillis())
            .column("claim_us", BIGINT, ActorStore.Claim::claimMicros)
            .sql("""
                w as (
                  select b.*, null::uuid as snapshot_id, w.uid as worker_uid,
                         jsonb_build_object('namespace', w.namespace, 'pool', w.pool, 'pod', w.pod, 'ip', w.ip, 'node', w.node) as worker
                  from b cross join lateral (
                    select * from worker w where w.uid = b.chosen and w.state = 'FREE' for update skip locked) w),
                %s,
                a as (
                  update actor a
                  set status = 'RESUMING', generation = a.generation + 1, worker_uid = b.worker_uid, worker = b.worker,
                      %s, idle_since = null, busy_until = null, endpoint = null, %s
                  from w b
                  where %s and a.version = b.seen_version and a.status in ('SUSPENDED', 'PAUSED')
                    and %s
                  returning a.*, b.claim_us),
                u as (
                  update worker w set state = 'ASSIGNED', atespace = a.atespace, actor_id = a.id, generation = a.generation
                  from a where w.uid = a.worker_uid),
                %s
                select %s, null::text, null::bigint, null::bigint, null::bigint, 'ASSIGNED' from a
                union all
                select %s, x.quota, x.most, x.used, x.retry_ms, null from x join actor e on e.atespace = x.atespace and e.id = x.id""".formatted(
                    OVER_QUOTA,
                    Fragments.INTENT,
                    Fragments.CHANGED,
                    Fragments.KEY,
                    Fragments.WITHIN_QUOTA,
                    // at rest a local snapshot is what makes the difference between the two
                    Event.of("'Resuming'", "case when a.local_snapshot is null then 'SUSPENDED' else 'PAUSED' end")
                            .withWorker()
                            .phases("jsonb_build_object('claim', a.claim_us)")
                            .journaled(),
                    ActorRow.columnsOf("a"),
                    ActorRow.columnsOf("e")));

    static final SetStatement<Running> RUNNING = WakeStatements.<Running>keyed(Running::key)
            .column("generation", BIGINT, Running::generation)
            .column("endpoint", JSON, c -> ActorRow.json(c.endpoint()))
            .column("phases", JSON, c -> ActorRow.json(c.phases()))
            .sql("""
                a as (
                  update actor a
                  set status = 'RUNNING', endpoint = b.endpoint, last_error = null, %s, %s
                  from b
                  where %s and a.generation = b.generation and a.status = 'RESUMING'
                  returning a.*, b.phases),
                %s
                %s""".formatted(
                            Fragments.NO_INTENT,
                            Fragments.CHANGED,
                            Fragments.KEY,
                            Event.of("'Running'", "'RESUMING'")
                                    .withWorker()
                                    .phases("a.phases")
                                    .journaled(),
                            Fragments.answer("null::text")));

    private static final String TO_REST = """
            status = case when b.keep_local and a.local_snapshot is not null then 'PAUSED' else 'SUSPENDED' end,
            local_snapshot = case when b.keep_local then a.local_snapshot end, last_error = b.error""";

    static final SetStatement<ResumeFailed> RESUME_FAILED = WakeStatements.<ResumeFailed>keyed(ResumeFailed::key)
            .column("generation", BIGINT, ResumeFailed::generation)
            .column("error", TEXT, c -> ErrorText.safe(c.error()))
            .column("keep_local", BOOLEAN, ResumeFailed::keepLocal)
            .column("lost", BOOLEAN, c -> c.worker() == ActorStore.WorkerAfter.LOST)
            .column("phases", JSON, c -> ActorRow.json(c.phases()))
            .sql("""
                a as (
                  update actor a set %s, %s, %s
                  from b
                  where %s and a.generation = b.generation and a.status = 'RESUMING'
                  returning a.*, b.keep_local, b.lost, b.phases),
                %s,
                %s,
                %s
                %s""".formatted(
                            TO_REST,
                            Fragments.AT_REST,
                            Fragments.CHANGED,
                            Fragments.KEY,
                            Fragments.workersReleased("a.lost"),
                            Fragments.LOCAL_SNAPSHOTS_DROPPED,
                            Event.of("'ResumeFailed'", "'RESUMING'")
                                    .withWorker()
                                    .phases("a.phases")
                                    .message("a.last_error")
                                    .journaled(),
                            Fragments.answer(Fragments.WORKER_STATE)));

    /** Locks first, to know the status it came from; it is rare enough. */
    static final SetStatement<Fell> FELL = WakeStatements.<Fell>keyed(Fell::key)
            .column("generation", BIGINT, Fell::generation)
            .column("event_type", TEXT, Fell::type)
            .column("error", TEXT, c -> ErrorText.safe(c.error()))
            .column("keep_local", BOOLEAN, Fell::keepLocal)
            .column("lost", BOOLEAN, c -> c.worker() == ActorStore.WorkerAfter.LOST)
            .sql("""
                l as (
                  select b.*, a.status as from_status
                  from b join actor a on %s and a.generation = b.generation
                  where a.status not in ('SUSPENDED', 'PAUSED')
                  for update of a),
                a as (
                  update actor a set %s, %s, %s
                  from l b
                  where %s
                  returning a.*, b.keep_local, b.lost, b.event_type, b.from_status),
                p as (delete from promotion p using a where p.atespace = a.atespace and p.actor_id = a.id),
                %s,
                %s,
                %s
                %s""".formatted(
                            Fragments.KEY,
                            TO_REST,
                            Fragments.AT_REST,
                            Fragments.CHANGED,
                            Fragments.KEY,
                            Fragments.workersReleased("a.lost"),
                            Fragments.LOCAL_SNAPSHOTS_DROPPED,
                            Event.of("a.event_type", "a.from_status")
                                    .withWorker()
                                    .message("a.last_error")
                                    .journaled(),
                            Fragments.answer(Fragments.WORKER_STATE)));
}
