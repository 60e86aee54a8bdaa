-- The zone and the area in it follow from the place, and only inquiries ask for them: they are computed where they are asked for, instead of for every parcel that is
-- written, where they were an eighth of the work.
alter table cadastre.parcel drop column utm_zone, drop column utm_area_m2;
alter table cadastre.parcel_history drop column utm_zone, drop column utm_area_m2;

---- create above / drop below ----

select set_config('nsdi.agency', 'all', true);
alter table cadastre.parcel
  add column utm_zone smallint generated always as (cadastre.utm_zone(geom)) stored,
  add column utm_area_m2 double precision generated always as (cadastre.utm_area(geom)) stored;
-- The history has the columns of the table in their order, and then its own, which a view reads.
do $$
declare
  inspire text := pg_get_viewdef('cadastre.inspire_cadastral_parcel');
begin
  drop view cadastre.inspire_cadastral_parcel;
  alter table cadastre.parcel_history rename valid_to to was_valid_to;
  alter table cadastre.parcel_history rename ended_by to was_ended_by;
  alter table cadastre.parcel_history
    add column utm_zone smallint, add column utm_area_m2 double precision, add column valid_to timestamptz, add column ended_by bigint references layers.version;
  update cadastre.parcel_history set utm_zone = cadastre.utm_zone(geom), utm_area_m2 = cadastre.utm_area(geom), valid_to = was_valid_to, ended_by = was_ended_by;
  alter table cadastre.parcel_history alter column valid_to set not null, alter column ended_by set not null, drop column was_valid_to, drop column was_ended_by;
  create index parcel_history_key on cadastre.parcel_history (theme, dataset_id, key, valid_to);
  execute 'create view cadastre.inspire_cadastral_parcel with (security_invoker = true) as ' || inspire;
  grant select on cadastre.inspire_cadastral_parcel to nsdi_application;
end $$;
