-- What the console shows first. Of the few rows that have an error; a wake from none to none leaves the index alone and stays HOT.
create index actor_failed on actor (atespace, id) where last_error is not null;
