-- The key of persian.Fold, version 2, in SQL: a letter and a digit beside each other are two words, and the ی of an ezafe behind a word in ه is none. The test of package
-- gnaf compares both over the Arabic blocks, Latin and punctuation; of other scripts it promises nothing, and what is found by it is compared again with Fold's key.
create or replace function gnaf.name_key(text) returns text language sql immutable strict parallel safe as $$
  select regexp_replace(regexp_replace(btrim(regexp_replace(
    translate(
      lower(regexp_replace(normalize($1, NFKD), '[\u0300-\u036F\u0600-\u0605\u0610-\u061A\u061C\u064B-\u065F\u0670\u06D6-\u06DD\u06DF-\u06E8\u06EA-\u06ED\u0640\u0621\u0674\u070F\u0890\u0891\u0898-\u089F\u08CA-\u08FF\u00AD\u200B\u200D-\u200F\u202A-\u202E\u2060-\u2064\u2066-\u206F\uFE00-\uFE0F\uFEFF]', '', 'g')),
      'يىېۍےێؠۑكڪګڬڭڮةۃھہەٱٲٳۆۇۈۋ۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩',
      'ییییییییککککککهههههاااوووو01234567890123456789'),
    '[^[:alnum:]]+', ' ', 'g')),
    '(?<=[0-9])(?=[^0-9 ])|(?<=[^0-9 ])(?=[0-9])', ' ', 'g'),
    '(?<=[^ ]ه)( ی)+(?= )', '', 'g')
$$;

-- What is derived from the key in the database is made again. Keys that the program makes follow at its next start, by their version.
reindex index layers.place_name;
reindex index layers.place_name_en;
reindex index layers.urban_boundary_name;
reindex index layers.village_name;
reindex index layers.neighbourhood_name;
select set_config('nsdi.agency', 'all', true);
update cadastre.parcel set section = section where section_key is distinct from cadastre.section_key(section);
update cadastre.parcel_history set section_key = cadastre.section_key(section) where section_key is distinct from cadastre.section_key(section);

-- The version of persian.Version by which the stored keys were made. 1 is what was there before.
create table gnaf.text_version (
  one boolean primary key default true check (one),
  version int not null
);
insert into gnaf.text_version (version) values (1);
grant select on gnaf.text_version to nsdi_application;

---- create above / drop below ----

drop table gnaf.text_version;
create or replace function gnaf.name_key(text) returns text language sql immutable strict parallel safe as $$
  select btrim(regexp_replace(
    translate(
      lower(regexp_replace(normalize($1, NFKD), '[\u0300-\u036F\u0610-\u061A\u064B-\u065F\u0670\u06D6-\u06DC\u06DF-\u06E8\u06EA-\u06ED\u0640\u0621\u0674\u00AD\u200B\u200D-\u200F\u202A-\u202E\u2060-\u2069\uFE00-\uFE0F\uFEFF]', '', 'g')),
      'يىېۍےێؠكڪګڬةۃھہەٱۆ۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩',
      'یییییییککککهههههاو01234567890123456789'),
    '[^[:alnum:]]+', ' ', 'g'))
$$;
reindex index layers.place_name;
reindex index layers.place_name_en;
reindex index layers.urban_boundary_name;
reindex index layers.village_name;
reindex index layers.neighbourhood_name;
