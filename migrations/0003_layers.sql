-- The tree of administrative units. Geometry comes from deliveries of the theme admin-unit; until then it is null, which means unknown.
create table layers.admin_unit (
  code text primary key,
  official_code text unique,
  level text not null check (level in ('country', 'province', 'county', 'district', 'city', 'rural-district', 'village', 'neighbourhood', 'municipal-district')),
  name_fa text not null,
  name_en text,
  name_key text not null, -- folded name without the word of its level: what names are matched by
  parent_code text references layers.admin_unit,
  feature_id bigint, -- the layers.feature row that gave the geometry
  geom geometry(MultiPolygon, 4326),
  geom_3857 geometry(MultiPolygon, 3857),
  area_m2 double precision -- on the ellipsoid
);
create index admin_unit_parent on layers.admin_unit (parent_code, level, name_key);
create index admin_unit_geom on layers.admin_unit using gist (geom);
create index admin_unit_geom_3857 on layers.admin_unit using gist (geom_3857);

-- Where an agency may deliver. No row means no territory is set: what it delivers is taken, and the report says that the place was not checked.
create table access.agency_territory (
  agency_id bigint not null references access.agency,
  admin_code text not null references layers.admin_unit,
  primary key (agency_id, admin_code)
);

create table layers.theme (
  code text primary key check (code ~ '^[a-z][a-z0-9-]{1,40}$'),
  store text not null check (store in ('layers.feature', 'cadastre.parcel', 'gnaf.address')),
  geometry text not null check (geometry in ('none', 'point', 'line', 'polygon', 'any')),
  title_fa text not null,
  title_en text not null,
  obligation text, -- references progress.obligation, added there
  key_attributes text[] not null,
  -- [{name, type: text|int|number|date, required, domain: [..], aliases: [..], title_fa, title_en}]
  attributes jsonb not null,
  territory_buffer_m double precision not null default 50 check (territory_buffer_m >= 0),
  min_zoom smallint not null default 0 check (min_zoom between 0 and 16),
  max_zoom smallint not null default 16 check (max_zoom between 0 and 22),
  required_of text check (required_of in ('municipality')),
  position smallint not null default 100
);

create table layers.dataset (
  id bigint generated always as identity primary key,
  theme text not null references layers.theme,
  agency_id bigint not null references access.agency,
  territory text references layers.admin_unit, -- null: the agency's whole territory
  created_at timestamptz not null default now(),
  unique nulls not distinct (theme, agency_id, territory)
);

create table layers.submission (
  id bigint generated always as identity primary key,
  dataset_id bigint not null references layers.dataset,
  state text not null check (state in ('received', 'validated', 'published', 'unchanged', 'refused')),
  files jsonb not null, -- [{name, bytes, sha256}]
  options jsonb not null default '{}', -- mapping and switches, as given
  report jsonb,
  received_at timestamptz not null default now(),
  finished_at timestamptz
);
create index submission_dataset on layers.submission (dataset_id, id);

create table layers.version (
  id bigint generated always as identity primary key,
  dataset_id bigint not null references layers.dataset,
  seq int not null check (seq > 0),
  submission_id bigint not null references layers.submission,
  added int not null,
  altered int not null,
  removed int not null,
  features int not null, -- in the dataset after this version
  published_at timestamptz not null default now(),
  unique (dataset_id, seq)
);

create table layers.finding (
  submission_id bigint not null references layers.submission on delete cascade,
  seq int not null,
  rule text not null,
  severity char(1) not null check (severity in ('E', 'W', 'I')),
  source text not null, -- file and layer within the delivery
  row_number bigint, -- from 1 within the layer
  feature_key text,
  field text,
  raw_value text,
  message_fa text not null,
  message_en text not null,
  geom geometry(Geometry, 4326), -- the place: a point, or null where it is unknown
  primary key (submission_id, seq)
);

-- The tables of features, their histories and the change log have no foreign keys: a check for each of a million rows costs more than the row, and only
-- the publishing transaction writes them, with ids that it has just read.
--
-- Keys are compared byte by byte (collate "C"): they are looked up and never listed in an order for people, and that is many times as fast.
--
-- Feature ids are drawn from one sequence for all stores, so that an id names one feature in the whole system.
create sequence layers.feature_id;

create table layers.feature (
  id bigint not null default nextval('layers.feature_id'),
  theme text not null,
  dataset_id bigint not null,
  version_id bigint not null, -- the version that last wrote the row
  key text collate "C" not null,
  hash bytea not null, -- of attributes and delivered geometry
  attributes jsonb not null,
  geom geometry(Geometry, 4326),
  geom_3857 geometry(Geometry, 3857),
  valid_from timestamptz not null,
  primary key (theme, id),
  unique (theme, dataset_id, key)
) partition by list (theme);
-- One spatial index a store: the box of a question in degrees is transformed, which is exact, since Mercator stretches each axis by itself.
create index feature_geom_3857 on layers.feature using gist (geom_3857);

create table layers.feature_history (
  like layers.feature,
  valid_to timestamptz not null,
  ended_by bigint not null references layers.version
);
create index feature_history_key on layers.feature_history (theme, dataset_id, key, valid_to);
create index feature_history_geom on layers.feature_history using gist (geom);

-- A theme of the common store gets its partition with its row.
create function layers.make_partition() returns trigger language plpgsql as $$
begin
  execute format('create table layers.%I partition of layers.feature for values in (%L)', 'feature_' || replace(new.code, '-', '_'), new.code);
  return null;
end $$;
create trigger theme_partition after insert on layers.theme
  for each row when (new.store = 'layers.feature') execute function layers.make_partition();

-- What a publication did, feature by feature. Publications append one at a time (advisory lock), so ids follow the order of commits
-- and a follower that has seen id n has seen everything before it.
create table layers.change (
  id bigint generated always as identity primary key,
  version_id bigint not null,
  theme text not null,
  dataset_id bigint not null,
  feature_id bigint not null,
  op char(1) not null check (op in ('+', '~', '-')),
  box geometry(Geometry, 4326) -- envelope of the place before and after; null where there is none
);

create table layers.follower (
  name text primary key,
  position bigint not null default 0,
  updated_at timestamptz not null default now()
);

-- Brings one geometry from the reference system srid to EPSG:4326, or answers null where the coordinates are outside what the projection can do.
create function layers.try_transform(g geometry, srid int) returns geometry language plpgsql parallel safe as $$
declare
  result public.geometry;
begin
  result := public.st_transform(public.st_setsrid(g, srid), 4326);
  if public.st_xmin(result) = 'Infinity' or public.st_ymin(result) = 'Infinity' then
    return null;
  end if;
  return result;
exception when others then
  return null;
end $$;

---- create above / drop below ----

drop function layers.try_transform, layers.make_partition cascade;
drop table layers.follower, layers.change, layers.feature_history, layers.feature, layers.finding, layers.version, layers.submission, layers.dataset, layers.theme,
  access.agency_territory, layers.admin_unit cascade;
drop sequence layers.feature_id;
