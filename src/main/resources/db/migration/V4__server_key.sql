-- What only the replicas of one control plane know: they derive from it the keys that ateoms know them by.
create table server_key (
    name text primary key,
    value bytea not null
);
