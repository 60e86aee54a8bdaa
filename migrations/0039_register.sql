-- Names that addresses use and agencies deliver by themselves: ways with their axes, nodes of ways, and other names of ways. A row speaks of the way whose folded name
-- and settlement it has, as gnaf.way and addresses do; of an alias these are its own, and of_key is the folded name of the way that it is another name of.
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
  street_key text collate "C" not null,
  city_key text collate "C" not null,
  of_key text collate "C",
  attributes jsonb not null default '{}',
  geom geometry(Geometry, 4326),
  geom_3857 geometry(Geometry, 3857),
  valid_from timestamptz not null,
  unique (theme, dataset_id, key)
);
create index name_geom_3857 on gnaf.name using gist (geom_3857);
create index name_street on gnaf.name (street_key, city_key);
create index name_node on gnaf.name (city_key) where theme = 'gnaf-node';
create index name_of on gnaf.name (of_key, city_key) where of_key is not null;

create table gnaf.name_history (
  like gnaf.name,
  valid_to timestamptz not null,
  ended_by bigint not null references layers.version
);
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

alter table layers.theme
  drop constraint theme_store_check,
  add constraint theme_store_check check (store in ('layers.feature', 'layers.restricted_feature', 'cadastre.parcel', 'gnaf.address', 'gnaf.name'));

---- create above / drop below ----

delete from access.agency_theme where theme in (select code from layers.theme where store = 'gnaf.name');
delete from layers.theme where store = 'gnaf.name';
alter table layers.theme
  drop constraint theme_store_check,
  add constraint theme_store_check check (store in ('layers.feature', 'layers.restricted_feature', 'cadastre.parcel', 'gnaf.address'));
drop table gnaf.name_history, gnaf.name;
