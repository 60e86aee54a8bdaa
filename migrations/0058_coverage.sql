-- Areas are measured cell by cell of the H3 grid, so that a publication leads to the calculation of the cells that it touched and of nothing else. A piece is what
-- of a cell belongs to one administrative unit and to what an obligation is measured against; pieces do not overlap, so any sum of them counts ground once.
create table progress.cell (
  id bigint primary key, -- H3 index
  resolution smallint not null,
  -- With corners so close that an edge measured on the ellipsoid is the same from both sides, wherever something else cuts it.
  geom geometry(Polygon, 4326) not null
);
create index cell_geom on progress.cell using gist (geom);

-- Outlines in pieces of a few dozen corners; a place belongs to the deepest unit that it lies in.
create table progress.unit_part (
  admin_code text not null references layers.admin_unit on delete cascade,
  depth smallint not null, -- 0: country
  geom geometry(Polygon, 4326) not null
);
create index unit_part_geom on progress.unit_part using gist (geom);

create table progress.territory (
  kind text not null check (kind in ('urban', 'rest', 'village', 'range-forest', 'sea')),
  cell bigint not null references progress.cell on delete cascade,
  admin_code text not null references layers.admin_unit on delete cascade,
  m2 double precision not null check (m2 > 0), -- on the ellipsoid
  geom geometry(Geometry, 4326) not null,
  primary key (kind, cell, admin_code)
);
create index territory_unit on progress.territory (kind, admin_code);

create table progress.coverage (
  obligation text not null references progress.obligation,
  cell bigint not null,
  admin_code text not null,
  kind text not null,
  delivered double precision not null, -- m² of the union, on the ellipsoid
  validated double precision not null,
  published double precision not null,
  fresh double precision not null,
  details jsonb not null default '{}', -- m² of the union by what the obligation tells apart: scale, capture year
  primary key (obligation, cell, admin_code),
  foreign key (kind, cell, admin_code) references progress.territory on delete cascade,
  check (delivered >= validated and validated >= published and published >= fresh)
);
create index coverage_territory on progress.coverage (kind, cell, admin_code);

-- What is to be calculated and is not yet: a calculation that was broken off goes on there.
create table progress.dirty (
  obligation text not null references progress.obligation,
  cell bigint not null,
  primary key (obligation, cell)
);

-- One row a postal code that counts, with the unit that its place is in: a code counts once in the country, however often it was delivered. The code itself is in no
-- figure, so a number stands for it.
create table progress.counted_code (
  code bigint primary key, -- hashtextextended(postal_code, 0)
  feature_id bigint not null,
  dataset_id bigint not null,
  admin_code text not null references layers.admin_unit on delete cascade
);
create index counted_code_unit on progress.counted_code (admin_code, dataset_id);
create index counted_code_feature on progress.counted_code (feature_id);

-- Deliveries under way whose rows are in the figures, and the cells that have to be calculated again when they move on.
create table progress.pending (
  submission_id bigint primary key references layers.submission on delete cascade,
  theme text not null,
  rows bigint not null,
  cells bigint[] not null
);

-- Which datasets were fresh when they were last looked at: time passes without a publication.
create table progress.freshness (
  dataset_id bigint primary key references layers.dataset on delete cascade,
  fresh boolean not null
);

-- What a map of the figures shows: a cell, or the part of it that is in one unit, with the share that is published.
create view progress.cell_share with (security_invoker = true) as
select c.obligation, c.cell, k.resolution, c.admin_code, t.m2, c.delivered, c.validated, c.published, c.fresh,
  round((100 * c.published / t.m2)::numeric, 2)::float8 as percent, t.geom, public.st_transform(t.geom, 3857) as geom_3857
from progress.coverage c
join progress.territory t on t.kind = c.kind and t.cell = c.cell and t.admin_code = c.admin_code
join progress.cell k on k.id = c.cell;

create index submission_checked on layers.submission (theme) where state in ('validated', 'submitted', 'reviewed', 'approved');
create index open_finding_error on cadastre.open_finding (feature_id) where severity = 'E';

alter table progress.counted_code enable row level security, force row level security;
create policy of_nsdi on progress.counted_code using (access.everything()) with check (access.everything());
alter table progress.pending enable row level security, force row level security;
create policy of_nsdi on progress.pending using (access.everything()) with check (access.everything());
alter table progress.freshness enable row level security, force row level security;
create policy of_nsdi on progress.freshness using (access.everything()) with check (access.everything());

grant select, insert, update, delete on progress.cell, progress.unit_part, progress.territory, progress.coverage, progress.dirty, progress.counted_code, progress.pending,
  progress.freshness to nsdi_application;
grant select on progress.cell_share to nsdi_application;
delete from layers.follower where name = 'progress';

---- create above / drop below ----

drop view progress.cell_share;
drop index cadastre.open_finding_error, layers.submission_checked;
drop table progress.freshness, progress.pending, progress.counted_code, progress.dirty, progress.coverage, progress.territory, progress.unit_part, progress.cell;
delete from layers.follower where name = 'progress';
