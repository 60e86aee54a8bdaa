-- Parcels. The registration plate is two integers, never one string. No owners.
create table cadastre.parcel (
  id bigint primary key default nextval('layers.feature_id'),
  theme text not null,
  dataset_id bigint not null,
  version_id bigint not null,
  key text collate "C" not null,
  hash bytea not null,
  parcel_id text not null,
  section text not null,
  district text,
  main_plate int not null,
  sub_plate int,
  lot text,
  land_use text,
  declared_area_m2 double precision,
  area_m2 double precision not null, -- on the ellipsoid
  survey_method text,
  accuracy_m double precision,
  attributes jsonb not null default '{}',
  geom geometry(Geometry, 4326) not null,
  geom_3857 geometry(Geometry, 3857) not null,
  valid_from timestamptz not null,
  unique (theme, dataset_id, key)
);
create index parcel_geom_3857 on cadastre.parcel using gist (geom_3857);
create index parcel_plate on cadastre.parcel (section, main_plate, sub_plate);

create table cadastre.parcel_history (
  like cadastre.parcel,
  valid_to timestamptz not null,
  ended_by bigint not null references layers.version
);
create index parcel_history_key on cadastre.parcel_history (theme, dataset_id, key, valid_to);

---- create above / drop below ----

drop table cadastre.parcel_history, cadastre.parcel;
