-- The registration plate as it is read aloud in English, in the isolates of cadastre.plate_fa.
create function cadastre.plate_en(main int, sub int) returns text language sql immutable parallel safe as $$
  select U&'\2066' || case when coalesce(sub, 0) > 0 then 'sub ' || sub || ' of ' else '' end || 'main ' || main || U&'\2069'
$$;

---- create above / drop below ----

drop function cadastre.plate_en;
