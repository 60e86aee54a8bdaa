-- A way is known by a hash of what it is told apart by, so that an address names it without looking it up: the first 53 bits of the SHA-256 of street_key, U+0001 and
-- city_key, which every reader of JSON keeps exactly. That any two among a million ways share one has a probability of about one in 18,000.
create function gnaf.way_id(street_key text, city_key text) returns bigint language sql immutable strict parallel safe as $$
  select (('x0' || encode(substr(sha256(convert_to(street_key || chr(1) || city_key, 'UTF8')), 1, 7), 'hex'))::bit(60)::bigint >> 3)
$$;

alter table gnaf.way alter column id drop identity;
update gnaf.way set id = gnaf.way_id(street_key, city_key);

alter table gnaf.address add column way_id bigint; -- gnaf.way, where the street's name has a word
update gnaf.address set way_id = gnaf.way_id(street_key, city_key);
alter table gnaf.address alter column way_id set not null;
drop index gnaf.address_way;
alter table gnaf.address drop column street_key, drop column city_key, drop constraint address_theme_dataset_id_key_key;
create unique index address_key on gnaf.address (dataset_id, key); -- a dataset is of one theme
create index address_way on gnaf.address (way_id, number);

-- The history has the columns of the table in their order, and then its own.
alter table gnaf.address_history rename to address_past;
create table gnaf.address_history (
  like gnaf.address,
  valid_to timestamptz not null,
  ended_by bigint not null references layers.version
);
insert into gnaf.address_history (id, theme, dataset_id, version_id, key, hash, province, county, city, neighbourhood, street_before, street, number, number_suffix, building,
  floor, unit, postal_code, attributes, geom, geom_3857, valid_from, way_id, valid_to, ended_by)
select id, theme, dataset_id, version_id, key, hash, province, county, city, neighbourhood, street_before, street, number, number_suffix, building,
  floor, unit, postal_code, attributes, geom, geom_3857, valid_from, gnaf.way_id(street_key, city_key), valid_to, ended_by
from gnaf.address_past;
drop table gnaf.address_past;
create index address_history_key on gnaf.address_history (theme, dataset_id, key, valid_to);
create index address_history_id on gnaf.address_history (id);
create index address_history_way on gnaf.address_history (way_id);
create index address_history_postal_code on gnaf.address_history (postal_code) where postal_code is not null;
alter table gnaf.address_history enable row level security, force row level security;
create policy for_all on gnaf.address_history for select using (true);
create policy by_agency on gnaf.address_history
  using (access.everything() or access.sees_dataset(dataset_id)) with check (access.everything() or access.sees_dataset(dataset_id));
grant select, insert on gnaf.address_history to nsdi_application;

---- create above / drop below ----

alter table gnaf.address add column street_key text collate "C", add column city_key text collate "C", add unique (theme, dataset_id, key);
update gnaf.address a set (street_key, city_key) = (select w.street_key, w.city_key from gnaf.way w where w.id = a.way_id);
update gnaf.address set street_key = '', city_key = gnaf.name_key(city) where street_key is null;
drop index gnaf.address_way, gnaf.address_key;
alter table gnaf.address alter column street_key set not null, alter column city_key set not null, drop column way_id;
create index address_way on gnaf.address (street_key, city_key, number);
alter table gnaf.address_history add column street_key text collate "C", add column city_key text collate "C";
update gnaf.address_history a set (street_key, city_key) = (select w.street_key, w.city_key from gnaf.way w where w.id = a.way_id);
alter table gnaf.address_history drop column way_id;
update gnaf.way set id = (select count(*) from gnaf.way o where o.id <= way.id);
alter table gnaf.way alter column id add generated always as identity;
drop function gnaf.way_id;
