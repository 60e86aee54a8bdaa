-- Restricted themes, requests for access to them (Article 23 note 1), the grants that follow, and the keys that downloads are signed with.
alter table layers.theme
  add column restricted boolean not null default false,
  drop constraint theme_store_check,
  add constraint theme_store_check check (store in ('layers.feature', 'layers.restricted_feature', 'cadastre.parcel', 'gnaf.address')),
  add constraint theme_restricted_check check (restricted = (store = 'layers.restricted_feature'));

-- Features that are not for everybody have a store of their own, so that the policy of the public ones can be one that the planner drops, and they stay as fast as they are.
create table layers.restricted_feature (
  id bigint primary key default nextval('layers.feature_id'),
  theme text not null,
  dataset_id bigint not null,
  version_id bigint not null, -- the version that last wrote the row
  key text collate "C" not null,
  hash bytea not null, -- of attributes and delivered geometry
  attributes jsonb not null,
  geom geometry(Geometry, 4326),
  geom_3857 geometry(Geometry, 3857),
  valid_from timestamptz not null,
  unique (theme, dataset_id, key)
);
create index restricted_feature_geom on layers.restricted_feature using gist (geom);

create table layers.restricted_feature_history (
  like layers.restricted_feature,
  valid_to timestamptz not null,
  ended_by bigint not null references layers.version
);
create index restricted_feature_history_key on layers.restricted_feature_history (theme, dataset_id, key, valid_to);

insert into layers.theme (code, store, restricted, geometry, title_fa, title_en, obligation, key_attributes, attributes, territory_buffer_m, min_zoom, max_zoom, required_of, position)
values
  ('electricity', 'layers.restricted_feature', true, 'line', 'شبکه برق', 'Electricity network', null, '{line_id}',
   '[{"name": "line_id", "type": "text", "required": true, "title_fa": "شناسه خط", "title_en": "Line identifier", "aliases": ["id"]},
    {"name": "voltage_kv", "type": "number", "required": false, "title_fa": "ولتاژ (کیلوولت)", "title_en": "Voltage (kV)", "aliases": ["voltage"]},
    {"name": "kind", "type": "text", "required": false, "domain": ["overhead", "underground"], "title_fa": "نوع", "title_en": "Kind", "aliases": ["type"]},
    {"name": "owner", "type": "text", "required": false, "title_fa": "بهره‌بردار", "title_en": "Owner", "aliases": ["operator"]}]',
   50, 8, 16, null, 30);

insert into access.agency (code, kind, name_fa, name_en)
values ('energy', 'ministry', 'وزارت نیرو', 'Ministry of Energy')
on conflict (code) do nothing;
insert into access.agency_theme (agency_id, theme)
select id, 'electricity'
from access.agency
where code = 'energy';

-- Who asks whom for what, why and until when. What becomes of it is under its tracking identifier.
create table access.request (
  tracking text primary key references access.tracking,
  applicant_id bigint not null references access.agency,
  custodian_id bigint not null references access.agency check (custodian_id <> applicant_id),
  person_id bigint references access.person,
  key_id bigint references access.key,
  name text not null, -- of the person or key, as it was then
  -- One of these three: a dataset, all datasets of the custodian in a restricted theme, or an inquiry service.
  dataset_id bigint references layers.dataset,
  theme text references layers.theme,
  service text check (service ~ '^[a-z][a-z0-9-]{1,62}$'),
  territory text references layers.admin_unit, -- null: all of it
  purpose text not null check (purpose <> ''),
  legal_ground text not null check (legal_ground <> ''),
  until timestamptz not null,
  state text not null check (state in ('requested', 'granted', 'refused', 'withdrawn', 'revoked')),
  reason text not null default '', -- of the custodian
  created_at timestamptz not null,
  decided_at timestamptz,
  check (num_nonnulls(dataset_id, theme, service) = 1)
);
create index request_applicant on access.request (applicant_id, created_at);
create index request_custodian on access.request (custodian_id, created_at);

-- What was granted. It ends by itself: every question compares until with the clock.
create table access.grant (
  id bigint generated always as identity primary key,
  tracking text not null unique references access.request,
  grantee_id bigint not null references access.agency,
  custodian_id bigint not null references access.agency,
  dataset_id bigint references layers.dataset,
  theme text references layers.theme,
  service text,
  territory text references layers.admin_unit, -- null: all of it
  attributes text[], -- null: all of them
  granted_at timestamptz not null,
  until timestamptz not null check (until > granted_at), -- not included
  granted_by bigint not null references access.person,
  revoked_at timestamptz,
  revoked_by bigint references access.person,
  check (num_nonnulls(dataset_id, theme, service) = 1)
);
create index grant_grantee on access.grant (grantee_id);
create index grant_custodian on access.grant (custodian_id);

-- Each use of a grant. A row is written before anything is handed out, and completed once with how much that was.
create table access.grant_use (
  id bigint generated always as identity primary key,
  grant_id bigint not null references access.grant,
  at timestamptz not null,
  person_id bigint not null, -- 0: no person
  key_id bigint not null, -- 0: no key
  name text not null,
  action text not null,
  what text not null,
  ended_at timestamptz, -- null: under way, or broken off with the server
  complete boolean,
  rows bigint,
  bytes bigint
);
create index grant_use_grant on access.grant_use (grant_id, id);
create function access.keep_grant_use() returns trigger language plpgsql as $$
begin
  if old.ended_at is not null
    or (new.id, new.grant_id, new.at, new.person_id, new.key_id, new.name, new.action, new.what)
      is distinct from (old.id, old.grant_id, old.at, old.person_id, old.key_id, old.name, old.action, old.what) then
    raise exception 'access.grant_use % is completed once and otherwise stays', old.id using errcode = 'insufficient_privilege';
  end if;
  return new;
end $$;
create trigger grant_use_is_completed before update on access.grant_use for each row execute function access.keep_grant_use();
create trigger grant_use_stays before delete on access.grant_use for each row execute function access.refuse_change();
create trigger grant_use_is_kept before truncate on access.grant_use for each statement execute function access.refuse_change();

-- What downloads are signed with.
create table access.signing_key (
  kid text primary key check (kid ~ '^[a-z2-7]{8}$'),
  secret bytea not null check (length(secret) = 32),
  created_at timestamptz not null,
  retired_at timestamptz -- null: new tokens are signed with it
);
create unique index signing_key_current on access.signing_key ((true)) where retired_at is null;

-- Who sees what. A request and a grant belong to both sides; they, and the uses, are written by nsdi itself after it was asked who may.
alter table access.request enable row level security, force row level security;
create policy of_both_sides on access.request using (access.sees(applicant_id) or access.sees(custodian_id)) with check (access.everything());
alter table access.grant enable row level security, force row level security;
create policy of_both_sides on access.grant using (access.sees(grantee_id) or access.sees(custodian_id)) with check (access.everything());
alter table access.grant_use enable row level security, force row level security;
create policy of_both_sides on access.grant_use
  using (access.everything() or exists (select from access.grant g where g.id = grant_id))
  with check (access.everything());
alter table access.signing_key enable row level security, force row level security;
create policy of_nsdi on access.signing_key using (access.everything()) with check (access.everything());

-- The agency's own features, and those of datasets that were granted to it and still are. The lists of datasets are made once a question. That a grant may be
-- for one territory is not told here: whoever reads by a grant has to ask Permissions, which knows the place.
alter table layers.restricted_feature enable row level security, force row level security;
create policy by_agency on layers.restricted_feature
  using (access.everything() or dataset_id in (select d.id from layers.dataset d where access.sees(d.agency_id)))
  with check (access.sees_dataset(dataset_id));
create policy by_grant on layers.restricted_feature for select
  using (dataset_id in (
    select d.id
    from access.grant g
    join layers.dataset d on d.id = g.dataset_id or d.theme = g.theme and d.agency_id = g.custodian_id
    where access.sees(g.grantee_id)
      and g.revoked_at is null
      and g.granted_at <= now()
      and g.until > now()));
alter table layers.restricted_feature_history enable row level security, force row level security;
create policy by_agency on layers.restricted_feature_history using (access.sees_dataset(dataset_id)) with check (access.sees_dataset(dataset_id));

-- What a publication of restricted features did, and where, is no more public than they are.
drop policy for_all on layers.change;
create policy for_all on layers.change for select using (access.scoped() and theme not in (select t.code from layers.theme t where t.restricted));

grant select, insert, update on access.request, access.grant, access.grant_use, access.signing_key to nsdi_application;
grant select, insert, update, delete on layers.restricted_feature to nsdi_application;
grant select, insert on layers.restricted_feature_history to nsdi_application;
grant usage on all sequences in schema access to nsdi_application;

---- create above / drop below ----

drop policy for_all on layers.change;
create policy for_all on layers.change for select using (access.scoped());

drop table layers.restricted_feature_history, layers.restricted_feature;
drop table access.signing_key, access.grant_use, access.grant, access.request;
drop function access.keep_grant_use;
delete from access.agency_theme where theme = 'electricity';
delete from layers.theme where code = 'electricity';
delete from access.agency where code = 'energy';
alter table layers.theme
  drop constraint theme_restricted_check,
  drop constraint theme_store_check,
  add constraint theme_store_check check (store in ('layers.feature', 'cadastre.parcel', 'gnaf.address')),
  drop column restricted;
