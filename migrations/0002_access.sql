create table access.agency (
  id bigint generated always as identity primary key,
  code text not null unique check (code ~ '^[a-z0-9][a-z0-9-]{1,62}$'),
  kind text not null check (kind in ('ministry', 'registry', 'post', 'cartographic-centre', 'municipality', 'committee', 'consumer')),
  name_fa text not null,
  name_en text not null,
  created_at timestamptz not null default now()
);

-- A person who signs in with a local account. The password is kept as an argon2id hash only.
create table access.person (
  id bigint generated always as identity primary key,
  login text not null unique check (login ~ '^[a-z0-9][a-z0-9._-]{1,62}$'),
  agency_id bigint not null references access.agency,
  role text not null check (role in ('uploader', 'reviewer', 'publisher', 'inquirer', 'committee-member', 'administrator', 'auditor')),
  password_hash text not null,
  must_change_password boolean not null default true,
  created_at timestamptz not null default now()
);

---- create above / drop below ----

drop table access.person, access.agency;
