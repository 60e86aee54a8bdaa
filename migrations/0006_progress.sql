create table progress.obligation (
  code text primary key,
  article text not null,
  annex_c_row smallint,
  title_fa text not null,
  title_en text not null,
  responsible_fa text not null,
  responsible_en text not null,
  scope text not null,
  deadline_years smallint, -- from the notification, 1393-06-16 = 2014-09-07; null: standing
  planned_1393_h1 smallint, -- per cent of the work, Annex C
  planned_1393_h2 smallint,
  deliverable text not null,
  measure text not null check (measure in ('area', 'count', 'layers', 'none')),
  position smallint not null
);

-- What 100 % means where it is not a published layer: a count by admin unit, with its source and date.
create table progress.denominator (
  obligation text not null references progress.obligation,
  admin_code text not null references layers.admin_unit,
  version int not null check (version > 0),
  amount double precision not null check (amount >= 0),
  source text not null,
  dated date not null,
  version_id bigint references layers.version, -- the publication that brought it
  primary key (obligation, admin_code, version)
);

-- The latest figure of each obligation in each unit; null denominator means unknown.
create table progress.figure (
  obligation text not null references progress.obligation,
  admin_code text not null references layers.admin_unit,
  numerator double precision,
  denominator double precision,
  change_id bigint not null, -- the change log's end when it was calculated
  calculated_at timestamptz not null default now(),
  primary key (obligation, admin_code)
);

alter table layers.theme add foreign key (obligation) references progress.obligation;

---- create above / drop below ----

alter table layers.theme drop constraint theme_obligation_fkey;
drop table progress.figure, progress.denominator, progress.obligation;
