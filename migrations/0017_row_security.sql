-- The second wall. The server connects as nsdi_application, which owns nothing, and each transaction says for whom it reads in the setting nsdi.agency:
--
--   unset    nothing at all of what has an agency
--   public   what is for everybody
--   12,15    that, and the rows of these agencies
--   all      every row: nsdi itself (jobs, sign-in, the question of permission) and the operator
--
-- The role is made before the migrations, because it belongs to the server and not to the database.
create function access.everything() returns boolean language sql stable parallel safe as $$
  select coalesce(current_setting('nsdi.agency', true), '') = 'all'
$$;

create function access.scoped() returns boolean language sql stable parallel safe as $$
  select coalesce(current_setting('nsdi.agency', true), '') <> ''
$$;

create function access.sees(agency bigint) returns boolean language sql stable parallel safe as $$
  select case coalesce(current_setting('nsdi.agency', true), '')
    when '' then false
    when 'public' then false
    when 'all' then true
    else agency = any (string_to_array(current_setting('nsdi.agency', true), ',')::bigint[])
  end
$$;

create function access.sees_dataset(dataset bigint) returns boolean language sql stable parallel safe as $$
  select access.everything() or exists (select from layers.dataset d where d.id = dataset and access.sees(d.agency_id))
$$;

create function access.sees_submission(submission bigint) returns boolean language sql stable parallel safe as $$
  select access.everything() or exists (select from layers.submission s where s.id = submission and access.sees_dataset(s.dataset_id))
$$;

-- What the public is told of the last delivery of a dataset: numbers, and nothing of its files, findings or notes.
create function layers.last_delivery(dataset bigint) returns jsonb language plpgsql security definer set search_path = pg_catalog as $$
declare
  before text := coalesce(current_setting('nsdi.agency', true), '');
  told jsonb;
begin
  perform set_config('nsdi.agency', 'all', true);
  select jsonb_build_object('id', s.id, 'state', s.state, 'received_at', s.received_at, 'finished_at', s.finished_at,
    'rows_in', s.report -> 'rows_in', 'rows_accepted', s.report -> 'rows_accepted', 'rows_refused', s.report -> 'rows_refused',
    'errors', (select count(*) from layers.finding f where f.submission_id = s.id and f.severity = 'E'),
    'warnings', (select count(*) from layers.finding f where f.submission_id = s.id and f.severity = 'W'))
  into told
  from layers.submission s
  where s.dataset_id = dataset
  order by s.id desc
  limit 1;
  perform set_config('nsdi.agency', before, true); -- an error between the two ends the transaction, and the setting with it
  return told;
end $$;

-- Only an owner may gather a table's statistics, and the planner needs them before autovacuum comes round.
create function layers.gather_statistics(store text) returns void language plpgsql security definer set search_path = pg_catalog as $$
begin
  if not exists (select from layers.theme t where t.store = gather_statistics.store) then
    raise exception '% is no store', store;
  end if;
  execute format('analyze %s', store::regclass);
end $$;

-- Tables of one agency's rows, seen by that agency.
alter table access.agency_theme enable row level security, force row level security;
create policy by_agency on access.agency_theme using (access.sees(agency_id)) with check (access.sees(agency_id));
alter table access.agency_territory enable row level security, force row level security;
create policy by_agency on access.agency_territory using (access.sees(agency_id)) with check (access.sees(agency_id));
alter table access.membership enable row level security, force row level security;
create policy by_agency on access.membership using (access.sees(agency_id)) with check (access.sees(agency_id));
alter table access.key enable row level security, force row level security;
create policy by_agency on access.key using (access.sees(agency_id)) with check (access.sees(agency_id));
alter table access.delegation enable row level security, force row level security;
create policy by_agency on access.delegation using (access.sees(agency_id)) with check (access.sees(agency_id));
create policy by_contractor on access.delegation for select using (access.sees(contractor_id));
alter table access.tracking enable row level security, force row level security;
create policy by_agency on access.tracking using (access.sees(agency_id) or access.everything()) with check (access.sees(agency_id) or access.everything());
alter table access.tracking_event enable row level security, force row level security;
create policy by_agency on access.tracking_event
  using (access.everything() or exists (select from access.tracking t where t.id = tracking))
  with check (access.everything() or exists (select from access.tracking t where t.id = tracking));
alter table access.audit enable row level security, force row level security;
create policy by_agency on access.audit
  using (access.everything() or exists (select from access.agency a where a.code = agency and access.sees(a.id)))
  with check (access.everything());

-- People and what they sign in with are nobody's rows: only nsdi itself reads them.
alter table access.person enable row level security, force row level security;
create policy of_nsdi on access.person using (access.everything()) with check (access.everything());
alter table access.identity enable row level security, force row level security;
create policy of_nsdi on access.identity using (access.everything()) with check (access.everything());
alter table access.session enable row level security, force row level security;
create policy of_nsdi on access.session using (access.everything()) with check (access.everything());
alter table access.browser enable row level security, force row level security;
create policy of_nsdi on access.browser using (access.everything()) with check (access.everything());
alter table access.key_usage enable row level security, force row level security;
create policy of_nsdi on access.key_usage using (access.everything()) with check (access.everything());

-- Which data there is, in which versions, is for everybody who says so; deliveries and findings are their agency's.
alter table layers.dataset enable row level security, force row level security;
create policy by_agency on layers.dataset using (access.sees(agency_id)) with check (access.sees(agency_id));
create policy for_all on layers.dataset for select using (access.scoped());
alter table layers.version enable row level security, force row level security;
create policy by_agency on layers.version using (access.sees_dataset(dataset_id)) with check (access.sees_dataset(dataset_id));
create policy for_all on layers.version for select using (access.scoped());
alter table layers.submission enable row level security, force row level security;
create policy by_agency on layers.submission using (access.sees_dataset(dataset_id)) with check (access.sees_dataset(dataset_id));
alter table layers.finding enable row level security, force row level security;
create policy by_agency on layers.finding using (access.sees_submission(submission_id)) with check (access.sees_submission(submission_id));
alter table layers.change enable row level security, force row level security;
create policy by_agency on layers.change using (access.sees_dataset(dataset_id)) with check (access.sees_dataset(dataset_id));
create policy for_all on layers.change for select using (access.scoped());

-- Published features are for everybody, and are only written for the agency whose they are. "true" is a policy that the planner drops: any other would be
-- asked before the test of the box, which no index could then answer.
alter table layers.feature enable row level security, force row level security;
create policy for_all on layers.feature for select using (true);
create policy by_agency on layers.feature using (access.sees_dataset(dataset_id)) with check (access.sees_dataset(dataset_id));
alter table layers.feature_history enable row level security, force row level security;
create policy for_all on layers.feature_history for select using (true);
create policy by_agency on layers.feature_history using (access.sees_dataset(dataset_id)) with check (access.sees_dataset(dataset_id));
alter table cadastre.parcel enable row level security, force row level security;
create policy for_all on cadastre.parcel for select using (true);
create policy by_agency on cadastre.parcel using (access.sees_dataset(dataset_id)) with check (access.sees_dataset(dataset_id));
alter table cadastre.parcel_history enable row level security, force row level security;
create policy for_all on cadastre.parcel_history for select using (true);
create policy by_agency on cadastre.parcel_history using (access.sees_dataset(dataset_id)) with check (access.sees_dataset(dataset_id));
alter table gnaf.address enable row level security, force row level security;
create policy for_all on gnaf.address for select using (true);
create policy by_agency on gnaf.address using (access.sees_dataset(dataset_id)) with check (access.sees_dataset(dataset_id));
alter table gnaf.address_history enable row level security, force row level security;
create policy for_all on gnaf.address_history for select using (true);
create policy by_agency on gnaf.address_history using (access.sees_dataset(dataset_id)) with check (access.sees_dataset(dataset_id));

-- What the program does, and nothing more. Partitions have no grants: they are reached through their table, where the policies are.
grant usage on schema nsdi, access, layers, cadastre, gnaf, progress, staging to nsdi_application;
grant create on schema staging to nsdi_application; -- the tables of deliveries under way
grant select on nsdi.schema_version to nsdi_application;
grant select on layers.theme, progress.obligation to nsdi_application;
grant select, insert, update, delete on access.agency, access.agency_theme, access.agency_territory, access.person, access.membership, access.identity,
  access.session, access.browser, access.sign_in_failure, access.key, access.key_usage, access.delegation to nsdi_application;
grant select, insert, update on access.tracking, access.audit_head to nsdi_application;
grant select, insert on access.tracking_event, access.audit to nsdi_application;
grant select, insert, update, delete on layers.admin_unit, layers.dataset, layers.submission, layers.finding, layers.follower, layers.notice,
  layers.feature, cadastre.parcel, gnaf.address, progress.figure, progress.denominator to nsdi_application;
grant select, insert on layers.version, layers.change, layers.feature_history, cadastre.parcel_history, gnaf.address_history, gnaf.way to nsdi_application;
grant usage on all sequences in schema access, layers, cadastre, gnaf to nsdi_application;

---- create above / drop below ----

drop owned by nsdi_application;
drop policy by_agency on access.agency_theme;
drop policy by_agency on access.agency_territory;
drop policy by_agency on access.membership;
drop policy by_agency on access.key;
drop policy by_agency on access.delegation;
drop policy by_contractor on access.delegation;
drop policy by_agency on access.tracking;
drop policy by_agency on access.tracking_event;
drop policy by_agency on access.audit;
drop policy of_nsdi on access.person;
drop policy of_nsdi on access.identity;
drop policy of_nsdi on access.session;
drop policy of_nsdi on access.browser;
drop policy of_nsdi on access.key_usage;
drop policy by_agency on layers.dataset;
drop policy for_all on layers.dataset;
drop policy by_agency on layers.version;
drop policy for_all on layers.version;
drop policy by_agency on layers.submission;
drop policy by_agency on layers.finding;
drop policy by_agency on layers.change;
drop policy for_all on layers.change;
drop policy for_all on layers.feature;
drop policy by_agency on layers.feature;
drop policy for_all on layers.feature_history;
drop policy by_agency on layers.feature_history;
drop policy for_all on cadastre.parcel;
drop policy by_agency on cadastre.parcel;
drop policy for_all on cadastre.parcel_history;
drop policy by_agency on cadastre.parcel_history;
drop policy for_all on gnaf.address;
drop policy by_agency on gnaf.address;
drop policy for_all on gnaf.address_history;
drop policy by_agency on gnaf.address_history;
alter table access.agency_theme disable row level security, no force row level security;
alter table access.agency_territory disable row level security, no force row level security;
alter table access.membership disable row level security, no force row level security;
alter table access.key disable row level security, no force row level security;
alter table access.delegation disable row level security, no force row level security;
alter table access.tracking disable row level security, no force row level security;
alter table access.tracking_event disable row level security, no force row level security;
alter table access.audit disable row level security, no force row level security;
alter table access.person disable row level security, no force row level security;
alter table access.identity disable row level security, no force row level security;
alter table access.session disable row level security, no force row level security;
alter table access.browser disable row level security, no force row level security;
alter table access.key_usage disable row level security, no force row level security;
alter table layers.dataset disable row level security, no force row level security;
alter table layers.version disable row level security, no force row level security;
alter table layers.submission disable row level security, no force row level security;
alter table layers.finding disable row level security, no force row level security;
alter table layers.change disable row level security, no force row level security;
alter table layers.feature disable row level security, no force row level security;
alter table layers.feature_history disable row level security, no force row level security;
alter table cadastre.parcel disable row level security, no force row level security;
alter table cadastre.parcel_history disable row level security, no force row level security;
alter table gnaf.address disable row level security, no force row level security;
alter table gnaf.address_history disable row level security, no force row level security;
drop function layers.gather_statistics, layers.last_delivery, access.sees_submission, access.sees_dataset, access.sees, access.scoped, access.everything;
