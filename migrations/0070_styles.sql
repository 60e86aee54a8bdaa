-- Styles of layers as people write them. Another one is another version; the one that the program makes is taken back by a version without a style.
create table layers.style (
  layer text not null check (layer ~ '^[A-Za-z0-9-]{1,64}$'), -- as in the addresses of tiles
  version integer not null check (version > 0),
  dataset_id bigint references layers.dataset, -- of a layer that is one dataset's
  agency_id bigint not null references access.agency, -- of whoever set it
  style jsonb,
  taken_from integer, -- the version that it is again
  reason text not null default '' check (length(reason) <= 2000),
  set_at timestamptz not null default now(),
  primary key (layer, version),
  foreign key (layer, taken_from) references layers.style (layer, version),
  check (style is not null or taken_from is null)
);
alter table layers.style enable row level security, force row level security;
create policy for_all on layers.style for select using (access.scoped());
create policy of_nsdi on layers.style for insert with check (access.everything());
create trigger written_once before update or delete on layers.style for each row execute function access.refuse_change();
create trigger never_emptied before truncate on layers.style for each statement execute function access.refuse_change();
grant select, insert on layers.style to nsdi_application;

---- create above / drop below ----

drop table layers.style;
