-- Which parcels came of which. A line is written by the publication that brought the child, in its transaction: as delivered, or derived from how much of what was
-- removed or altered lies in what came. Feature ids name the parcels, in the table or in its history.
create table cadastre.lineage (
  id bigint generated always as identity primary key,
  theme text not null,
  dataset_id bigint not null,
  version_id bigint not null, -- that brought the child
  parent_id bigint, -- null: delivered, and not known here
  parent_key text collate "C" not null,
  child_id bigint not null,
  child_key text collate "C" not null,
  kind text not null check (kind in ('split', 'merge', 'boundary', 'replacement', 'rearrangement')),
  derived boolean not null,
  overlap_m2 double precision, -- of what was derived: how much of the child lies in the parent
  undone_by bigint -- a roll-back that took the child back
);
create index lineage_parent on cadastre.lineage (parent_id);
create index lineage_child on cadastre.lineage (child_id);
create index lineage_dataset on cadastre.lineage (dataset_id, version_id);
alter table cadastre.lineage enable row level security, force row level security;
create policy for_all on cadastre.lineage for select using (true);
create policy by_agency on cadastre.lineage
  using (access.everything() or access.sees_dataset(dataset_id)) with check (access.everything() or access.sees_dataset(dataset_id));
grant select, insert on cadastre.lineage to nsdi_application;
grant update (undone_by) on cadastre.lineage to nsdi_application;
create index parcel_parents on cadastre.parcel (dataset_id, version_id) where parents is not null;

---- create above / drop below ----

drop index cadastre.parcel_parents;
drop table cadastre.lineage;
