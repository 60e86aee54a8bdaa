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
create index change_span_dataset on layers.change_span (dataset_id, last);
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

---- create above / drop below ----

drop table layers.change_span;
create index change_theme on layers.change (theme, id);
create index change_dataset on layers.change (dataset_id, id);
create index change_version on layers.change using brin (version_id) with (pages_per_range = 16, autosummarize = on);
