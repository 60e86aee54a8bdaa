-- Certificates for many codes are made in the background. An order is nsdi's own; who asks for one is compared with the agency that asked for it.
create table gnaf.certificate_order (
  id text primary key check (id ~ '^[0-9a-f]{32}$'),
  inquiry_id bigint not null unique references access.inquiry, -- asked again under its identifier it is the same order
  agency_id bigint not null references access.agency,
  territories text[] not null, -- of the grants by which it was asked; none: everywhere
  base text not null, -- the address by which nsdi was asked, for what the QR codes say
  answers jsonb not null, -- each code with what becomes of it, in the order in which they were asked
  state text not null default 'waiting' check (state in ('waiting', 'making', 'ready', 'failed')),
  total int not null,
  done int not null default 0,
  asked_at timestamptz not null,
  finished_at timestamptz
);
create index certificate_order_open on gnaf.certificate_order (asked_at) where state in ('waiting', 'making');
alter table gnaf.certificate_order enable row level security, force row level security;
create policy of_nsdi on gnaf.certificate_order using (access.everything()) with check (access.everything());
grant select, insert, update on gnaf.certificate_order to nsdi_application;

---- create above / drop below ----

drop table gnaf.certificate_order;
