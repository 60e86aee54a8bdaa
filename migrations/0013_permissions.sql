-- Who may do what, where: what an agency may deliver, what it delegates, and who uploaded a submission.
alter table access.agency
  drop constraint agency_kind_check,
  add constraint agency_kind_check check (kind in ('ministry', 'registry', 'post', 'cartographic-centre', 'municipality', 'committee', 'provincial-committee',
    'contractor', 'consumer')),
  -- Whom it belongs to, for lists and for people. A parent gives no right over its children.
  add column parent_id bigint references access.agency check (parent_id <> id);

-- What an agency may deliver, beside what its kind brings.
create table access.agency_theme (
  agency_id bigint not null references access.agency,
  theme text not null references layers.theme,
  primary key (agency_id, theme)
);

insert into access.agency_theme (agency_id, theme)
select a.id, t.theme
from (values
  ('registry', array['cadastre-urban', 'cadastre-rural', 'cadastre-range-forest', 'cadastre-marine']),
  -- The settlements that postal codes are given in come with the addresses.
  ('post', array['gnaf-address', 'place']),
  -- Besides the base maps, the names and the boundaries that are drawn on them.
  ('ncc', array['base-map-sheet', 'base-map-feature', 'admin-unit', 'place']),
  ('interior', array['admin-unit', 'admin-division', 'place', 'urban-boundary', 'village', 'expected-addresses', 'municipal-district']),
  ('statistics', array['admin-unit', 'admin-division', 'place', 'urban-boundary', 'village', 'expected-addresses']),
  ('forests', array['range-forest']),
  ('ports', array['territorial-sea'])
) g (agency, themes)
cross join lateral unnest(g.themes) t (theme)
join access.agency a on a.code = g.agency;

-- A contractor delivers in the name of an agency: one theme, in one territory, until a date.
create table access.delegation (
  id bigint generated always as identity primary key,
  agency_id bigint not null references access.agency,
  contractor_id bigint not null references access.agency check (contractor_id <> agency_id),
  theme text not null references layers.theme,
  territory text references layers.admin_unit, -- null: wherever the agency itself may
  granted_at timestamptz not null,
  until timestamptz not null check (until > granted_at), -- not included
  granted_by bigint references access.person, -- null: the operator
  revoked_at timestamptz,
  revoked_by bigint references access.person
);
create index delegation_contractor on access.delegation (contractor_id, agency_id, theme);

-- Whether the unit is the other one or below it. The tree is walked upwards, which takes as many steps as there are levels; union ends it where a delivery made a circle.
create function access.within(unit text, above text) returns boolean language sql stable as $$
  with recursive line (code, parent_code) as (
    select u.code, u.parent_code
    from layers.admin_unit u
    where u.code = unit
    union
    select u.code, u.parent_code
    from line
    join layers.admin_unit u on u.code = line.parent_code
  )
  select exists (select from line where code = above)
$$;

-- Whether the place is inside the agency's territory; '' is all of that. Who answers for the country needs no rows; others have no territory without them.
create function access.covers(agency bigint, unit text) returns boolean language sql stable as $$
  select case
    when unit <> '' and not exists (select from layers.admin_unit u where u.code = unit) then false
    when exists (select from access.agency_territory t where t.agency_id = agency) then
      unit = '' or exists (select from access.agency_territory t where t.agency_id = agency and access.within(unit, t.admin_code))
    else exists (select from access.agency a where a.id = agency and a.kind not in ('municipality', 'provincial-committee', 'contractor'))
  end
$$;

-- Whether the agency may deliver the theme: by its own row, or as a municipality what every municipality must.
create function access.delivers(agency bigint, what text) returns boolean language sql stable as $$
  select exists (select from access.agency_theme t where t.agency_id = agency and t.theme = what)
    or exists (
      select
      from access.agency a
      join layers.theme t on t.code = what and (t.required_of = 'municipality' or t.code = 'municipal-district')
      where a.id = agency and a.kind = 'municipality')
$$;

-- Four eyes: who uploaded does not review. Both are null where the operator imported by command line.
alter table layers.submission
  add column uploaded_by_person bigint references access.person,
  add column uploaded_by_key bigint;

---- create above / drop below ----

alter table layers.submission drop column uploaded_by_person, drop column uploaded_by_key;
drop function access.delivers, access.covers, access.within;
drop table access.delegation, access.agency_theme;
alter table access.agency
  drop column parent_id,
  drop constraint agency_kind_check,
  add constraint agency_kind_check check (kind in ('ministry', 'registry', 'post', 'cartographic-centre', 'municipality', 'committee', 'consumer')) not valid;
