-- Files of addresses that are looked up in the background. The files lie in the data folder under the order's id; an order is of the person or the key who placed it.
create table gnaf.batch_order (
  id text primary key check (id ~ '^[0-9a-f]{32}$'),
  person_id bigint references access.person,
  key_id bigint references access.key,
  format text not null check (format in ('csv', 'jsonl')),
  columns jsonb not null default '{}', -- what was said about columns: role → name
  state text not null default 'waiting' check (state in ('waiting', 'making', 'ready', 'failed', 'cancelled')),
  bytes bigint not null, -- of the file
  done bigint not null default 0, -- rows
  levels jsonb not null default '{}', -- rows by level
  problem jsonb,
  asked_at timestamptz not null,
  finished_at timestamptz,
  check (num_nonnulls(person_id, key_id) = 1)
);
create index batch_order_open on gnaf.batch_order (asked_at) where state in ('waiting', 'making');
create index batch_order_finished on gnaf.batch_order (finished_at) where finished_at is not null;
alter table gnaf.batch_order enable row level security, force row level security;
create policy of_nsdi on gnaf.batch_order using (access.everything()) with check (access.everything());
grant select, insert, update, delete on gnaf.batch_order to nsdi_application;

---- create above / drop below ----

drop table gnaf.batch_order;
