-- One schema a domain, named as its Go package. PostGIS stays in public, where nothing of ours lives.
create extension if not exists postgis with schema public;

create schema access;
create schema layers;
create schema cadastre;
create schema gnaf;
create schema progress;
-- Staging tables of running deliveries: unlogged, named after their submission, dropped when it ends.
create schema staging;

---- create above / drop below ----

drop schema staging, progress, gnaf, cadastre, layers, access cascade;
