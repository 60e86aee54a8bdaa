-- Files that are made in the background, because they are large. A row is nobody's but nsdi's: who asks for one by its id is asked for the permission anew.
create table layers.export (
  id text primary key check (id ~ '^[0-9a-f]{32}$'),
  file text not null, -- the name under which the file is kept; whoever asks for the same while it is made waits for the same
  what jsonb not null, -- the order, of which a process that is started again makes the file
  state text not null default 'waiting' check (state in ('waiting', 'making', 'ready', 'failed')),
  rows bigint not null, -- at most
  done bigint not null default 0,
  attempts int not null default 0,
  problem jsonb,
  person_id bigint references access.person, -- whose it is; neither: everybody's
  key_id bigint,
  asked_at timestamptz not null default now(),
  finished_at timestamptz,
  expires_at timestamptz
);
create unique index export_under_way on layers.export (file) where state in ('waiting', 'making');
create index export_asked on layers.export (asked_at);
alter table layers.export enable row level security, force row level security;
create policy of_nsdi on layers.export using (access.everything()) with check (access.everything());
grant select, insert, update, delete on layers.export to nsdi_application;

---- create above / drop below ----

drop table layers.export;
