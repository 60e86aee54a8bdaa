-- At which scales the cities of a unit need base maps: what the progress of Article 24 is measured against. The files of layers/catalogue say the rest.
insert into layers.theme (code, store, geometry, title_fa, title_en, key_attributes, attributes, territory_buffer_m, min_zoom, max_zoom, position)
values ('required-scale', 'layers.feature', 'none', 'مقیاس لازم شهرها', 'Required scale of cities', '{admin_code,scale}',
  '[{"name": "admin_code", "type": "text", "required": true, "title_fa": "شناسه واحد تقسیمات", "title_en": "Admin unit code"},
    {"name": "scale", "type": "int", "required": true, "domain": ["500", "2000"], "title_fa": "مقیاس", "title_en": "Scale denominator"},
    {"name": "source", "type": "text", "required": true, "title_fa": "منبع", "title_en": "Source"},
    {"name": "date", "type": "date", "required": true, "title_fa": "تاریخ", "title_en": "Date"}]', 0, 0, 14, 26);
insert into access.agency_theme (agency_id, theme)
select id, 'required-scale'
from access.agency
where code = 'ncc';

-- Cells are measured by scale from now on: everything is calculated anew.
delete from layers.follower where name = 'progress';

---- create above / drop below ----

delete from access.agency_theme where theme = 'required-scale';
delete from layers.theme where code = 'required-scale';
drop table if exists layers.feature_required_scale;
delete from progress.figure where measure = 'any-scale';
delete from layers.follower where name = 'progress';
