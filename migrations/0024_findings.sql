-- A finding says what would be right, how much it is about, and with which other feature; and what became of it.
alter table layers.finding
  add column proposed text,
  add column measure double precision,
  add column unit text,
  add column other_key text,
  add column state text not null default 'open' check (state in ('open', 'fixed', 'exception', 'accepted'));

-- Which severities and parameters the rules have for this delivery.
alter table layers.submission add column profile text not null default 'standard';

-- Corrections that the uploader has accepted: of a rule in all rows (source '', row_number 0), or in one. They are applied when the submission is checked again.
create table layers.fix (
  submission_id bigint not null references layers.submission,
  rule text not null,
  source text not null default '',
  row_number bigint not null default 0,
  accepted_by_person bigint references access.person,
  accepted_by_key bigint,
  accepted_at timestamptz not null default now(),
  primary key (submission_id, rule, source, row_number)
);
alter table layers.fix enable row level security, force row level security;
create policy by_agency on layers.fix using (access.sees_submission(submission_id)) with check (access.sees_submission(submission_id));
grant select, insert on layers.fix to nsdi_application;

-- The valid geometry of the same dimension.
create function layers.mended(g geometry) returns geometry language sql immutable parallel safe as $$
  select public.st_collectionextract(public.st_makevalid(g), public.st_dimension(g) + 1)
$$;

-- Which share of its area an invalid area changes by when it is mended; 1 where it cannot be.
create function layers.mending(g geometry) returns double precision language plpgsql immutable parallel safe as $$
declare
  mended public.geometry := layers.mended(g);
begin
  if public.st_isempty(mended) or not public.st_isvalid(mended) or public.st_area(mended) = 0 then
    return 1;
  end if;
  return abs(public.st_area(mended) - public.st_area(g)) / public.st_area(mended);
exception when others then
  return 1;
end $$;

-- What two areas have in common as areas; null where that is nothing, or where one of them is damaged.
create function layers.common_area(a geometry, b geometry) returns geometry language plpgsql immutable parallel safe as $$
begin
  if public.st_touches(a, b) then
    return null;
  end if;
  return public.st_collectionextract(public.st_intersection(a, b), 3);
exception when others then
  return null;
end $$;

---- create above / drop below ----

drop function layers.common_area, layers.mending, layers.mended;
drop table layers.fix;
alter table layers.submission drop column profile;
alter table layers.finding drop column proposed, drop column measure, drop column unit, drop column other_key, drop column state;
