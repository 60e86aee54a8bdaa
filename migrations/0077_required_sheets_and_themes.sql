-- Which sheets of base maps must exist (Article 24), and which themes a municipality must deliver (Article 26): what their progress is measured against. The files of
-- layers/catalogue say the rest.
insert into layers.theme (code, store, geometry, title_fa, title_en, key_attributes, attributes, territory_buffer_m, min_zoom, max_zoom, position)
values ('required-sheet', 'layers.feature', 'polygon', 'شاخص برگ‌های لازم', 'Index of required sheets', '{sheet_no,scale}',
  '[{"name": "sheet_no", "type": "text", "required": true, "title_fa": "شماره برگ", "title_en": "Sheet number"},
    {"name": "scale", "type": "int", "required": true, "domain": ["500", "2000"], "title_fa": "مقیاس", "title_en": "Scale denominator"},
    {"name": "source", "type": "text", "required": true, "title_fa": "منبع", "title_en": "Source"},
    {"name": "date", "type": "date", "required": true, "title_fa": "تاریخ", "title_en": "Date"}]', 2000, 3, 14, 62),
  ('required-theme', 'layers.feature', 'none', 'موضوع‌های لازم شهرداری‌ها', 'Required themes of municipalities', '{kind,theme}',
  '[{"name": "kind", "type": "text", "required": true, "domain": ["county", "district", "city", "rural-district", "village", "municipal-district"], "title_fa": "نوع قلمرو", "title_en": "Kind of territory"},
    {"name": "theme", "type": "text", "required": true, "domain": ["gnaf-address", "municipal-district", "neighbourhood", "road", "building", "city-block", "land-use", "green-space", "public-facility", "street-furniture", "alley", "detailed-plan", "city-limits", "worn-fabric", "bridge-tunnel", "parking", "public-transport-stop", "public-transport-line", "health-facility", "education-facility", "culture-worship", "sport-facility", "emergency-service", "hazard-zone", "waste-facility", "market", "cemetery", "gnaf-way", "gnaf-node", "gnaf-way-alias", "gnaf-locality-alias"], "title_fa": "موضوع", "title_en": "Theme"},
    {"name": "source", "type": "text", "required": true, "title_fa": "منبع", "title_en": "Source"},
    {"name": "date", "type": "date", "required": true, "title_fa": "تاریخ", "title_en": "Date"}]', 0, 0, 14, 63);
insert into access.agency_theme (agency_id, theme)
select a.id, t.theme
from access.agency a
join (values ('ncc', 'required-sheet'), ('interior', 'required-theme')) t (agency, theme) on t.agency = a.code;

-- How far each sheet of the index is: in the unit that most of what it shows lies in, of the cities or of what is outside them.
create table progress.sheet (
  obligation text not null references progress.obligation,
  feature_id bigint not null,
  admin_code text not null,
  measure text not null, -- sheets-500, sheets-2000
  delivered boolean not null,
  validated boolean not null,
  published boolean not null,
  fresh boolean not null,
  primary key (obligation, feature_id)
);
create index sheet_unit on progress.sheet (admin_code);
grant select, insert, update, delete on progress.sheet to nsdi_application;

alter table progress.figure
  drop constraint figure_unit_check,
  add constraint figure_unit_check check (unit in ('m2', 'address', 'layer', 'parcel', 'village', 'duty', 'service', 'person', 'household', 'theme', 'plate', 'sheet'));

-- What a municipality must deliver is a layer that is published and approved; the catalogue says what it may.
create or replace function access.delivers(agency bigint, what text) returns boolean language sql stable as $$
  select exists (select from access.agency_theme t where t.agency_id = agency and t.theme = what)
    or exists (
      select
      from access.agency a
      join layers.theme t on t.code = what and a.kind = any (t.delivered_by)
      where a.id = agency)
$$;
drop view progress.seen_theme;
create view progress.seen_theme with (security_invoker = true) as
select code, store, update_cycle from layers.theme where progress.looking_back() is null
union all
select k ->> 'code', k ->> 'store', nullif(k -> 'update_cycle', 'null') from progress.kept('theme') k where progress.looking_back() is not null;
grant select on progress.seen_theme to nsdi_application;
alter table layers.theme drop column required_of;

delete from layers.follower where name = 'progress';

---- create above / drop below ----

alter table layers.theme add column required_of text check (required_of in ('municipality'));
update layers.theme
set required_of = 'municipality'
where code in ('neighbourhood', 'road', 'building', 'city-block', 'land-use', 'green-space', 'public-facility', 'street-furniture');
drop view progress.seen_theme;
create view progress.seen_theme with (security_invoker = true) as
select code, store, required_of, update_cycle from layers.theme where progress.looking_back() is null
union all
select k ->> 'code', k ->> 'store', k ->> 'required_of', nullif(k -> 'update_cycle', 'null') from progress.kept('theme') k where progress.looking_back() is not null;
grant select on progress.seen_theme to nsdi_application;
create or replace function access.delivers(agency bigint, what text) returns boolean language sql stable as $$
  select exists (select from access.agency_theme t where t.agency_id = agency and t.theme = what)
    or exists (
      select
      from access.agency a
      join layers.theme t on t.code = what and (t.required_of = a.kind or a.kind = any (t.delivered_by))
      where a.id = agency)
$$;
delete from progress.figure where unit = 'sheet';
alter table progress.figure
  drop constraint figure_unit_check,
  add constraint figure_unit_check check (unit in ('m2', 'address', 'layer', 'parcel', 'village', 'duty', 'service', 'person', 'household', 'theme', 'plate'));
drop table progress.sheet;
delete from access.agency_theme where theme in ('required-sheet', 'required-theme');
delete from layers.theme where code in ('required-sheet', 'required-theme');
drop table if exists layers.feature_required_sheet, layers.feature_required_theme;
delete from layers.follower where name = 'progress';
