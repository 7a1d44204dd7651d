-- The oldest go first, however many wait.
create index snapshot_deleting_order on snapshot_deleting (dropped_at);
