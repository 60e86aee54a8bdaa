-- The key that persian.Fold makes, in SQL: for finding places by name without a second copy of the names.
-- Used to find candidates only; what is found is compared again with the key made by persian.Fold.
create function gnaf.name_key(text) returns text language sql immutable strict parallel safe as $$
  select btrim(regexp_replace(
    translate(
      lower(regexp_replace(normalize($1, NFKD), '[\u0300-\u036F\u0610-\u061A\u064B-\u065F\u0670\u06D6-\u06DC\u06DF-\u06E8\u06EA-\u06ED\u0640\u0621\u0674\u00AD\u200B\u200D-\u200F\u202A-\u202E\u2060-\u2069\uFE00-\uFE0F\uFEFF]', '', 'g')),
      'يىېۍےێؠكڪګڬةۃھہەٱۆ۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩',
      'یییییییککککهههههاو01234567890123456789'),
    '[^[:alnum:]]+', ' ', 'g'))
$$;

create index admin_unit_name on layers.admin_unit (name_key);
create index admin_unit_name_en on layers.admin_unit (lower(name_en));
create index way_city on gnaf.way (city_key);
create index place_name on layers.feature_place (gnaf.name_key(attributes ->> 'name_fa'));
create index place_name_en on layers.feature_place (gnaf.name_key(attributes ->> 'name_en'));
create index urban_boundary_name on layers.feature_urban_boundary (gnaf.name_key(attributes ->> 'name_fa'));
create index village_name on layers.feature_village (gnaf.name_key(attributes ->> 'name_fa'));
create index neighbourhood_name on layers.feature_neighbourhood (gnaf.name_key(attributes ->> 'name_fa'));

---- create above / drop below ----

drop index layers.neighbourhood_name, layers.village_name, layers.urban_boundary_name, layers.place_name_en, layers.place_name, gnaf.way_city,
  layers.admin_unit_name_en, layers.admin_unit_name;
drop function gnaf.name_key;
