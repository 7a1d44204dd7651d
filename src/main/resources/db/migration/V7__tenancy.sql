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
