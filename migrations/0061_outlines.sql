-- Outlines as the figures were calculated with them: when units are published again, only the ground that came to another unit is measured anew.
create table progress.unit_outline (
  admin_code text primary key, -- the unit may be gone by the time that this is compared
  depth smallint not null,
  geom geometry(Geometry, 4326) not null
);

-- Ground that changed hands and is not in the figures yet, in pieces: a calculation that was broken off goes on there.
create table progress.moved (
  id bigint generated always as identity primary key,
  province boolean not null, -- of a province: what lies off the coast belongs to the nearest
  geom geometry(Geometry, 4326) not null
);

grant select, insert, update, delete on progress.unit_outline, progress.moved to nsdi_application;
delete from layers.follower where name = 'progress';

---- create above / drop below ----

drop table progress.unit_outline, progress.moved;
