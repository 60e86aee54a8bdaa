-- Inquiries are recorded by a function, so that the statement is planned once for a connection and not for each batch: a plan from when the table was small would
-- read all of it for each identifier, so whole readings are ruled out. Of an identifier that was used since, what it stands for is answered instead; one that another
-- process writes in the same moment is not answered, and is asked for again.
create function access.record_inquiries(
  callers text[], agencies bigint[], persons bigint[], keys bigint[], services text[], kinds text[], purposes text[], requests text[], questions bytea[], end_users bytea[],
  answers int[], codes int[], moment timestamptz, kept interval)
returns table (n bigint, id bigint, first timestamptz, question bytea, fresh boolean)
language plpgsql
set enable_seqscan = off
set plan_cache_mode = force_generic_plan
as $$
#variable_conflict use_column
begin
  return query
    with asked as (
      select *
      from unnest(callers, agencies, persons, keys, services, kinds, purposes, requests, questions, end_users, answers, codes)
        with ordinality a (caller, agency_id, person_id, key_id, service, kind, purpose, request, question, end_user, answers, code, n)
    ), before as (
      select a.n, was.*
      from asked a
      cross join lateral (
        select i.id, i.at, i.question
        from access.inquiry i
        where i.caller = a.caller
          and i.request = a.request
          and i.at > moment - kept
        order by i.day desc
        limit 1
      ) was
    ), written as (
      insert into access.inquiry (at, caller, agency_id, person_id, key_id, service, kind, purpose, request, question, end_user, answers, code)
      select moment, a.caller, nullif(a.agency_id, 0), a.person_id, a.key_id, a.service, a.kind, a.purpose, a.request, a.question, a.end_user, a.answers, a.code
      from asked a
      where not exists (select from before b where b.n = a.n)
      order by a.n
      on conflict (caller, request, day) do nothing
      returning id, at, caller, request, question
    )
    select b.n, b.id, b.at, b.question, false from before b
    union all
    select a.n, w.id, w.at, w.question, true
    from written w
    join asked a on a.caller = w.caller and a.request = w.request
    order by 1;
end $$;

---- create above / drop below ----

drop function access.record_inquiries;
