-- One table instead of eight hash partitions: every statement had to make all of them ready before it went to the rows of
-- its keys, a quarter of the database's time on the wake path. The key stays what a distributed database spreads by.
alter table actor rename to actor_in_parts;
alter index actor_pkey rename to actor_in_parts_pkey;
alter index actor_template rename to actor_in_parts_template;

-- room on each page keeps status updates in place (HOT): no index holds a column that a wake changes
create table actor (like actor_in_parts including defaults) with (fillfactor = 70);
insert into actor select * from actor_in_parts;
drop table actor_in_parts;
alter table actor add primary key (atespace, id);
create index actor_template on actor (template_namespace, template_name, atespace, id);
