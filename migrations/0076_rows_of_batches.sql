-- How many rows the file of a batch has, so that it can be said how far it is. Null: nobody has counted them yet.
alter table gnaf.batch_order add column rows bigint;

---- create above / drop below ----

alter table gnaf.batch_order drop column rows;
