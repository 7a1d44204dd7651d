package dev.dormouse.actor;

/**
 * Pieces that several statements have in common. By convention {@code b} are the calls and {@code a} the actors changed, with the
 * columns of both that later pieces need.
 */
final class Fragments {

    /** Where a call's actor is. */
    static final String KEY = "a.atespace = b.atespace and a.id = b.id";

    /** The actor no longer holds a worker, and nobody works on it; worker and cause stay for the journal. */
    static final String AT_REST = """
            endpoint = null, intent_owner = null, intent_deadline = null, intent_snapshot = null, \
            idle_since = null, busy_until = null""";

    /** Nobody works on the actor any more. */
    static final String NO_INTENT = "intent_owner = null, intent_deadline = null, intent_snapshot = null";

    static final String CHANGED = "version = a.version + 1, updated_at = now()";

    /** The intent as the call brings it. */
    static final String INTENT = """
            intent_owner = b.owner, intent_deadline = now() + b.lease_ms * interval '1 millisecond', \
            intent_snapshot = b.snapshot_id, cause = b.cause""";

    static final String WORKER_NAME =
            "(a.worker->>'namespace') || '/' || (a.worker->>'pool') || '/' || (a.worker->>'pod')";

    private static final String HELD_BY =
            "w.uid = a.worker_uid and w.atespace = a.atespace and w.actor_id = a.id and w.generation = a.generation";

    /** The state that {@link #workersReleased} left the actor's worker in. */
    static final String WORKER_STATE = "(select u.state from u where u.uid = a.worker_uid)";

    private Fragments() {}

    /**
     * What every transition answers: the actor's columns, and then a worker's state.
     *
     * @param workerState SQL for the state its worker went to; null where none changes hands
     */
    static String answer(String workerState) {
        return "select %s, %s from a".formatted(ActorRow.columnsOf("a"), workerState);
    }

    /**
     * The workers of {@code a} are given back. One that drains or is lost stays so.
     *
     * @param lost SQL condition on {@code a}: nobody knows whether the slot is clean
     */
    static String workersReleased(String lost) {
        return """
                u as (
                  update worker w
                  set state = case when %s then 'LOST' when w.state = 'ASSIGNED' then 'FREE' else w.state end,
                      atespace = null, actor_id = null, generation = null, released_at = clock_timestamp()
                  from a where %s
                  returning w.uid, w.state)""".formatted(lost, HELD_BY);
    }

    /** The snapshots that came with the calls; recorded only where there is one. */
    static final String SNAPSHOTS_RECORDED = """
            s as (
              insert into snapshot (atespace, actor_id, id, uri, scope, size_bytes, sandbox_class, sandbox_build, cpu, node, taken_at)
              select atespace, id, taken_id, uri, scope, size_bytes, sandbox_class, sandbox_build, cpu, node, taken_at
              from a where taken_id is not null
              on conflict do nothing)""";

    /**
     * Beside the new snapshot an actor keeps {@code keep - 1} durable ones, all of them if the new one is local; and no local one.
     * The statement doesn't see the row that it inserts itself.
     */
    static final String OLD_SNAPSHOTS_DROPPED = snapshotsDropped("""
            select x.id, x.node from snapshot x
               where x.atespace = a.atespace and x.actor_id = a.id and a.taken_id is not null and x.node <> ''
             union all
             (select x.id, x.node from snapshot x
               where x.atespace = a.atespace and x.actor_id = a.id and a.taken_id is not null and a.node = '' and x.node = ''
               order by x.recorded_at desc offset a.keep - 1)""");

    /** Local snapshots that nobody wants to keep. */
    static final String LOCAL_SNAPSHOTS_DROPPED = snapshotsDropped("select x.id, x.node from snapshot x"
            + " where x.atespace = a.atespace and x.actor_id = a.id and not a.keep_local and x.node <> ''");

    static final String ALL_SNAPSHOTS_DROPPED =
            snapshotsDropped("select x.id, x.node from snapshot x where x.atespace = a.atespace and x.actor_id = a.id");

    /**
     * The calls that a quota refuses, as {@code x} with {@code atespace, id, quota, most, used, retry_ms}: of those that want room, in the
     * order of their ids, the ones that find none left. Atespaces without such quotas cost one look at their rows, and no lock.
     *
     * @param limited SQL condition on {@code t}, the row of an atespace: one of the quotas that count here is set
     * @param wanting SQL behind {@code from l}, the limited atespaces: calls {@code b} that take room if there is some
     * @param room the SQL function that locks an atespace's row and says how many it has room for
     */
    static String overQuota(String limited, String wanting, String room) {
        return """
                l as materialized (
                  select t.name from atespace t where t.name in (select b.atespace from b) and (%s)),
                k as materialized (
                  select b.atespace, b.id, row_number() over (partition by b.atespace order by b.id) as turn
                  from l %s),
                r as materialized (
                  select n.atespace, f.* from (select k.atespace, count(*) as wanted from k group by k.atespace order by k.atespace) n
                  cross join lateral %s(n.atespace, n.wanted) f),
                x as materialized (
                  select k.atespace, k.id, r.quota, r.most, r.used, r.retry_ms
                  from k join r on r.atespace = k.atespace where k.turn > r.room)""".formatted(limited, wanting, room);
    }

    /** The call {@code b} is not among those of {@link #overQuota}. */
    static final String WITHIN_QUOTA = "not exists (select from x where x.atespace = b.atespace and x.id = b.id)";

    private static String snapshotsDropped(String choice) {
        // the choice by itself, so that each row to go is then looked up by its whole key
        return """
                o as materialized (
                  select a.atespace, a.id as actor_id, a.template_namespace, a.template_name, c.id, c.node from a cross join lateral (
                    %s
                  ) c),
                d as (
                  delete from snapshot s using o
                  where s.atespace = o.atespace and s.actor_id = o.actor_id and s.id = o.id and s.node = o.node
                  returning s.id, s.node, coalesce(s.owner_atespace, s.atespace) as atespace, coalesce(s.owner_id, s.actor_id) as actor_id, s.uri,
                            s.atespace as holder_atespace, s.actor_id as holder_id, o.template_namespace, o.template_name,
                            s.size_bytes, s.recorded_at),
                h as (
                  insert into snapshot_past (atespace, actor_id, template_namespace, template_name, bytes, since, until)
                  select holder_atespace, holder_id, template_namespace, template_name, size_bytes, recorded_at, now()
                  from d where node = ''),
                g as (
                  insert into snapshot_deleting (id, node, atespace, actor_id, uri)
                  select id, node, atespace, actor_id, uri from d
                  on conflict do nothing)""".formatted(choice);
    }

    /** A journal row under construction: SQL expressions over {@code a}. */
    record Event(String type, String from, String worker, String snapshotId, String phases, String message) {
        static Event of(String type, String from) {
            return new Event(type, from, "null", "null::uuid", "null::jsonb", "null");
        }

        Event withWorker() {
            return new Event(type, from, WORKER_NAME, snapshotId, phases, message);
        }

        Event snapshot(String column) {
            return new Event(type, from, worker, column, phases, message);
        }

        Event phases(String expression) {
            return new Event(type, from, worker, snapshotId, expression, message);
        }

        Event message(String expression) {
            return new Event(type, from, worker, snapshotId, phases, expression);
        }

        String journaled() {
            return """
                    j as (
                      insert into actor_event (atespace, actor_id, actor_uid, type, from_status, to_status, cause, generation,
                                               worker, snapshot_id, phases, message)
                      select a.atespace, a.id, a.uid, %s, %s, a.status, a.cause, a.generation, %s, %s, %s, %s from a)""".formatted(type, from, worker, snapshotId, phases, message);
        }
    }
}
