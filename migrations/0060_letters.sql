-- Letters that remind agencies of what is late: one digest an agency and day, and nothing twice.
create table progress.contact (
  agency_id bigint primary key references access.agency on delete cascade,
  addresses text[] not null check (cardinality(addresses) between 1 and 20),
  set_at timestamptz not null default now()
);

create table progress.letter (
  id bigint generated always as identity primary key,
  agency_id bigint not null references access.agency on delete cascade,
  day date not null, -- in Iran
  addresses text[] not null,
  subject text not null,
  body text not null,
  state text not null default 'waiting' check (state in ('waiting', 'sent', 'failed')),
  attempts int not null default 0,
  error text, -- of the last attempt; of one that was sent: whom the server refused
  created_at timestamptz not null,
  sent_at timestamptz,
  unique (agency_id, day),
  check ((state = 'sent') = (sent_at is not null))
);
create index letter_waiting on progress.letter (id) where state = 'waiting';

-- What an agency was told already, in which letter. What a letter said that failed for good is said again.
create table progress.told (
  agency_id bigint not null references access.agency on delete cascade,
  thing text not null,
  letter_id bigint not null references progress.letter on delete cascade,
  primary key (agency_id, thing)
);
create index told_letter on progress.told (letter_id);

-- Days whose letters were written, also where there was nothing to say.
create table progress.letter_day (
  day date primary key
);

alter table progress.contact enable row level security, force row level security;
create policy by_agency on progress.contact using (access.sees(agency_id) or access.everything()) with check (access.sees(agency_id) or access.everything());
alter table progress.letter enable row level security, force row level security;
create policy by_agency on progress.letter using (access.sees(agency_id) or access.everything()) with check (access.sees(agency_id) or access.everything());
alter table progress.told enable row level security, force row level security;
create policy by_agency on progress.told using (access.sees(agency_id) or access.everything()) with check (access.sees(agency_id) or access.everything());
grant select, insert, update, delete on progress.contact, progress.letter, progress.told to nsdi_application;
grant select, insert on progress.letter_day to nsdi_application;

---- create above / drop below ----

drop table progress.told, progress.letter, progress.contact, progress.letter_day;
