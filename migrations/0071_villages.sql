-- How much of each village's fabric is covered: the rural cadastre is counted by villages. Kept by the cells that a village lies in.
create table progress.village (
  feature_id bigint primary key,
  admin_code text not null, -- deepest unit of its inner point
  m2 double precision not null check (m2 > 0),
  delivered double precision not null,
  validated double precision not null,
  published double precision not null,
  fresh double precision not null,
  contradicted boolean not null -- a parcel in it has an open error against a published neighbour
);
grant select, insert, update, delete on progress.village to nsdi_application;

-- A geometry that overlays take: rules refuse those that are not valid, and a reviewer may have let one pass.
create function progress.sound(g geometry) returns geometry language sql immutable parallel safe as $$
  select case when public.st_isvalid(g) then g else public.st_collectionextract(public.st_makevalid(g), 3) end
$$;

delete from layers.follower where name = 'progress';

---- create above / drop below ----

drop table progress.village;
drop function progress.sound;
delete from progress.figure where obligation = 'A25-RURAL';
delete from layers.follower where name = 'progress';
