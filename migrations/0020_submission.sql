-- A submission waits for people between its steps, so everything that the next step needs is kept: what was found in the files, what was confirmed, how far
-- it goes by itself, and on which version its report stands.
alter table layers.submission
  add column agency_id bigint references access.agency,
  alter column dataset_id drop not null; -- until theme and territory are confirmed
update layers.submission s
set agency_id = d.agency_id
from layers.dataset d
where d.id = s.dataset_id;
alter table layers.submission
  alter column agency_id set not null,
  drop constraint submission_state_check,
  add constraint submission_state_check check (state in ('received', 'inspected', 'confirmed', 'validated', 'submitted', 'reviewed', 'approved', 'published', 'unchanged',
    'returned', 'withdrawn', 'refused')),
  add column theme text references layers.theme,
  add column territory text references layers.admin_unit,
  add column mode text not null default 'replace' check (mode in ('replace', 'append', 'upsert', 'delete')),
  -- How far it goes without a person: to be inspected, checked, submitted or published.
  add column through text not null default 'published' check (through in ('inspected', 'validated', 'submitted', 'published')),
  add column allow_removals boolean not null default false,
  add column folder text, -- below NSDI_DATA/deliveries, where the files are kept; null: they stayed where they were
  add column inspection jsonb, -- layers, columns, reference systems and first rows of the files
  add column progress jsonb, -- {stage, rows, total} of the step that runs
  add column problem jsonb, -- why it was refused, or why it cannot go on: {code, title, detail, next, location}
  add column staged_rows bigint, -- accepted rows in the staging table: a server that crashed empties unlogged tables
  add column based_on bigint, -- latest version of the dataset when the report was made; null: none
  add column reviewed_by_person bigint references access.person,
  add column reviewed_by_key bigint,
  add column review_reason text,
  add column updated_at timestamptz not null default now();
update layers.submission s
set theme = d.theme, territory = d.territory
from layers.dataset d
where d.id = s.dataset_id;
create index submission_waiting on layers.submission (state) where state in ('received', 'confirmed', 'approved');
create index submission_agency on layers.submission (agency_id, id);

drop policy by_agency on layers.submission;
create policy by_agency on layers.submission using (access.sees(agency_id)) with check (access.sees(agency_id));
create or replace function access.sees_submission(submission bigint) returns boolean language sql stable parallel safe as $$
  select access.everything() or exists (select from layers.submission s where s.id = submission and access.sees(s.agency_id))
$$;

-- How an agency's files become a theme, as it was last confirmed: proposed for the next file with the same columns.
create table layers.mapping (
  agency_id bigint not null references access.agency,
  theme text not null references layers.theme,
  mapping jsonb not null,
  confirmed_at timestamptz not null default now(),
  primary key (agency_id, theme)
);
alter table layers.mapping enable row level security, force row level security;
create policy by_agency on layers.mapping using (access.sees(agency_id)) with check (access.sees(agency_id));
grant select, insert, update on layers.mapping to nsdi_application;

-- A rule that a reviewer lets a row break, with the reason. The row is taken in when the submission is checked again.
create table layers.exception (
  submission_id bigint not null references layers.submission,
  rule text not null,
  source text not null,
  row_number bigint not null,
  reason text not null check (reason <> ''),
  granted_by_person bigint references access.person,
  granted_by_key bigint,
  granted_at timestamptz not null default now(),
  primary key (submission_id, rule, source, row_number)
);
alter table layers.exception enable row level security, force row level security;
create policy by_agency on layers.exception using (access.sees_submission(submission_id)) with check (access.sees_submission(submission_id));
grant select, insert on layers.exception to nsdi_application;

-- What an earlier version was in the middle of cannot go on.
do $$
declare
  t record;
begin
  for t in select tablename from pg_tables where schemaname = 'staging' loop
    execute format('drop table staging.%I', t.tablename);
  end loop;
end $$;

-- The end of the change log, as a number that hides nothing: each tile asks for it. Under row security the question would go back over every change that the
-- caller may not see.
create function layers.change_end() returns bigint language plpgsql stable security definer set search_path = pg_catalog as $$
declare
  before text := coalesce(current_setting('nsdi.agency', true), '');
  answer bigint;
begin
  perform set_config('nsdi.agency', 'all', true);
  select coalesce(max(id), 0) into answer from layers.change;
  perform set_config('nsdi.agency', before, true);
  return answer;
end $$;

-- Jobs. The tables in it are the job queue's own.
create schema river;
grant usage on schema river to nsdi_application;

---- create above / drop below ----

drop schema river cascade;
drop function layers.change_end;
drop table layers.exception, layers.mapping;
create or replace function access.sees_submission(submission bigint) returns boolean language sql stable parallel safe as $$
  select access.everything() or exists (select from layers.submission s where s.id = submission and access.sees_dataset(s.dataset_id))
$$;
drop policy by_agency on layers.submission;
create policy by_agency on layers.submission using (access.sees_dataset(dataset_id)) with check (access.sees_dataset(dataset_id));
drop index layers.submission_agency, layers.submission_waiting;
delete from layers.finding f using layers.submission s where s.id = f.submission_id and s.dataset_id is null;
delete from layers.submission where dataset_id is null;
update layers.submission set state = 'refused' where state not in ('received', 'validated', 'published', 'unchanged', 'refused');
alter table layers.submission
  drop constraint submission_state_check,
  add constraint submission_state_check check (state in ('received', 'validated', 'published', 'unchanged', 'refused')),
  alter column dataset_id set not null,
  drop column agency_id, drop column theme, drop column territory, drop column mode, drop column through, drop column allow_removals, drop column folder,
  drop column inspection, drop column progress, drop column problem, drop column staged_rows, drop column based_on, drop column reviewed_by_person,
  drop column reviewed_by_key, drop column review_reason, drop column updated_at;
