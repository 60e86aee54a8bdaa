-- How many registered plates each unit has: what the count of the urban cadastre is measured against. The files of layers/catalogue say the rest.
insert into layers.theme (code, store, geometry, title_fa, title_en, key_attributes, attributes, territory_buffer_m, min_zoom, max_zoom, position)
values ('expected-plates', 'layers.feature', 'none', 'تعداد پلاک ثبتی', 'Number of registered plates', '{admin_code}',
  '[{"name": "admin_code", "type": "text", "required": true, "title_fa": "شناسه واحد تقسیمات", "title_en": "Admin unit code"},
    {"name": "count", "type": "int", "required": true, "title_fa": "تعداد", "title_en": "Count"},
    {"name": "source", "type": "text", "required": true, "title_fa": "منبع", "title_en": "Source"},
    {"name": "date", "type": "date", "required": true, "title_fa": "تاریخ", "title_en": "Date"}]', 0, 0, 14, 25);
insert into access.agency_theme (agency_id, theme)
select id, 'expected-plates'
from access.agency
where code = 'registry';

-- One row a published parcel of the ground that it lies on, by the piece in which its inner point is: the registration plate that it has, which counts once however many parcels
-- have it, and whether a published building stands on it and an address that counts lies in it.
create table progress.lot (
  feature_id bigint primary key,
  cell bigint not null,
  admin_code text not null,
  dataset_id bigint not null,
  plate bigint, -- hashtextextended of registry unit, section and plate; null: rural, or a parcel that does not pass the gate
  counts boolean not null, -- it is the first with its plate
  built boolean not null,
  addressed boolean not null
);
create index lot_cell on progress.lot (cell);
create index lot_plate on progress.lot (plate) where plate is not null;
alter table progress.lot enable row level security, force row level security;
create policy of_nsdi on progress.lot using (access.everything()) with check (access.everything());
grant select, insert, update, delete on progress.lot to nsdi_application;

alter table progress.figure
  drop constraint figure_unit_check,
  add constraint figure_unit_check check (unit in ('m2', 'address', 'layer', 'parcel', 'village', 'duty', 'service', 'person', 'household', 'theme', 'plate'));

delete from layers.follower where name = 'progress';

---- create above / drop below ----

drop table progress.lot;
delete from access.agency_theme where theme = 'expected-plates';
delete from layers.theme where code = 'expected-plates';
drop table if exists layers.feature_expected_plates;
delete from progress.figure where measure in ('area', 'plates', 'built-parcels') or unit = 'plate';
alter table progress.figure
  drop constraint figure_unit_check,
  add constraint figure_unit_check check (unit in ('m2', 'address', 'layer', 'parcel', 'village', 'duty', 'service', 'person', 'household', 'theme'));
delete from layers.follower where name = 'progress';
