package dev.dormouse.atespace;

/** The steps of a round of the {@link Meter}. Hours are UTC's, whatever the session's time zone. */
final class MeterStatements {

    private MeterStatements() {}

    /** How far to read: no further than where all events are there. Parameters: cursor, milliseconds until they are, most events. */
    static final String BOUND = """
            with e as (
              select seq, at from actor_event where seq > $1::bigint order by seq limit $3::bigint),
            s as (
              select seq, at, bool_and(at < now() - $2::bigint * interval '1 millisecond') over (order by seq) as settled from e)
            select coalesce(max(seq) filter (where settled), $1::bigint) as upto,
                   count(*) filter (where settled) < $3::bigint as caught_up,
                   case when count(*) filter (where settled) < $3::bigint then now() - $2::bigint * interval '1 millisecond'
                        else max(at) filter (where settled) end as metered_to
            from s""";

    /** What each hour's part of {@code c}, activations with {@code ended}, adds. */
    private static final String ADDED = """
            insert into usage_hour (atespace, hour, template_namespace, template_name, actor_id, actor_us)
            select c.atespace, h.hour, c.template_namespace, c.template_name, c.actor_id,
                   sum(extract(epoch from least(c.ended, h.hour + interval '1 hour') - greatest(c.metered_to, h.hour)) * 1000000)
            from c cross join lateral
              generate_series(date_trunc('hour', c.metered_to, 'UTC'), c.ended, interval '1 hour') h (hour)
            where greatest(c.metered_to, h.hour) < least(c.ended, h.hour + interval '1 hour')
            group by 1, 2, 3, 4, 5
            on conflict (atespace, hour, template_namespace, template_name, actor_id)
            do update set actor_us = usage_hour.actor_us + excluded.actor_us""";

    /** Wakes. Events of actors whose template nobody knows any more, deleted before there was a meter, are left out. */
    static final String BEGUN = """
            with m as (
              select e.atespace, e.actor_id, e.generation, e.at,
                     coalesce(a.template_namespace, d.template_namespace) as template_namespace,
                     coalesce(a.template_name, d.template_name) as template_name
              from actor_event e
              left join actor a on a.atespace = e.atespace and a.id = e.actor_id and a.uid = e.actor_uid
              left join lateral (
                select d.template_namespace, d.template_name from actor_event d
                where a.uid is null and d.atespace = e.atespace and d.actor_id = e.actor_id and d.seq > e.seq
                  and d.actor_uid = e.actor_uid and d.type = 'Deleted'
                order by d.seq limit 1) d on true
              where e.seq > $1::bigint and e.seq <= $2::bigint and e.type = 'Resuming'),
            o as (
              insert into usage_open (atespace, actor_id, generation, template_namespace, template_name, metered_to)
              select atespace, actor_id, generation, template_namespace, template_name, at from m where template_name is not null
              on conflict do nothing)
            insert into usage_hour (atespace, hour, template_namespace, template_name, actor_id, wakes)
            select atespace, date_trunc('hour', at, 'UTC'), template_namespace, template_name, actor_id, count(*)
            from m where template_name is not null
            group by 1, 2, 3, 4, 5
            on conflict (atespace, hour, template_namespace, template_name, actor_id)
            do update set wakes = usage_hour.wakes + excluded.wakes""";

    /** Ends of activations: of several events that could be one, the first. */
    static final String ENDED = """
            with e as (
              select atespace, actor_id, generation, min(at) as at from actor_event
              where seq > $1::bigint and seq <= $2::bigint
                and type in ('Suspended', 'Paused', 'ResumeFailed', 'Crashed', 'WorkerLost')
              group by atespace, actor_id, generation),
            c as (
              delete from usage_open o using e
              where o.atespace = e.atespace and o.actor_id = e.actor_id and o.generation = e.generation
              returning o.*, e.at as ended)
            %s""".formatted(ADDED);

    /** Whoever is still awake, up to when all ends are known. */
    static final String GONE_ON = """
            with c as materialized (
              select o.*, $1::timestamptz as ended from usage_open o where o.metered_to < $1::timestamptz),
            u as (update usage_open o set metered_to = $1::timestamptz where o.metered_to < $1::timestamptz)
            %s""".formatted(ADDED);

    /** Parameters: most snapshots, seconds that usage is kept for. */
    static final String SNAPSHOTS = """
            with p as (
              delete from snapshot_past where ctid = any (array(select ctid from snapshot_past limit $1::bigint)) returning *),
            c as (
              select p.*, greatest(p.since, now() - $2::bigint * interval '1 second') as kept from p)
            insert into usage_hour (atespace, hour, template_namespace, template_name, actor_id, byte_seconds)
            select c.atespace, h.hour, c.template_namespace, c.template_name, c.actor_id,
                   sum(c.bytes * extract(epoch from least(c.until, h.hour + interval '1 hour') - greatest(c.kept, h.hour)))
            from c cross join lateral generate_series(date_trunc('hour', c.kept, 'UTC'), c.until, interval '1 hour') h (hour)
            where greatest(c.kept, h.hour) < least(c.until, h.hour + interval '1 hour')
            group by 1, 2, 3, 4, 5
            on conflict (atespace, hour, template_namespace, template_name, actor_id)
            do update set byte_seconds = usage_hour.byte_seconds + excluded.byte_seconds""";

    static final String OLD =
            "delete from usage_hour where hour < date_trunc('hour', now(), 'UTC') - $1::bigint * interval '1 second'";

    static final String MOVED = "update usage_cursor set seq = $1::bigint, metered_to = $2::timestamptz";
}
