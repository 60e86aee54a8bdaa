-- Inquiries about parcels, recorded without content (Article 31): who asked, what for, a hash of the question, how many parcels the answer had, its code and when.
-- The hash is salted with who asked and the request's identifier, so that it proves what was asked and does not tell it.
create table cadastre.inquiry (
  id bigint generated always as identity primary key,
  at timestamptz not null,
  caller text not null, -- person:7, key:7, or a hash of the network address of somebody who did not sign in
  agency_id bigint references access.agency, -- null: the public
  person_id bigint not null, -- 0: none
  key_id bigint not null, -- 0: none
  service text not null,
  kind text not null,
  purpose text not null check (purpose <> ''),
  request text not null, -- identifier that the caller gave it
  question bytea not null check (length(question) = 32),
  answers int not null,
  code int not null, -- HTTP status
  unique (caller, request)
);
create index inquiry_agency on cadastre.inquiry (agency_id, id);
create trigger inquiry_stays before update or delete on cadastre.inquiry for each row execute function access.refuse_change();
create trigger inquiry_is_kept before truncate on cadastre.inquiry for each statement execute function access.refuse_change();
alter table cadastre.inquiry enable row level security, force row level security;
create policy by_agency on cadastre.inquiry using (access.everything() or access.sees(agency_id)) with check (access.everything());
grant select, insert on cadastre.inquiry to nsdi_application;
grant usage on all sequences in schema cadastre to nsdi_application;

-- The parcels that a place belongs to: those that contain it, at distance 0, or else the nearest one within so many metres.
create function cadastre.parcels_of(place geometry, bound_m double precision) returns table (id bigint, distance_m double precision) language sql stable parallel safe as $$
  with inside as (
    select p.id
    from cadastre.parcel p
    where p.geom_3857 operator(public.&&) public.st_transform(place, 3857)
      and public.st_intersects(p.geom, place)
  ), nearest as (
    select p.id, public.st_distance(p.geom::public.geography, place::public.geography) as distance_m
    from cadastre.parcel p
    where not exists (select from inside)
      and p.geom_3857 operator(public.&&) public.st_expand(public.st_transform(place, 3857), bound_m / cos(radians(public.st_y(place))))
    order by p.geom_3857 operator(public.<->) public.st_transform(place, 3857), p.id
    limit 1
  )
  select inside.id, 0.0::double precision from inside
  union all
  select nearest.id, nearest.distance_m from nearest where nearest.distance_m <= bound_m
$$;

---- create above / drop below ----

drop function cadastre.parcels_of;
drop table cadastre.inquiry;
