-- A strict function whose body is not strict is called instead of being written into the query, and these are asked for every parcel that is written: ten times the
-- work. What they answer is the same; the columns that they are asked about are never null.
create or replace function cadastre.section_key(section text) returns text language sql immutable parallel safe as $$
  select case
    when section ~ '^[1-9][0-9]{0,8}$' then section
    else btrim(regexp_replace(regexp_replace(' ' || gnaf.name_key(section) || ' ', ' (بخش|ثبتی|ثبت|section|sec)(?= )', '', 'g'), ' 0+(?=[0-9])', ' ', 'g'))
  end
$$;
create or replace function cadastre.utm_zone(g geometry) returns smallint language sql immutable parallel safe as $$
  select least(60, greatest(1, floor(((public.st_xmin(g) + public.st_xmax(g)) / 2 + 180) / 6)::int + 1))::smallint
$$;
create or replace function cadastre.utm_srid(g geometry) returns int language sql immutable parallel safe as $$
  select case when public.st_ymin(g) + public.st_ymax(g) >= 0 then 32600 else 32700 end
    + least(60, greatest(1, floor(((public.st_xmin(g) + public.st_xmax(g)) / 2 + 180) / 6)::int + 1))
$$;
create or replace function cadastre.utm_area(g geometry) returns double precision language sql immutable parallel safe as $$
  select public.st_area(public.st_transform(g, case when public.st_ymin(g) + public.st_ymax(g) >= 0 then 32600 else 32700 end
    + least(60, greatest(1, floor(((public.st_xmin(g) + public.st_xmax(g)) / 2 + 180) / 6)::int + 1))))
$$;

---- create above / drop below ----

select 1; -- the functions answer the same
