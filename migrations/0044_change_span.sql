-- Publications append to the change log one at a time, so what one of them changed stands together. Where it stands is kept once a publication, in place of two
-- indexes with an entry a change.
create table layers.change_span (
  version_id bigint primary key references layers.version,
  theme text not null,
  dataset_id bigint not null,
  first bigint not null,
  last bigint not null check (last >= first)
);
create index change_span_theme on layers.change_span (theme, last);
insert into layers.change_span (version_id, theme, dataset_id, first, last)
select version_id, theme, dataset_id, min(id), max(id)
from layers.change
group by version_id, theme, dataset_id;
drop index layers.change_theme, layers.change_dataset, layers.change_version;

alter table layers.change_span enable row level security, force row level security;
create policy by_agency on layers.change_span
  using (access.everything() or access.sees_dataset(dataset_id)) with check (access.everything() or access.sees_dataset(dataset_id));
create policy for_all on layers.change_span for select using (access.scoped() and theme not in (select t.code from layers.theme t where t.restricted));
grant select, insert on layers.change_span to nsdi_application;

-- The next changes of a theme after one, and of one dataset where it is not 0, in their order. Publications are taken as long as those before have too few.
create function layers.changes_of(what text, dataset bigint, since bigint, most int) returns setof layers.change language sql stable as $$
  select c.*
  from (
    select first, last, sum(last - greatest(first, since + 1) + 1) over (order by last rows between unbounded preceding and 1 preceding) as before
    from (
      select s.first, s.last
      from layers.change_span s
      where s.theme = what
        and (dataset = 0 or s.dataset_id = dataset)
        and s.last > since
      order by s.last
      limit most
    ) s
  ) s
  cross join lateral (
    select c.*
    from layers.change c
    where c.id > since
      and c.id between s.first and s.last
    order by c.id
    limit most
  ) c
  where coalesce(s.before, 0) < most
  order by c.id
  limit most
$$;

---- create above / drop below ----

drop function layers.changes_of;
drop table layers.change_span;
create index change_theme on layers.change (theme, id);
create index change_dataset on layers.change (dataset_id, id);
create index change_version on layers.change using brin (version_id) with (pages_per_range = 16, autosummarize = on);
