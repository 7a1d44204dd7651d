package dev.dormouse.actor;

import static dev.dormouse.actor.SetStatement.Type.BIGINT;
import static dev.dormouse.actor.SetStatement.Type.JSON;
import static dev.dormouse.actor.SetStatement.Type.TEXT;
import static dev.dormouse.actor.SetStatement.Type.UUIDS;

import dev.dormouse.actor.Fragments.Event;
import dev.dormouse.name.ActorKey;
import dev.dormouse.snapshot.SnapshotRef;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Making, reading, changing and removing records. */
final class RecordStatements {

    record Creation(UUID uid, ActorStore.NewActor actor) {
        ActorKey key() {
            return actor.key();
        }
    }

    record Patch(
            ActorKey key,
            @Nullable Map<String, String> labels,
            @Nullable Map<String, String> workerSelector,
            @Nullable Long ifVersion) {}

    record Deletion(ActorKey key, @Nullable Long ifVersion) {}

    private RecordStatements() {}

    private static SetStatement.Builder<Creation> creation() {
        return WakeStatements.<Creation>keyed(Creation::key)
                .column("uid", UUIDS, Creation::uid)
                .column("template_namespace", TEXT, c -> c.actor().template().namespace())
                .column("template_name", TEXT, c -> c.actor().template().name())
                .column("labels", JSON, c -> ActorRow.json(c.actor().labels()))
                .column("worker_selector", JSON, c -> ActorRow.json(c.actor().workerSelector()));
    }

    /** Holds the atespace's row, so that it can't be removed meanwhile. */
    private static final String ATESPACES =
            "t as (select name from atespace where name in (select b.atespace from b) order by name for key share)";

    /** Who is there already takes no room, and is told so. */
    private static final String OVER_QUOTA = Fragments.overQuota(
            "t.quota_actors is not null or t.quota_snapshot_bytes is not null", """
            join b on b.atespace = l.name
            where not exists (select from actor e where e.atespace = b.atespace and e.id = b.id)""", "room_for_actors");

    /** A record created again soon after one was deleted goes on counting: what was sent to the old one stays refused. */
    private static final String FIRST_GENERATION = """
            coalesce((select e.generation from actor_event e
                      where e.atespace = b.atespace and e.actor_id = b.id and e.at > now() - interval '1 day'
                      order by e.seq desc limit 1), 0)""";

    /** Answers for each call its key, whether the atespace is there, of what was created generation and time, and the quota reached. */
    private static final String CREATED = """
            select b.atespace, b.id, exists (select from t where t.name = b.atespace), a.generation, a.created_at,
                   x.quota, x.most, x.used, x.retry_ms
            from b left join a on a.uid = b.uid left join x on x.atespace = b.atespace and x.id = b.id""";

    static final SetStatement<Creation> CREATE = creation().sql("""
                %s,
                %s,
                a as (
                  insert into actor (atespace, id, uid, template_namespace, template_name, status, version, generation,
                                     labels, worker_selector, created_at, updated_at)
                  select b.atespace, b.id, b.uid, b.template_namespace, b.template_name, 'SUSPENDED', 1, %s,
                         b.labels, b.worker_selector, now(), now()
                  from b where b.atespace in (select name from t) and %s
                  on conflict (atespace, id) do nothing
                  returning *),
                %s
                %s""".formatted(
                    ATESPACES,
                    OVER_QUOTA,
                    FIRST_GENERATION,
                    Fragments.WITHIN_QUOTA,
                    Event.of("'Created'", "null").journaled(),
                    CREATED));

    /** As {@link #CREATE}; the origin's hold on the snapshot is locked until the fork has its own. Answers also whether it was there. */
    static final SetStatement<Creation> FORK = SleepStatements.withSnapshot(
                    creation(), c -> c.actor().snapshot())
            .column("origin_atespace", TEXT, c -> origin(c, k -> k.atespace().value()))
            .column("origin_id", TEXT, c -> origin(c, k -> k.id().value()))
            .sql("""
                %s,
                %s,
                o as (
                  select b.uid, coalesce(x.owner_atespace, x.atespace) as owner_atespace, coalesce(x.owner_id, x.actor_id) as owner_id
                  from b join snapshot x on x.atespace = b.origin_atespace and x.actor_id = b.origin_id
                                        and x.id = b.taken_id and x.node = ''
                  for key share of x),
                a as (
                  insert into actor (atespace, id, uid, template_namespace, template_name, status, version, generation,
                                     labels, worker_selector, snapshot, created_at, updated_at)
                  select b.atespace, b.id, b.uid, b.template_namespace, b.template_name, 'SUSPENDED', 1, %s,
                         b.labels, b.worker_selector, b.ref, now(), now()
                  from b where b.atespace in (select name from t) and (b.taken_id is null or b.uid in (select uid from o))
                    and %s
                  on conflict (atespace, id) do nothing
                  returning *),
                s as (
                  insert into snapshot (atespace, actor_id, id, uri, scope, size_bytes, sandbox_class, sandbox_build, cpu, node,
                                        owner_atespace, owner_id, taken_at)
                  select b.atespace, b.id, b.taken_id, b.uri, b.scope, b.size_bytes, b.sandbox_class, b.sandbox_build, b.cpu, '',
                         o.owner_atespace, o.owner_id, b.taken_at
                  from b join a on a.uid = b.uid join o on o.uid = b.uid),
                f as (
                  insert into actor_event (atespace, actor_id, actor_uid, type, to_status, generation, snapshot_id, message)
                  select a.atespace, a.id, a.uid, 'Forked', a.status, a.generation, b.taken_id,
                         'from ' || b.origin_atespace || '/' || b.origin_id
                  from a join b on a.uid = b.uid)
                select c.*, b.taken_id is null or b.uid in (select uid from o)
                from (%s) c join b on b.atespace = c.atespace and b.id = c.id""".formatted(ATESPACES, OVER_QUOTA, FIRST_GENERATION, Fragments.WITHIN_QUOTA, CREATED));

    private static @Nullable Object origin(Creation creation, Function<ActorKey, String> part) {
        ActorKey origin = creation.actor().forkedFrom();
        return origin == null ? null : part.apply(origin);
    }

    static final SetStatement<ActorKey> FIND = WakeStatements.<ActorKey>keyed(Function.<ActorKey>identity())
            .sql("""
                a as not materialized (select a.* from b join actor a on %s)
                %s""".formatted(Fragments.KEY, Fragments.answer("null::text")));

    static final SetStatement<Patch> PATCH = WakeStatements.<Patch>keyed(Patch::key)
            .column("labels", JSON, c -> c.labels() == null ? null : ActorRow.json(c.labels()))
            .column("worker_selector", JSON, c -> c.workerSelector() == null ? null : ActorRow.json(c.workerSelector()))
            .column("if_version", BIGINT, Patch::ifVersion)
            .sql("""
                a as (
                  update actor a
                  set labels = coalesce(b.labels, a.labels), worker_selector = coalesce(b.worker_selector, a.worker_selector), %s
                  from b
                  where %s and (b.if_version is null or a.version = b.if_version)
                  returning a.*)
                %s""".formatted(Fragments.CHANGED, Fragments.KEY, Fragments.answer("null::text")));

    static final SetStatement<Deletion> DELETE = WakeStatements.<Deletion>keyed(Deletion::key)
            .column("if_version", BIGINT, Deletion::ifVersion)
            .sql("""
                a as (
                  delete from actor a
                  using b
                  where %s and a.status in ('SUSPENDED', 'PAUSED') and (b.if_version is null or a.version = b.if_version)
                  returning a.*),
                %s,
                j as (
                  insert into actor_event (atespace, actor_id, actor_uid, type, from_status, generation, template_namespace, template_name)
                  select a.atespace, a.id, a.uid, 'Deleted', a.status, a.generation, a.template_namespace, a.template_name from a)
                %s""".formatted(Fragments.KEY, Fragments.ALL_SNAPSHOTS_DROPPED, Fragments.answer("null::text")));

    /** For the snapshot of a fork. */
    static @Nullable SnapshotRef durable(@Nullable SnapshotRef snapshot) {
        if (snapshot != null && snapshot.node() != null) {
            throw new IllegalArgumentException("a fork can't share a snapshot that is on one node only");
        }
        return snapshot;
    }
}
