-- Whether a lies in b. Where both have an edge on nearly the same line GEOS cannot always tell and ends with a topology exception; then the answer is no, and whoever asks
-- cuts a by b, which can always be done.
create function progress.lies_within(a public.geometry, b public.geometry) returns boolean language plpgsql stable as $$
begin
  return public.st_covers(b, a);
exception
  when internal_error then
    return false;
end
$$;

---- create above / drop below ----

drop function progress.lies_within;
