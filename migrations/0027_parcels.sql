-- Parcels after ISO 19152 (spatial unit): identifiers, label, deed, predecessors, and what is computed of the delivered: the key of the section, the UTM zone and the
-- area in it. What is computed is generated, so that no way of writing a row leaves it out. Still no owners.
select set_config('nsdi.agency', 'all', true);

-- What a registration section is looked up by: "بخش ۳", "بخش ثبتی 03" and "3" are one section.
create function cadastre.section_key(section text) returns text language sql immutable strict parallel safe as $$
  select case
    when section ~ '^[1-9][0-9]{0,8}$' then section
    else btrim(regexp_replace(regexp_replace(' ' || gnaf.name_key(section) || ' ', ' (بخش|ثبتی|ثبت|section|sec)(?= )', '', 'g'), ' 0+(?=[0-9])', ' ', 'g'))
  end
$$;

-- The zone in which most of the parcel's width lies.
create function cadastre.utm_zone(g geometry) returns smallint language sql immutable strict parallel safe as $$
  select least(60, greatest(1, floor(((public.st_xmin(g) + public.st_xmax(g)) / 2 + 180) / 6)::int + 1))::smallint
$$;

-- The reference system of that zone: EPSG:326zz north of the equator, 327zz south of it.
create function cadastre.utm_srid(g geometry) returns int language sql immutable strict parallel safe as $$
  select case when public.st_ymin(g) + public.st_ymax(g) >= 0 then 32600 else 32700 end + cadastre.utm_zone(g)
$$;

create function cadastre.utm_area(g geometry) returns double precision language sql immutable strict parallel safe as $$
  select public.st_area(public.st_transform(g, cadastre.utm_srid(g)))
$$;

alter table cadastre.parcel
  add column national_parcel_id text,
  add column registry_unit text,
  add column label text,
  add column deed_number text, -- what the deed is called by, and when it was made: not for everybody
  add column deed_type text,
  add column deed_date date,
  add column registered_on date,
  add column parents text, -- identifiers of the predecessors as delivered
  add column source text,
  add column section_key text generated always as (cadastre.section_key(section)) stored,
  add column utm_zone smallint generated always as (cadastre.utm_zone(geom)) stored,
  add column utm_area_m2 double precision generated always as (cadastre.utm_area(geom)) stored;

drop index cadastre.parcel_plate;
create index parcel_plate on cadastre.parcel (main_plate, sub_plate, section_key);
create index parcel_identifier on cadastre.parcel (parcel_id);
create index parcel_national on cadastre.parcel (national_parcel_id) where national_parcel_id is not null;

-- The history has the columns of the table in their order, and then its own.
alter table cadastre.parcel_history rename to parcel_past;
create table cadastre.parcel_history (
  like cadastre.parcel,
  valid_to timestamptz not null,
  ended_by bigint not null references layers.version
);
insert into cadastre.parcel_history (id, theme, dataset_id, version_id, key, hash, parcel_id, section, district, main_plate, sub_plate, lot, land_use, declared_area_m2, area_m2,
  survey_method, accuracy_m, attributes, geom, geom_3857, valid_from, section_key, utm_zone, utm_area_m2, valid_to, ended_by)
select id, theme, dataset_id, version_id, key, hash, parcel_id, section, district, main_plate, sub_plate, lot, land_use, declared_area_m2, area_m2,
  survey_method, accuracy_m, attributes, geom, geom_3857, valid_from, cadastre.section_key(section), cadastre.utm_zone(geom), cadastre.utm_area(geom), valid_to, ended_by
from cadastre.parcel_past;
drop table cadastre.parcel_past;
create index parcel_history_key on cadastre.parcel_history (theme, dataset_id, key, valid_to);
create index parcel_history_id on cadastre.parcel_history (id);
create index parcel_history_identifier on cadastre.parcel_history (parcel_id);
create index parcel_history_geom_3857 on cadastre.parcel_history using gist (geom_3857);
alter table cadastre.parcel_history enable row level security, force row level security;
create policy for_all on cadastre.parcel_history for select using (true);
create policy by_agency on cadastre.parcel_history
  using (access.everything() or access.sees_dataset(dataset_id)) with check (access.everything() or access.sees_dataset(dataset_id));
grant select, insert on cadastre.parcel_history to nsdi_application;

-- The registration plate as it is read aloud, with marks that keep the two numbers from changing places beside other text (U+2067, U+2066, U+2069).
create function cadastre.plate_fa(main int, sub int) returns text language sql immutable parallel safe as $$
  select U&'\2067' || case when coalesce(sub, 0) > 0 then translate(sub::text, '0123456789', '۰۱۲۳۴۵۶۷۸۹') || ' فرعی از ' else '' end
    || translate(main::text, '0123456789', '۰۱۲۳۴۵۶۷۸۹') || ' اصلی' || U&'\2069'
$$;

-- CadastralParcel of INSPIRE, with every lifespan that a parcel had. Names are those of the standard.
create view cadastre.inspire_cadastral_parcel with (security_invoker = true) as
select
  'ir.nsdi.' || p.theme || '/' || p.dataset_id || '/' || p.key as "inspireId",
  coalesce(p.label, cadastre.plate_fa(p.main_plate, p.sub_plate)) as label,
  coalesce(p.national_parcel_id, concat_ws('-', p.registry_unit, p.section_key, p.district, p.main_plate, coalesce(p.sub_plate, 0), p.lot)) as "nationalCadastralReference",
  p.geom as geometry,
  p.declared_area_m2 as "areaValue", -- official; m2
  public.st_pointonsurface(p.geom) as "referencePoint",
  p.registered_on as "validFrom",
  case when p.ended is not null then p.ended::date end as "validTo",
  p.valid_from as "beginLifespanVersion",
  p.ended as "endLifespanVersion",
  p.territory as "administrativeUnit",
  p.section_key as zoning,
  substr(p.theme, 10) as level, -- LA_Level: urban, rural, range-forest or marine
  p.accuracy_m as "estimatedAccuracy",
  p.area_m2 as "calculatedArea",
  p.dataset_id,
  p.id
from (
  select c.id, c.theme, c.dataset_id, c.key, c.label, c.main_plate, c.sub_plate, c.national_parcel_id, c.registry_unit, c.section_key, c.district, c.lot, c.geom,
    c.declared_area_m2, c.registered_on, c.valid_from, c.accuracy_m, c.area_m2, null::timestamptz as ended, d.territory
  from cadastre.parcel c
  join layers.dataset d on d.id = c.dataset_id
  union all
  select h.id, h.theme, h.dataset_id, h.key, h.label, h.main_plate, h.sub_plate, h.national_parcel_id, h.registry_unit, h.section_key, h.district, h.lot, h.geom,
    h.declared_area_m2, h.registered_on, h.valid_from, h.accuracy_m, h.area_m2, h.valid_to, d.territory
  from cadastre.parcel_history h
  join layers.dataset d on d.id = h.dataset_id
) p;

-- CadastralZoning: the registration sections, where they are delivered. "Cadastal" is the standard's own spelling.
create view cadastre.inspire_cadastral_zoning with (security_invoker = true) as
select
  'ir.nsdi.cadastre-section/' || f.dataset_id || '/' || f.key as "inspireId",
  coalesce(f.attributes ->> 'name_fa', f.attributes ->> 'section') as label,
  concat_ws('-', f.attributes ->> 'registry_unit', cadastre.section_key(f.attributes ->> 'section')) as "nationalCadastalZoningReference",
  f.geom as geometry,
  f.attributes ->> 'name_fa' as name,
  '2ndOrder'::text as level,
  'بخش ثبتی'::text as "levelName",
  (f.attributes ->> 'accuracy_m')::double precision as "estimatedAccuracy",
  (f.attributes ->> 'scale')::int as "originalMapScaleDenominator",
  public.st_pointonsurface(f.geom) as "referencePoint",
  f.valid_from as "beginLifespanVersion",
  f.dataset_id,
  f.id
from layers.feature f
where f.theme = 'cadastre-section';

grant select on cadastre.inspire_cadastral_parcel, cadastre.inspire_cadastral_zoning to nsdi_application;

---- create above / drop below ----

drop view cadastre.inspire_cadastral_zoning, cadastre.inspire_cadastral_parcel;
drop index cadastre.parcel_national, cadastre.parcel_identifier, cadastre.parcel_plate, cadastre.parcel_history_identifier, cadastre.parcel_history_geom_3857;
alter table cadastre.parcel_history
  drop column national_parcel_id, drop column registry_unit, drop column label, drop column deed_number, drop column deed_type, drop column deed_date,
  drop column registered_on, drop column parents, drop column source, drop column section_key, drop column utm_zone, drop column utm_area_m2;
alter table cadastre.parcel
  drop column national_parcel_id, drop column registry_unit, drop column label, drop column deed_number, drop column deed_type, drop column deed_date,
  drop column registered_on, drop column parents, drop column source, drop column section_key, drop column utm_zone, drop column utm_area_m2;
create index parcel_plate on cadastre.parcel (section, main_plate, sub_plate);
drop function cadastre.plate_fa, cadastre.utm_area, cadastre.utm_srid, cadastre.utm_zone, cadastre.section_key;
