-- Names speak of ways by their identifiers, as addresses do: way_id is the way that the name is of, and of an alias of_id is the way that it is another name of.
alter table gnaf.name rename to name_before;
alter table gnaf.name_history rename to name_past;
alter table gnaf.name_before rename constraint name_pkey to name_before_pkey;
alter table gnaf.name_before rename constraint name_theme_dataset_id_key_key to name_before_key;
drop index gnaf.name_geom_3857, gnaf.name_street, gnaf.name_node, gnaf.name_of, gnaf.name_history_key, gnaf.name_history_id;
create table gnaf.name (
  id bigint primary key default nextval('layers.feature_id'),
  theme text not null,
  dataset_id bigint not null,
  version_id bigint not null,
  key text collate "C" not null,
  hash bytea not null,
  city text not null,
  name text not null,
  kind text,
  city_key text collate "C" not null, -- folded
  way_id bigint not null,
  of_id bigint,
  attributes jsonb not null default '{}',
  geom geometry(Geometry, 4326),
  geom_3857 geometry(Geometry, 3857),
  valid_from timestamptz not null,
  unique (theme, dataset_id, key)
);
create table gnaf.name_history (
  like gnaf.name,
  valid_to timestamptz not null,
  ended_by bigint not null references layers.version
);
insert into gnaf.name
select id, theme, dataset_id, version_id, key, hash, city, name, kind, city_key, gnaf.way_id(street_key, city_key), gnaf.way_id(of_key, city_key),
  attributes, geom, geom_3857, valid_from
from gnaf.name_before;
insert into gnaf.name_history
select id, theme, dataset_id, version_id, key, hash, city, name, kind, city_key, gnaf.way_id(street_key, city_key), gnaf.way_id(of_key, city_key),
  attributes, geom, geom_3857, valid_from, valid_to, ended_by
from gnaf.name_past;
drop table gnaf.name_before, gnaf.name_past;
create index name_geom_3857 on gnaf.name using gist (geom_3857);
create index name_way on gnaf.name (way_id);
create index name_of on gnaf.name (of_id) where of_id is not null;
create index name_node on gnaf.name (city_key) where theme = 'gnaf-node';
create index name_history_key on gnaf.name_history (theme, dataset_id, key, valid_to);
create index name_history_id on gnaf.name_history (id);
alter table gnaf.name enable row level security, force row level security;
create policy for_all on gnaf.name for select using (true);
create policy by_agency on gnaf.name
  using (access.everything() or access.sees_dataset(dataset_id)) with check (access.everything() or access.sees_dataset(dataset_id));
alter table gnaf.name_history enable row level security, force row level security;
create policy for_all on gnaf.name_history for select using (true);
create policy by_agency on gnaf.name_history
  using (access.everything() or access.sees_dataset(dataset_id)) with check (access.everything() or access.sees_dataset(dataset_id));
grant select, insert, update, delete on gnaf.name to nsdi_application;
grant select, insert on gnaf.name_history to nsdi_application;

-- The Post asks for units without a code.
create index address_without_code on gnaf.address (id) where postal_code is null;

-- Which publication named a way for the first time; null where that is not known any more.
alter table gnaf.way add column version_id bigint;
create index way_version on gnaf.way (version_id, id);

---- create above / drop below ----

drop index gnaf.way_version, gnaf.address_without_code;
alter table gnaf.way drop column version_id;
-- The names of before had the folded texts, of which the identifiers are made: they are made again of the names.
alter table gnaf.name add column street_key text collate "C", add column of_key text collate "C";
update gnaf.name set street_key = gnaf.name_key(name), of_key = gnaf.name_key(attributes ->> 'way');
alter table gnaf.name alter column street_key set not null, drop column way_id, drop column of_id;
create index name_street on gnaf.name (street_key, city_key);
create index name_of on gnaf.name (of_key, city_key) where of_key is not null;
delete from gnaf.name_history;
alter table gnaf.name_history drop column way_id, drop column of_id, add column street_key text collate "C" not null, add column of_key text collate "C";
