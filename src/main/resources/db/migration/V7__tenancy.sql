-- Tenants: whose an atespace is, and how much it may take; docs/decisions/0018.
alter table atespace
    add column owner                  text,
    add column labels                 jsonb  not null default '{}',
    add column version                bigint not null default 1, -- grows by one with every change of the record
    -- quotas; null: no limit
    add column quota_actors           bigint,
    add column quota_running_actors   bigint,
    add column quota_snapshot_bytes   bigint,
    add column quota_wakes_per_minute bigint;

-- Wakes since the beginning of that minute; kept where there is a quota only.
alter table atespace
    add column wakes_minute timestamptz,
    add column wakes        bigint not null default 0;

-- The bytes of an atespace's durable snapshots as they were counted last; kept where there is a quota only.
create table snapshot_use (
    atespace    text collate "C" primary key references atespace (name) on delete cascade,
    bytes       bigint      not null,
    measured_at timestamptz not null
);

-- At most a second old: counting them for each wake would take as long as the atespace has snapshots.
create function snapshot_bytes(tenant text) returns bigint language plpgsql as $$
declare
    n bigint;
begin
    select bytes into n from snapshot_use
    where atespace = tenant and measured_at > clock_timestamp() - interval '1 second';
    if not found then
        select coalesce(sum(size_bytes), 0) into n from snapshot where atespace = tenant and node = '';
        insert into snapshot_use (atespace, bytes, measured_at) values (tenant, n, clock_timestamp())
        on conflict (atespace) do update set bytes = excluded.bytes, measured_at = excluded.measured_at;
    end if;
    return n;
end $$;

-- How many of the wanted actors an atespace with quotas has room for, and which quota leaves no more. Its row is locked first, to the
-- end of the transaction. Each statement in a volatile function sees what was committed before it, so the count behind the lock is
-- the truth, which one in the calling statement itself would not be.
create function room_for_actors(
    tenant text, wanted bigint, out room bigint, out quota text, out most bigint, out used bigint, out retry_ms bigint)
language plpgsql volatile as $$
declare
    t atespace;
    n bigint;
begin
    room := wanted;
    select * into t from atespace where name = tenant for no key update;
    if t.quota_actors is not null then
        select count(*) into n from (select from actor where atespace = tenant limit t.quota_actors) a;
        if t.quota_actors - n < room then
            room := t.quota_actors - n;
            quota := 'ACTORS';
            most := t.quota_actors;
            used := t.quota_actors;
        end if;
    end if;
    if room > 0 and t.quota_snapshot_bytes is not null then
        n := snapshot_bytes(tenant);
        if n >= t.quota_snapshot_bytes then
            room := 0;
            quota := 'SNAPSHOT_BYTES';
            most := t.quota_snapshot_bytes;
            used := n;
        end if;
    end if;
end $$;

-- The same for wakes. Who wants none only asks whether there is room for one, and locks nothing. What there is room for counts as woken.
create function room_for_wakes(
    tenant text, wanted bigint, out room bigint, out quota text, out most bigint, out used bigint, out retry_ms bigint)
language plpgsql volatile as $$
declare
    t      atespace;
    n      bigint;
    minute timestamptz;
begin
    room := greatest(wanted, 1);
    if wanted > 0 then
        select * into t from atespace where name = tenant for no key update;
    else
        select * into t from atespace where name = tenant;
    end if;
    if t.quota_running_actors is not null then
        -- whoever is awake holds a worker: there is no counter that could be wrong
        select count(*) into n from worker w where w.atespace = tenant;
        if t.quota_running_actors - n < room then
            room := greatest(t.quota_running_actors - n, 0);
            quota := 'RUNNING_ACTORS';
            most := t.quota_running_actors;
            used := n + least(room, wanted);
        end if;
    end if;
    if room > 0 and t.quota_snapshot_bytes is not null then
        n := snapshot_bytes(tenant);
        if n >= t.quota_snapshot_bytes then
            room := 0;
            quota := 'SNAPSHOT_BYTES';
            most := t.quota_snapshot_bytes;
            used := n;
        end if;
    end if;
    if room > 0 and t.quota_wakes_per_minute is not null then
        minute := date_trunc('minute', clock_timestamp());
        n := case when t.wakes_minute = minute then t.wakes else 0 end;
        if t.quota_wakes_per_minute - n < room then
            room := greatest(t.quota_wakes_per_minute - n, 0);
            quota := 'WAKES_PER_MINUTE';
            most := t.quota_wakes_per_minute;
            used := n + least(room, wanted);
            retry_ms := ceil(extract(epoch from minute + interval '1 minute' - clock_timestamp()) * 1000);
        end if;
        if wanted > 0 and room > 0 then
            update atespace set wakes_minute = minute, wakes = n + least(room, wanted) where name = tenant;
        end if;
    end if;
    room := least(room, wanted);
end $$;

-- What was used, by hours of UTC: a row for each hour in which an actor did something. docs/decisions/0018.
create table usage_hour (
    atespace           text collate "C" not null,
    hour               timestamptz not null,
    template_namespace text collate "C" not null,
    template_name      text collate "C" not null,
    actor_id           text collate "C" not null,
    actor_us           bigint  not null default 0, -- microseconds on a worker
    wakes              bigint  not null default 0,
    byte_seconds       numeric not null default 0, -- of durable snapshots that are gone; those that are there are counted when asked
    primary key (atespace, hour, template_namespace, template_name, actor_id)
);
create index usage_hour_hour on usage_hour (hour);

-- Activations whose end the meter has not read in the journal.
create table usage_open (
    atespace           text collate "C" not null,
    actor_id           text collate "C" not null,
    generation         bigint not null,
    template_namespace text collate "C" not null,
    template_name      text collate "C" not null,
    metered_to         timestamptz not null,
    primary key (atespace, actor_id, generation)
);

-- How far the meter has read the journal. One row; who holds it meters.
create table usage_cursor (
    seq        bigint      not null,
    metered_to timestamptz not null
);
insert into usage_cursor (seq, metered_to) values (0, 'epoch');

-- Durable snapshots that an actor let go, until the meter has added them up.
create table snapshot_past (
    atespace           text collate "C" not null,
    actor_id           text collate "C" not null,
    template_namespace text collate "C" not null,
    template_name      text collate "C" not null,
    bytes              bigint      not null,
    since              timestamptz not null,
    until              timestamptz not null
);

-- Of a deleted actor, what it was made of: usage is metered after the fact.
alter table actor_event
    add column template_namespace text collate "C",
    add column template_name      text collate "C";
