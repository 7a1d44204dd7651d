-- The segments of what actors printed, and where each is. A segment's files lie in the store as a snapshot's do, and are removed as
-- those are.
create table actor_log (
    atespace   text collate "C" not null,
    actor_id   text collate "C" not null,
    generation bigint      not null, -- the activation
    part       int         not null, -- of the activation, from 0 on
    id         uuid        not null,
    actor_uid  uuid        not null,
    uri        text        not null,
    first_seq  bigint      not null, -- lines are numbered within the activation
    last_seq   bigint      not null, -- as far as the node told
    last_at    timestamptz not null,
    stored_seq bigint      not null, -- the last line that is in the store, 0: none
    bytes      bigint      not null,
    ateom_id   uuid,                 -- who has, or will have, lines that the store hasn't; null: the store has all
    primary key (atespace, actor_id, generation, part)
);

-- Whatever deletes an actor: its segments follow. A trigger, as it sees what was noted while the deletion waited for the actor's row.
create function drop_actor_log() returns trigger language plpgsql as $$
begin
    with d as (delete from actor_log where atespace = old.atespace and actor_id = old.id returning id, atespace, actor_id, uri)
    insert into snapshot_deleting (id, node, atespace, actor_id, uri)
    select id, '', atespace, actor_id, uri from d on conflict do nothing;
    return null;
end $$;
create trigger actor_log_dropped after delete on actor for each row execute function drop_actor_log();
