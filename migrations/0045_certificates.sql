-- What documents are signed with; the public half is published.
create table access.seal_key (
  kid text primary key check (kid ~ '^[a-z2-7]{8}$'),
  public bytea not null check (length(public) = 32),
  secret bytea not null check (length(secret) = 32),
  created_at timestamptz not null,
  retired_at timestamptz -- null: signed with it
);
create unique index seal_key_current on access.seal_key ((true)) where retired_at is null;
alter table access.seal_key enable row level security, force row level security;
create policy of_nsdi on access.seal_key using (access.everything()) with check (access.everything());
grant select, insert on access.seal_key to nsdi_application;

-- Certificates of postal codes, by the number under which each is verified. Whoever has the number may ask; nothing is changed.
create table gnaf.certificate (
  number text primary key references access.tracking,
  inquiry_id bigint not null references access.inquiry,
  agency_id bigint not null references access.agency, -- that asked for it
  unit_id bigint not null, -- feature id of the address
  postal_code text not null check (postal_code ~ '^[0-9]{10}$'),
  issued_at timestamptz not null,
  expires_at timestamptz not null check (expires_at > issued_at),
  content text not null, -- JSON of what the file is made of
  sha256 bytea not null check (length(sha256) = 32), -- of the file
  unique (inquiry_id, unit_id)
);
create index certificate_agency on gnaf.certificate (agency_id, issued_at);
create table gnaf.certificate_revocation (
  number text primary key references gnaf.certificate,
  revoked_at timestamptz not null,
  agency_id bigint not null references access.agency,
  person_id bigint not null, -- 0: none
  key_id bigint not null, -- 0: none
  reason text not null check (reason <> '')
);
create trigger certificate_stays before update or delete on gnaf.certificate for each row execute function access.refuse_change();
create trigger certificate_is_kept before truncate on gnaf.certificate for each statement execute function access.refuse_change();
create trigger revocation_stays before update or delete on gnaf.certificate_revocation for each row execute function access.refuse_change();
create trigger revocation_is_kept before truncate on gnaf.certificate_revocation for each statement execute function access.refuse_change();
alter table gnaf.certificate enable row level security, force row level security;
create policy for_all on gnaf.certificate for select using (access.scoped());
create policy of_nsdi on gnaf.certificate for insert with check (access.everything());
alter table gnaf.certificate_revocation enable row level security, force row level security;
create policy for_all on gnaf.certificate_revocation for select using (access.scoped());
create policy of_nsdi on gnaf.certificate_revocation for insert with check (access.everything());
grant select, insert on gnaf.certificate, gnaf.certificate_revocation to nsdi_application;

---- create above / drop below ----

drop table gnaf.certificate_revocation, gnaf.certificate, access.seal_key;
