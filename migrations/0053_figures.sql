-- Figures are kept for every administrative unit and for every agency, in the three states in which work can be, with everything that a snapshot has to keep of them:
-- what is counted, what 100 % is and where that comes from, and why there is no percentage where there is none.
drop table progress.figure;

create table progress.figure (
  obligation text not null references progress.obligation,
  admin_code text not null references layers.admin_unit,
  -- 'headline' is the figure of the obligation; others stand beside it: 'area' and 'plates' of the urban cadastre, of which the headline is the smaller, …
  measure text not null default 'headline' check (measure ~ '^[a-z][a-z0-9-]*$'),
  unit text check (unit in ('m2', 'address', 'layer', 'parcel', 'village', 'duty', 'service', 'person', 'household', 'theme')), -- what is counted
  state text not null check (state in ('known', 'unknown', 'not-applicable')),
  reason_fa text, -- of a state that is not 'known'
  reason_en text,
  approved_by text, -- who approved that it is not applicable
  denominator double precision,
  -- Each contains the one after it: what has come in, what of it was found right, what of that is published. Null: it is not measured.
  delivered double precision,
  validated double precision,
  published double precision,
  fresh double precision, -- of what is published, what is no older than its update cycle; apart from the three
  source_fa text, -- of the denominator
  source_en text,
  sources jsonb not null default '[]', -- [{theme, dataset, version}] or [{denominator, version}]: what exactly 100 % was when it was calculated
  details jsonb not null default '{}', -- raw figures that the measure has besides
  change_id bigint not null, -- the change log's end when it was calculated
  calculated_at timestamptz not null default now(),
  primary key (obligation, admin_code, measure),
  constraint figure_known check ((state = 'known') = (denominator is not null and published is not null and denominator > 0)),
  constraint figure_reason check ((state = 'known') = (reason_fa is null) and (reason_fa is null) = (reason_en is null)),
  constraint figure_approved check ((state = 'not-applicable') = (approved_by is not null)),
  constraint figure_states check (coalesce(delivered, 'infinity') >= coalesce(validated, published, 0) and coalesce(validated, 'infinity') >= coalesce(published, 0)
    and coalesce(fresh, 0) <= coalesce(published, 'infinity'))
);
create index figure_unit on progress.figure (admin_code);

-- The same by the agency that has to deliver.
create table progress.agency_figure (
  obligation text not null references progress.obligation,
  agency_id bigint not null references access.agency on delete cascade,
  unit text not null check (unit in ('layer', 'duty')),
  denominator double precision not null check (denominator > 0),
  delivered double precision not null,
  validated double precision not null check (validated <= delivered),
  published double precision not null check (published <= validated),
  fresh double precision not null check (fresh <= published),
  sources jsonb not null default '[]',
  change_id bigint not null,
  calculated_at timestamptz not null default now(),
  primary key (obligation, agency_id)
);

grant select, insert, update, delete on progress.figure, progress.agency_figure to nsdi_application;

-- All of them are calculated at the next start.
delete from layers.follower where name = 'progress';

---- create above / drop below ----

drop table progress.figure, progress.agency_figure;
create table progress.figure (
  obligation text not null references progress.obligation,
  admin_code text not null references layers.admin_unit,
  numerator double precision,
  denominator double precision,
  change_id bigint not null,
  calculated_at timestamptz not null default now(),
  primary key (obligation, admin_code)
);
grant select, insert, update, delete on progress.figure to nsdi_application;
delete from layers.follower where name = 'progress';
