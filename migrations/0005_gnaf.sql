-- Ways as the published addresses name them: one row a street in a settlement. Search goes ways first, then numbers.
create table gnaf.way (
  id bigint generated always as identity primary key,
  street_key text collate "C" not null, -- folded
  city_key text collate "C" not null, -- folded
  tokens text[] not null, -- the street's folded words
  unique (street_key, city_key)
);
create index way_tokens on gnaf.way using gin (tokens);

create table gnaf.address (
  id bigint primary key default nextval('layers.feature_id'),
  theme text not null,
  dataset_id bigint not null,
  version_id bigint not null,
  key text collate "C" not null,
  hash bytea not null,
  province text,
  county text,
  city text not null,
  neighbourhood text,
  street_before text,
  street text not null,
  number int,
  number_suffix text,
  building text,
  floor int,
  unit text,
  postal_code text check (postal_code ~ '^[0-9]{10}$'),
  street_key text collate "C" not null, -- folded street, as in gnaf.way
  city_key text collate "C" not null, -- folded city, as in gnaf.way
  attributes jsonb not null default '{}',
  geom geometry(Geometry, 4326) not null,
  geom_3857 geometry(Geometry, 3857) not null,
  valid_from timestamptz not null,
  unique (theme, dataset_id, key)
);
create index address_geom_3857 on gnaf.address using gist (geom_3857);
create index address_way on gnaf.address (street_key, city_key, number);
create index address_postal_code on gnaf.address (postal_code) where postal_code is not null;

create table gnaf.address_history (
  like gnaf.address,
  valid_to timestamptz not null,
  ended_by bigint not null references layers.version
);
create index address_history_key on gnaf.address_history (theme, dataset_id, key, valid_to);

---- create above / drop below ----

drop table gnaf.address_history, gnaf.address, gnaf.way;
