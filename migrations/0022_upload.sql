-- Files that come in over the tus protocol. What has arrived lies in NSDI_DATA/uploads/<id> until a submission takes it.
create table layers.upload (
  id text primary key check (id ~ '^[a-z0-9]{26}$'),
  agency_id bigint not null references access.agency, -- in whose name it is handed over
  theme text references layers.theme, -- null: not said yet
  territory text references layers.admin_unit, -- null: all of the agency's
  person_id bigint references access.person, -- who hands it over: a person or a key, and nobody else goes on with it
  key_id bigint references access.key,
  tracking text not null references access.tracking, -- several files of one delivery share it
  name text not null check (name <> ''), -- as the sender calls it
  bytes bigint not null check (bytes > 0),
  received bigint not null default 0 check (received between 0 and bytes), -- as of the last answer; the file itself tells how much there is
  checksum bytea check (length(checksum) = 32), -- SHA-256 that the sender says; null: none
  sha256 bytea check (length(sha256) = 32), -- of what arrived
  created_at timestamptz not null,
  expires_at timestamptz not null, -- unless it is taken before; moves on with each part
  completed_at timestamptz,
  submission_id bigint references layers.submission, -- which took it
  check ((person_id is null) <> (key_id is null)),
  check ((completed_at is null) = (sha256 is null)),
  check (completed_at is not null or submission_id is null)
);
create unique index upload_name on layers.upload (tracking, lower(name));
create index upload_agency on layers.upload (agency_id) where completed_at is null;
create index upload_expiry on layers.upload (expires_at) where submission_id is null;
create index upload_submission on layers.upload (submission_id) where submission_id is not null;

-- What an agency announced on a day, by Iran's clock. Nothing is given back for what was broken off.
create table layers.upload_day (
  agency_id bigint not null references access.agency,
  day date not null,
  bytes bigint not null,
  primary key (agency_id, day)
);

alter table layers.upload enable row level security, force row level security;
create policy by_agency on layers.upload using (access.sees(agency_id)) with check (access.sees(agency_id));
alter table layers.upload_day enable row level security, force row level security;
create policy by_agency on layers.upload_day using (access.sees(agency_id)) with check (access.sees(agency_id));
grant select, insert, update, delete on layers.upload, layers.upload_day to nsdi_application;

---- create above / drop below ----

drop table layers.upload_day, layers.upload;
