-- What it takes to calculate a snapshot again in every state. Features have their history. What else a calculation goes by is read through the views seen_…: ordinarily they are
-- what there is now; to a calculation that looks back (nsdi.looking_back is the number of a snapshot, nsdi.moment when it was taken) they are what there was when that one was taken.

-- Registers as they were, kept once for as long as they stay the same.
create table progress.register (
  id int generated always as identity primary key,
  kind text not null,
  hash bytea not null unique,
  content jsonb not null -- an array of rows
);
create trigger written_once before update or delete on progress.register for each row execute function access.refuse_change();
create trigger never_emptied before truncate on progress.register for each statement execute function access.refuse_change();
alter table progress.register enable row level security, force row level security;
create policy of_nsdi on progress.register using (access.everything());
grant select, insert on progress.register to nsdi_application;

create function progress.register_hash(kind text, content jsonb) returns bytea language sql immutable as $$ select sha256(convert_to(jsonb_build_array(kind, content)::text, 'UTF8')) $$;

-- By the clock of the database, and by which registers; null: a snapshot of before they were kept.
alter table progress.snapshot add column moment timestamptz, add column registers int[];

create function progress.looking_back() returns int language sql stable parallel safe as $$ select nullif(current_setting('nsdi.looking_back', true), '')::int $$;
create function progress.moment() returns timestamptz language sql stable parallel safe as $$
  select coalesce(nullif(current_setting('nsdi.moment', true), '')::timestamptz, now())
$$;
-- In a language of its own, so that it is asked once and not for each row that it is compared with.
create function progress.kept(what text) returns setof jsonb language plpgsql stable parallel safe rows 100 as $$
begin
  return query
    select jsonb_array_elements(r.content)
    from progress.snapshot n
    join progress.register r on r.id = any (n.registers)
    where n.id = progress.looking_back()
      and r.kind = what;
end $$;

create view progress.seen_agency with (security_invoker = true) as
select id, kind from access.agency where progress.looking_back() is null
union all
select (k ->> 'id')::bigint, k ->> 'kind' from progress.kept('agency') k where progress.looking_back() is not null;

create view progress.seen_territory with (security_invoker = true) as
select agency_id, admin_code from access.agency_territory where progress.looking_back() is null
union all
select (k ->> 'agency_id')::bigint, k ->> 'admin_code' from progress.kept('territory') k where progress.looking_back() is not null;

create view progress.seen_agency_theme with (security_invoker = true) as
select agency_id, theme from access.agency_theme where progress.looking_back() is null
union all
select (k ->> 'agency_id')::bigint, k ->> 'theme' from progress.kept('agency-theme') k where progress.looking_back() is not null;

create view progress.seen_theme with (security_invoker = true) as
select code, store, required_of, update_cycle from layers.theme where progress.looking_back() is null
union all
select k ->> 'code', k ->> 'store', k ->> 'required_of', nullif(k -> 'update_cycle', 'null') from progress.kept('theme') k where progress.looking_back() is not null;

-- Of submissions those in hand. Where one has a record of its way, that says in which state it was.
create view progress.seen_submission with (security_invoker = true) as
select id, agency_id, theme, mode, state from layers.submission where progress.looking_back() is null
union all
select (k ->> 'id')::bigint, (k ->> 'agency_id')::bigint, k ->> 'theme', k ->> 'mode', case when k ->> 'tracking' is null then k ->> 'state' else (
  select e.state_to
  from access.tracking_event e
  where e.tracking = k ->> 'tracking'
    and e.seq = (k ->> 'seq')::int
) end
from progress.kept('submission') k
where progress.looking_back() is not null;

create view progress.seen_version with (security_invoker = true) as
select id, dataset_id, seq, features, published_at
from layers.version v
where progress.looking_back() is null
   or not exists (
     select
     from layers.change_span c
     where c.version_id = v.id
       and c.last > (select change_id from progress.snapshot where id = progress.looking_back())
   );

grant select on progress.seen_agency, progress.seen_territory, progress.seen_agency_theme, progress.seen_theme, progress.seen_submission, progress.seen_version to nsdi_application;

-- Errors of parcels that are open no longer: a parcel that has one counts as nothing for as long. Publications of parcels follow their neighbours one at a time, so numbers are in
-- the order of what happened.
create table cadastre.closed_finding (
  n bigint generated always as identity primary key,
  like cadastre.open_finding
);
alter table cadastre.closed_finding enable row level security, force row level security;
create policy of_nsdi on cadastre.closed_finding using (access.everything());
create policy by_agency on cadastre.closed_finding for insert with check (access.everything() or access.sees_dataset(dataset_id));
create trigger written_once before update or delete on cadastre.closed_finding for each row execute function access.refuse_change();
create trigger never_emptied before truncate on cadastre.closed_finding for each statement execute function access.refuse_change();
grant select, insert on cadastre.closed_finding to nsdi_application;

create function cadastre.keep_closed() returns trigger language plpgsql as $$
begin
  insert into cadastre.closed_finding
    (id, rule, severity, theme, dataset_id, feature_id, key, other_dataset_id, other_feature_id, other_key, measure, unit, width, geom, version_id, found_at, gap)
  select id, rule, severity, theme, dataset_id, feature_id, key, other_dataset_id, other_feature_id, other_key, measure, unit, width, geom, version_id, found_at, gap
  from gone
  where severity = 'E';
  return null;
end $$;
create trigger keep_closed after delete on cadastre.open_finding referencing old table as gone for each statement execute function cadastre.keep_closed();

-- Decisions are dated when they are made: a transaction may have begun before a snapshot was taken.
alter table progress.denominator alter column set_at set default clock_timestamp();
alter table progress.approval alter column set_at set default clock_timestamp();

-- The year by which base maps were last said to be new enough.
create table progress.sheet_year (year int not null);
create unique index sheet_year_one on progress.sheet_year ((true));
grant select, insert, update on progress.sheet_year to nsdi_application;

-- How much of its duty each agency had done, of each obligation that is counted by agency: denominator, delivered, validated, published, fresh.
create table progress.snapshot_agency (
  snapshot_id int not null references progress.snapshot deferrable initially deferred,
  agency text not null, -- code
  obligation text not null,
  value double precision[] not null check (cardinality(value) = 5),
  primary key (agency, obligation, snapshot_id)
);
create trigger written_once before update or delete on progress.snapshot_agency for each row execute function access.refuse_change();
create trigger never_emptied before truncate on progress.snapshot_agency for each statement execute function access.refuse_change();
grant select, insert on progress.snapshot_agency to nsdi_application;
create index snapshot_agency_snapshot on progress.snapshot_agency using brin (snapshot_id) with (pages_per_range = 8, autosummarize = on);

-- What a snapshot has beside the rows of units, in one number.
create function progress.snapshot_basis_digest(snapshot int, moment timestamptz, registers int[]) returns bytea language sql stable set extra_float_digits = 1 set timezone = 'UTC' as $$
  select sha256(
    convert_to(moment::text, 'UTF8')
    || (select coalesce(string_agg(r.hash, '' order by u.place), '') from unnest(registers) with ordinality u (id, place) join progress.register r on r.id = u.id)
    || (
      select convert_to(coalesce(string_agg(a.agency || ' ' || a.obligation || ' ' || a.value::text, chr(10) order by a.agency collate "C", a.obligation collate "C"), ''), 'UTF8')
      from progress.snapshot_agency a
      where a.snapshot_id = snapshot
    )
  )
$$;

---- create above / drop below ----

drop function progress.snapshot_basis_digest;
drop table progress.snapshot_agency, progress.sheet_year;
alter table progress.approval alter column set_at set default now();
alter table progress.denominator alter column set_at set default now();
drop trigger keep_closed on cadastre.open_finding;
drop function cadastre.keep_closed;
drop table cadastre.closed_finding;
drop view progress.seen_agency, progress.seen_territory, progress.seen_agency_theme, progress.seen_theme, progress.seen_submission, progress.seen_version;
drop function progress.kept, progress.moment, progress.looking_back;
alter table progress.snapshot drop column moment, drop column registers;
drop function progress.register_hash;
drop table progress.register;
