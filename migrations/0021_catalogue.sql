-- What the catalogue says of a theme beside what the pipeline needs. The themes themselves are data of the program from now on: the files of layers/catalogue,
-- which it loads after the migrations.
alter table layers.theme
  add column definition_fa text not null default '',
  add column definition_en text not null default '',
  add column legal_basis jsonb not null default '[]', -- [{article, text: {fa, en}}]
  add column deliverer_fa text not null default '', -- who must deliver it
  add column deliverer_en text not null default '',
  add column delivered_by text[] not null default '{}', -- kinds of agencies of which every one may deliver it
  add column update_cycle jsonb, -- {duration (ISO 8601), fa, en}
  add column mass_removal double precision not null default 0.2 check (mass_removal > 0 and mass_removal <= 1),
  add column sample_origin double precision[],
  add column catalogue_version int not null default 0, -- 0: not from the files
  add column catalogue_digest text not null default '';
update layers.theme
set delivered_by = '{municipality}'
where required_of = 'municipality' or code = 'municipal-district';

-- Whether the agency may deliver the theme: by its own row, or by its kind.
create or replace function access.delivers(agency bigint, what text) returns boolean language sql stable as $$
  select exists (select from access.agency_theme t where t.agency_id = agency and t.theme = what)
    or exists (
      select
      from access.agency a
      join layers.theme t on t.code = what and (t.required_of = a.kind or a.kind = any (t.delivered_by))
      where a.id = agency)
$$;

---- create above / drop below ----

-- Themes that only the files have go with what they brought. One that has deliveries is kept from going by its foreign keys.
do $$
declare
  gone text;
begin
  for gone in select code from layers.theme where catalogue_version > 0 and code <> all (array[
    'admin-unit', 'admin-division', 'place', 'urban-boundary', 'village', 'range-forest', 'territorial-sea', 'expected-addresses', 'base-map-sheet',
    'base-map-feature', 'cadastre-urban', 'cadastre-rural', 'cadastre-range-forest', 'cadastre-marine', 'gnaf-address', 'municipal-district',
    'neighbourhood', 'road', 'building', 'city-block', 'land-use', 'green-space', 'public-facility', 'street-furniture', 'electricity'])
  loop
    delete from access.agency_theme where theme = gone;
    delete from layers.theme where code = gone;
    execute format('drop table if exists layers.%I', 'feature_' || replace(gone, '-', '_'));
  end loop;
end $$;
create or replace function access.delivers(agency bigint, what text) returns boolean language sql stable as $$
  select exists (select from access.agency_theme t where t.agency_id = agency and t.theme = what)
    or exists (
      select
      from access.agency a
      join layers.theme t on t.code = what and (t.required_of = 'municipality' or t.code = 'municipal-district')
      where a.id = agency and a.kind = 'municipality')
$$;
alter table layers.theme
  drop column definition_fa, drop column definition_en, drop column legal_basis, drop column deliverer_fa, drop column deliverer_en, drop column delivered_by,
  drop column update_cycle, drop column mass_removal, drop column sample_origin, drop column catalogue_version, drop column catalogue_digest;
