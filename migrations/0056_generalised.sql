-- Below its split zoom a theme is drawn from cells: 64 by 64 in a tile, so that a tile stays small however much there is. Points become their number at their
-- middle, lines and areas that are smaller than a cell are joined within it, and what is larger stands for itself.
--
-- A feature belongs to the cell that the middle of its box is in, at each zoom to exactly one: the counts of a zoom add up to the theme.
alter table layers.theme add column split_zoom smallint not null default 0 check (split_zoom between 0 and 22); -- no generalisation where it is not above min_zoom

create table layers.generalised (
  theme text not null,
  z smallint not null,
  kind smallint not null, -- the dimension: points, lines or areas
  cx int not null, -- the cell, counted as tiles are, from the west and
  cy int not null, -- from the north
  id bigint not null, -- of the one feature that stands here, 0 where several are together
  count int not null, -- features
  shown jsonb not null, -- attributes to show
  tally jsonb not null, -- what they come from: {attribute: {value: how many}}, and {attribute: {"": sum}}
  geom_3857 geometry not null,
  primary key (theme, z, kind, cx, cy, id)
);

-- One theme at one zoom, as what an index of places can begin with.
create function layers.sheet(theme text, z int) returns int8range language sql immutable strict parallel safe as $$
  select int8range(hashtext(theme)::bigint * 32 + z, hashtext(theme)::bigint * 32 + z, '[]')
$$;
create index generalised_place on layers.generalised using gist (layers.sheet(theme, z), geom_3857);

-- How far along the change log a theme's cells are, and by which rules they were made: with other rules they are made anew.
create table layers.generalisation (
  theme text primary key references layers.theme on delete cascade,
  rules text not null,
  position bigint not null,
  made_at timestamptz not null default now()
);

-- Tiles that are larger than a tile may be. Empty, or somebody has to look.
create table layers.tile_too_large (
  theme text not null references layers.theme on delete cascade,
  z smallint not null,
  x int not null,
  y int not null,
  bytes int not null, -- compressed
  seen_at timestamptz not null default now(),
  primary key (theme, z, x, y)
);

-- Made of published features of themes that are not restricted, so everybody may read them; nsdi itself writes them. See feature for why the policy is "true".
alter table layers.generalised enable row level security, force row level security;
create policy for_all on layers.generalised for select using (true);
create policy of_nsdi on layers.generalised using (access.everything()) with check (access.everything());
alter table layers.generalisation enable row level security, force row level security;
create policy for_all on layers.generalisation for select using (true);
create policy of_nsdi on layers.generalisation using (access.everything()) with check (access.everything());
alter table layers.tile_too_large enable row level security, force row level security;
create policy for_all on layers.tile_too_large for select using (true);
create policy of_nsdi on layers.tile_too_large using (access.everything()) with check (access.everything());
grant select, insert, update, delete on layers.generalised, layers.generalisation, layers.tile_too_large to nsdi_application;

create or replace function layers.gather_statistics(store text) returns void language plpgsql security definer set search_path = pg_catalog as $$
begin
  if store <> 'layers.generalised' and not exists (select from layers.theme t where t.store = gather_statistics.store) then
    raise exception '% is no store', store;
  end if;
  execute format('analyze %s', store::regclass);
end $$;

---- create above / drop below ----

create or replace function layers.gather_statistics(store text) returns void language plpgsql security definer set search_path = pg_catalog as $$
begin
  if not exists (select from layers.theme t where t.store = gather_statistics.store) then
    raise exception '% is no store', store;
  end if;
  execute format('analyze %s', store::regclass);
end $$;
drop table layers.tile_too_large, layers.generalisation, layers.generalised;
drop function layers.sheet;
alter table layers.theme drop column split_zoom;
