-- Keys of the API. The secret itself is answered once, when the key is made; here is its SHA-256, which is enough for 256 random bits: there is nothing
-- to guess that a slow hash would protect.
create table access.key (
  id bigint generated always as identity primary key,
  prefix text not null unique check (prefix ~ '^[a-z2-7]{8}$'), -- public: it names the key in lists and logs
  secret_hash bytea not null check (length(secret_hash) = 32),
  name text not null check (name <> ''),
  agency_id bigint not null references access.agency,
  roles text[] not null check (roles <@ '{uploader,reviewer,publisher,inquirer,committee-member,auditor}'), -- no key administers
  scopes text[] not null check (cardinality(scopes) > 0),
  networks cidr[] not null default '{}', -- from where it may be used; none: from everywhere
  expires_at timestamptz not null,
  created_at timestamptz not null default now(),
  created_by bigint references access.person, -- null: at the command line
  last_used_at timestamptz, -- to the minute
  revoked_at timestamptz
);
create index key_agency on access.key (agency_id);

-- What a key has taken of its day's ceiling, a class of requests at a time. Processes take in blocks, so that a request seldom writes.
create table access.key_usage (
  key_id bigint not null references access.key on delete cascade,
  class text not null,
  day date not null, -- of Iran's clock
  taken bigint not null check (taken >= 0),
  primary key (key_id, class, day)
);

---- create above / drop below ----

drop table access.key_usage, access.key;
