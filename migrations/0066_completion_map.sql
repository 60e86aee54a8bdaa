-- Tiles of the figures of progress draw the pieces of the cells, by the projection of tiles.
alter table progress.territory add column geom_3857 geometry(Geometry, 3857) not null generated always as (public.st_transform(geom, 3857)) stored;
create index territory_geom_3857 on progress.territory using gist (geom_3857);
create or replace view progress.cell_share with (security_invoker = true) as
select c.obligation, c.cell, k.resolution, c.admin_code, t.m2, c.delivered, c.validated, c.published, c.fresh,
  round((100 * c.published / t.m2)::numeric, 2)::float8 as percent, t.geom, t.geom_3857::geometry as geom_3857
from progress.coverage c
join progress.territory t on t.kind = c.kind and t.cell = c.cell and t.admin_code = c.admin_code
join progress.cell k on k.id = c.cell;

-- How often the figures of an obligation were written, of cells and of units: the row is locked until the end of the transaction, so that the order of numbers is that of commits.
create table progress.written (
  obligation text primary key references progress.obligation,
  cells bigint not null default 0,
  units bigint not null default 0
);

-- Where figures were written last, by that number: tiles elsewhere stay as they are. A place is a cell or a unit, and may be gone by now; the one without a box is everywhere.
create table progress.written_place (
  obligation text not null references progress.obligation,
  part text not null check (part in ('cell', 'unit')),
  place text not null,
  number bigint not null,
  box geometry(Geometry, 4326),
  primary key (obligation, part, place)
);
create index written_place_number on progress.written_place (obligation, part, number);

grant select, insert, update, delete on progress.written, progress.written_place to nsdi_application;

---- create above / drop below ----

drop table progress.written_place, progress.written;
drop view progress.cell_share;
alter table progress.territory drop column geom_3857;
create view progress.cell_share with (security_invoker = true) as
select c.obligation, c.cell, k.resolution, c.admin_code, t.m2, c.delivered, c.validated, c.published, c.fresh,
  round((100 * c.published / t.m2)::numeric, 2)::float8 as percent, t.geom, public.st_transform(t.geom, 3857) as geom_3857
from progress.coverage c
join progress.territory t on t.kind = c.kind and t.cell = c.cell and t.admin_code = c.admin_code
join progress.cell k on k.id = c.cell;
grant select on progress.cell_share to nsdi_application;
