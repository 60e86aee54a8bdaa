-- What a parcel's deed is called by is not for everybody, and row security holds rows, not columns: deeds are a table of their own. A parcel and each of its past states
-- names its deed, whose row never changes; the same deed of several parcels is one row.
create table cadastre.deed (
  dataset_id bigint not null references layers.dataset,
  id bigint not null, -- follows from the content
  number text,
  type text,
  made_on date,
  primary key (dataset_id, id)
);

create function cadastre.deed_id(number text, type text, made_on date) returns bigint language sql immutable parallel safe as $$
  select hashtextextended(jsonb_build_array(number, type, made_on - date '2000-01-01')::text, 0)
$$;

-- Keeps a deed, and answers its id.
create function cadastre.keep_deed(dataset bigint, number text, type text, made_on date) returns bigint language plpgsql as $$
declare
  deed bigint := cadastre.deed_id(number, type, made_on);
begin
  insert into cadastre.deed values (dataset, deed, number, type, made_on) on conflict do nothing;
  return deed;
end $$;

-- A deed as answers show it; nulls where the reader may not see it.
create function cadastre.deed_facts(dataset bigint, deed bigint) returns jsonb language plpgsql stable as $$
declare
  facts cadastre.deed;
begin
  select * into facts from cadastre.deed d where d.dataset_id = dataset and d.id = deed;
  return jsonb_build_object('deed_number', facts.number, 'deed_type', facts.type, 'deed_date', facts.made_on);
end $$;

insert into cadastre.deed
select dataset_id, cadastre.deed_id(deed_number, deed_type, deed_date), deed_number, deed_type, deed_date
from (select dataset_id, deed_number, deed_type, deed_date from cadastre.parcel union select dataset_id, deed_number, deed_type, deed_date from cadastre.parcel_history) t
where num_nonnulls(deed_number, deed_type, deed_date) > 0;

-- The history has the columns of the table in their order, so one of the three becomes the id.
alter table cadastre.parcel
  alter column deed_number type bigint using case when num_nonnulls(deed_number, deed_type, deed_date) > 0 then cadastre.deed_id(deed_number, deed_type, deed_date) end;
alter table cadastre.parcel_history
  alter column deed_number type bigint using case when num_nonnulls(deed_number, deed_type, deed_date) > 0 then cadastre.deed_id(deed_number, deed_type, deed_date) end;
alter table cadastre.parcel drop column deed_type, drop column deed_date;
alter table cadastre.parcel_history drop column deed_type, drop column deed_date;
alter table cadastre.parcel rename column deed_number to deed_id;
alter table cadastre.parcel_history rename column deed_number to deed_id;

-- Whoever delivered it, the Registry, which is in charge of inquiries, and agencies with a grant of them in force. That a grant may be for one unit is not told here:
-- the service asks for the place of each parcel.
alter table cadastre.deed enable row level security, force row level security;
create policy by_agency on cadastre.deed
  using (access.everything() or access.sees_dataset(dataset_id)) with check (access.everything() or access.sees_dataset(dataset_id));
create policy in_charge on cadastre.deed for select
  using ((select access.sees(a.id) from access.agency a where a.code = 'registry'));
create policy by_grant on cadastre.deed for select
  using (exists (
    select
    from access.grant g
    where g.service = 'nsdi-parcel-inquiry'
      and access.sees(g.grantee_id)
      and g.revoked_at is null
      and g.granted_at <= now()
      and g.until > now()));
grant select, insert on cadastre.deed to nsdi_application;

---- create above / drop below ----

alter table cadastre.parcel rename column deed_id to deed_number;
alter table cadastre.parcel_history rename column deed_id to deed_number;
alter table cadastre.parcel alter column deed_number type text, add column deed_type text, add column deed_date date;
alter table cadastre.parcel_history alter column deed_number type text, add column deed_type text, add column deed_date date;
update cadastre.parcel p set deed_number = d.number, deed_type = d.type, deed_date = d.made_on from cadastre.deed d where d.dataset_id = p.dataset_id and d.id = p.deed_number::bigint;
update cadastre.parcel_history p set deed_number = d.number, deed_type = d.type, deed_date = d.made_on from cadastre.deed d where d.dataset_id = p.dataset_id and d.id = p.deed_number::bigint;
drop function cadastre.deed_facts, cadastre.keep_deed, cadastre.deed_id;
drop table cadastre.deed;
