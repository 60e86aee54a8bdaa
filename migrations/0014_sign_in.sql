-- What a person may do hangs on the agencies that he or she is a member of, with any number of roles in each.
create table access.membership (
  person_id bigint not null references access.person on delete cascade,
  agency_id bigint not null references access.agency,
  role text not null check (role in ('uploader', 'reviewer', 'publisher', 'inquirer', 'committee-member', 'administrator', 'auditor')),
  granted_at timestamptz not null default now(),
  primary key (person_id, agency_id, role)
);

insert into access.membership (person_id, agency_id, role)
select id, agency_id, role
from access.person;

-- Without a password a person signs in at the identity provider only.
alter table access.person
  drop column agency_id,
  drop column role,
  alter column password_hash drop not null,
  add column name text not null default '',
  add column disabled_at timestamptz;

-- Who a person is at an identity provider. A subject is unique within its issuer only.
create table access.identity (
  issuer text not null,
  subject text not null,
  person_id bigint not null references access.person on delete cascade,
  primary key (issuer, subject)
);
create index on access.identity (person_id);

-- Signed-in browsers. Only the SHA-256 of a token is kept, so that who reads the table cannot sign in with it.
create table access.session (
  token_hash bytea primary key check (octet_length(token_hash) = 32),
  person_id bigint not null references access.person on delete cascade,
  method text not null check (method in ('password', 'provider')),
  created_at timestamptz not null,
  seen_at timestamptz not null,
  expires_at timestamptz not null
);
create index on access.session (person_id);
create index on access.session (expires_at);

-- Browsers in which a person signed in before: what strangers get wrong elsewhere does not lock these out.
create table access.browser (
  token_hash bytea primary key check (octet_length(token_hash) = 32),
  person_id bigint not null references access.person on delete cascade,
  seen_at timestamptz not null
);
create index on access.browser (person_id);

-- Attempts to sign in that were not right. A key is a hash, because what is typed as a login may be a password.
create table access.sign_in_failure (
  key bytea primary key check (octet_length(key) = 32),
  failures integer not null,
  last_at timestamptz not null,
  blocked_until timestamptz not null
);
create index on access.sign_in_failure (last_at);

---- create above / drop below ----

drop table access.sign_in_failure, access.browser, access.session, access.identity;
alter table access.person
  add column agency_id bigint references access.agency,
  add column role text check (role in ('uploader', 'reviewer', 'publisher', 'inquirer', 'committee-member', 'administrator', 'auditor'));
update access.person p
set agency_id = m.agency_id, role = m.role
from (select distinct on (person_id) person_id, agency_id, role from access.membership order by person_id, granted_at) m
where m.person_id = p.id;
delete from access.person where agency_id is null or password_hash is null;
alter table access.person
  alter column agency_id set not null,
  alter column role set not null,
  alter column password_hash set not null,
  drop column name,
  drop column disabled_at;
drop table access.membership;
