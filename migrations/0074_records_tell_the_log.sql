-- An answer that was made from memory is let out when its record is written and nothing was published since: the statement of the record looks at the end of the change
-- log itself, which is one question to the database less. An inquiry whose answer was made at an earlier position is not recorded: it comes back with id 0. Position 0
-- stands for an answer that was made of what is published.
drop function access.record_inquiries;
create function access.record_inquiries(
  callers text[], agencies bigint[], persons bigint[], keys bigint[], services text[], kinds text[], purposes text[], requests text[], questions bytea[], end_users bytea[],
  answers int[], codes int[], positions bigint[], moment timestamptz, kept interval)
returns table (n bigint, id bigint, first timestamptz, question bytea, fresh boolean)
language plpgsql
set enable_seqscan = off
set plan_cache_mode = force_generic_plan
as $$
#variable_conflict use_column
declare
  log_end bigint := coalesce((select max(c.id) from layers.change c), 0);
begin
  return query
    with asked as (
      select *
      from unnest(callers, agencies, persons, keys, services, kinds, purposes, requests, questions, end_users, answers, codes, positions)
        with ordinality a (caller, agency_id, person_id, key_id, service, kind, purpose, request, question, end_user, answers, code, position, n)
    ), current as (
      select * from asked a where a.position = 0 or a.position >= log_end
    ), before as (
      select a.n, was.*
      from current a
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
      from current a
      where not exists (select from before b where b.n = a.n)
      order by a.n
      on conflict (caller, request, day) do nothing
      returning id, at, caller, request, question
    )
    select b.n, b.id, b.at, b.question, false from before b
    union all
    select a.n, w.id, w.at, w.question, true
    from written w
    join current a on a.caller = w.caller and a.request = w.request
    union all
    select a.n, 0, moment, a.question, false from asked a where a.position <> 0 and a.position < log_end
    order by 1;
end $$;

---- create above / drop below ----

drop function access.record_inquiries;
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
