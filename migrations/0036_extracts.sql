-- Extracts of parcels that were issued, by the number under which each is verified. Whoever has the number reads it; nothing is changed.
create table cadastre.extract (
  number text primary key references access.tracking,
  inquiry_id bigint not null unique references cadastre.inquiry,
  parcel_id bigint not null, -- feature id
  dataset_id bigint not null,
  version_id bigint not null, -- that wrote the state which it shows
  issued_at timestamptz not null,
  sha256 bytea not null check (length(sha256) = 32) -- of the file
);
create trigger extract_stays before update or delete on cadastre.extract for each row execute function access.refuse_change();
create trigger extract_is_kept before truncate on cadastre.extract for each statement execute function access.refuse_change();
alter table cadastre.extract enable row level security, force row level security;
create policy for_all on cadastre.extract for select using (access.scoped());
create policy of_nsdi on cadastre.extract for insert with check (access.everything());
grant select, insert on cadastre.extract to nsdi_application;

---- create above / drop below ----

drop table cadastre.extract;
