-- The truth of the control plane. Actors are keyed and partitioned by (atespace, id); no statement on the wake path
-- crosses partitions but the claim, which touches worker as well.

create table atespace (
    name       text collate "C" primary key,
    uid        uuid        not null default gen_random_uuid(),
    created_at timestamptz not null default now()
);
insert into atespace (name) values ('default'), ('ate-golden');

create table actor (
    -- keys compare by byte everywhere: pages come in the order that Java and every replica sees
    atespace           text collate "C" not null,
    id                 text collate "C" not null,
    uid                uuid        not null,
    template_namespace text collate "C" not null,
    template_name      text collate "C" not null,
    status             text        not null, -- SUSPENDED, RESUMING, RUNNING, SUSPENDING, PAUSING, PAUSED
    version            bigint      not null, -- grows by one with every change of the record
    generation         bigint      not null, -- grows by one with every claim and promotion: the fencing token
    labels             jsonb       not null,
    worker_selector    jsonb       not null,
    -- the activation, or the last one once the actor sleeps; null while its local snapshot is being uploaded without a worker
    worker_uid         uuid,
    worker             jsonb,                -- {namespace, pool, pod, ip, node} as it was at the claim
    endpoint           jsonb,                -- {host, ports {actor port: port at host}}
    -- the intent of a transition under way, null when there is none
    intent_owner       uuid,                 -- the replica that carries it out
    intent_deadline    timestamptz,          -- when any replica may take it over; renewed while work goes on
    intent_snapshot    uuid,                 -- the snapshot being taken
    cause              text,                 -- of the last transition: REQUEST, API, IDLE, PRESSURE, DRAIN, GOLDEN, ACTOR, RECOVERY
    -- state at rest
    snapshot           jsonb,                -- last durable one {id, uri, scope, sizeBytes, sandboxClass, sandboxBuild, cpu, createdAt}
    local_snapshot     jsonb,                -- newer node-local one of a PAUSED actor, plus {node}
    idle_since         timestamptz,
    busy_until         timestamptz,          -- a router holds a request open at least until then
    last_error         text,
    created_at         timestamptz not null,
    updated_at         timestamptz not null,
    primary key (atespace, id)
) partition by hash (atespace, id);

do $$
begin
    for i in 0..7 loop
        -- room on each page keeps status updates in place (HOT): no index holds a column that a wake changes, but the partial ones
        execute format('create table actor_p%s partition of actor for values with (modulus 8, remainder %s) with (fillfactor = 70)', i, i);
    end loop;
end $$;

-- The only other index: what is awake is found through worker, so that a wake changes no indexed column and stays HOT.
create index actor_template on actor (template_namespace, template_name, atespace, id);

-- Transitions without a worker: a PAUSED actor whose local snapshot is being uploaded.
create table promotion (
    atespace text collate "C" not null,
    actor_id text collate "C" not null,
    primary key (atespace, actor_id)
);

create table worker (
    uid         uuid primary key,
    namespace   text        not null,
    pool        text        not null,
    pod         text        not null,
    node        text        not null,
    ip          text        not null,
    ateom_id    uuid        not null,
    address     text        not null,
    state       text        not null, -- FREE, ASSIGNED, DRAINING, LOST
    atespace    text collate "C",     -- the actor that holds it; a row is never removed while one does
    actor_id    text collate "C",
    generation  bigint,
    released_at timestamptz not null default now(),
    unique (namespace, pool, pod)
) with (fillfactor = 50);

-- One running ateom process and what its node offers. Apart from worker, so that a report of life never locks a row that a claim wants.
create table ateom (
    id        uuid primary key,         -- new with each start of the process; worker.ateom_id
    last_seen timestamptz not null default now(),
    detail    jsonb       not null      -- {node, cached [snapshot id], slots {worker uid: {sandboxClass, builds, cpu, prepared}}}
);

-- Which actor holds which snapshot. A fork holds the snapshot of another under the same id and URI: files go when no row is left.
create table snapshot (
    atespace      text collate "C" not null,
    actor_id      text collate "C" not null,
    id            uuid        not null,
    uri           text        not null,
    scope         text        not null, -- FULL, DATA
    size_bytes    bigint      not null,
    sandbox_class text        not null,
    sandbox_build text        not null,
    cpu           text        not null,
    node          text,                 -- null: durable
    owner_atespace text collate "C",    -- the actor it was taken of, where that is another: a fork's
    owner_id      text collate "C",
    taken_at      timestamptz not null,
    recorded_at   timestamptz not null default now(), -- retention goes by this one: one clock
    -- the same snapshot may be on a node and, uploaded, durable
    primary key (atespace, actor_id, id, node)
);
-- rows of forks only: the owner's own is found by its key
create index snapshot_forked on snapshot (id) where owner_id is not null;

-- Snapshots that an actor let go. Their files are removed once no row of snapshot names the id; then the row goes too.
create table snapshot_deleting (
    id         uuid        not null,
    node       text        not null, -- empty: durable
    atespace   text collate "C" not null, -- the actor it was taken of
    actor_id   text collate "C" not null,
    uri        text        not null,
    dropped_at timestamptz not null default now(),
    primary key (id, node)
);

-- Append-only journal. Partitions by day are made ahead by the server; the default one catches what falls outside.
create table actor_event (
    seq             bigint generated always as identity,
    at              timestamptz not null default clock_timestamp(),
    atespace        text collate "C" not null,
    actor_id        text collate "C" not null,
    actor_uid       uuid        not null,
    type            text        not null, -- Created, Forked, Resuming, Running, Suspending, Suspended, Pausing, Paused, ResumeFailed, SuspendFailed, SnapshotTaken, WorkerLost, Crashed, Deleted
    from_status     text,
    to_status       text,
    cause           text,
    generation      bigint,
    worker          text,                 -- namespace/pool/pod
    snapshot_id     uuid,
    phases          jsonb,                -- microseconds {claim, prepare, restore, ready, checkpoint, store, total}
    message         text
) partition by range (at);
create table actor_event_default partition of actor_event default;
-- no primary key: seq is unique by its sequence, and these two indexes serve every read
create index actor_event_actor on actor_event (atespace, actor_id, seq);
create index actor_event_seq on actor_event (seq);

-- Standalone mode keeps what a cluster would keep as custom resources.
create table manifest (
    kind        text        not null,
    namespace   text        not null, -- '' for cluster-scoped kinds
    name        text        not null,
    uid         uuid        not null default gen_random_uuid(),
    source      text        not null, -- api, or file: and the name of the file it came from
    -- json, not jsonb: what was declared is given back with its keys in their order
    labels      json        not null,
    annotations json        not null,
    spec        json        not null, -- of a Secret: key to base64
    status      json,
    golden      json,                 -- a template's golden snapshot, as in actor.snapshot
    generation  bigint      not null default 1, -- grows with every change of spec
    version     bigint      not null default 1, -- grows with every change
    created_at  timestamptz not null default now(),
    primary key (kind, namespace, name)
);
