-- Where published parcels of different datasets do not fit: kept current by each publication, from the side of either dataset. One thing is two rows.
create table cadastre.open_finding (
  id bigint generated always as identity primary key,
  rule text not null,
  severity char(1) not null check (severity in ('E', 'W', 'I')),
  theme text not null references layers.theme,
  dataset_id bigint not null references layers.dataset, -- whose parcel it is on
  feature_id bigint not null,
  key text not null,
  other_dataset_id bigint not null references layers.dataset,
  other_feature_id bigint not null,
  other_key text not null,
  measure double precision not null,
  unit text not null,
  width double precision, -- m, mean; null for a place
  geom geometry(Geometry, 4326) not null,
  version_id bigint not null references layers.version, -- the publication that brought it about
  found_at timestamptz not null
);
create index open_finding_dataset on cadastre.open_finding (dataset_id, id);
create index open_finding_other on cadastre.open_finding (other_dataset_id);
alter table cadastre.open_finding enable row level security, force row level security;
create policy by_agency on cadastre.open_finding
  using (access.everything() or access.sees_dataset(dataset_id)) with check (access.everything() or access.sees_dataset(dataset_id));
grant select, insert, delete on cadastre.open_finding to nsdi_application;

---- create above / drop below ----

drop table cadastre.open_finding;
