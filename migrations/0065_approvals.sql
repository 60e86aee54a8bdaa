-- What 100 per cent is comes from published layers too: the committee approves a version of one by a numbered decision. Decisions are never changed.
create table progress.approval (
  dataset_id bigint not null references layers.dataset on delete cascade,
  version int not null,
  decision text not null check (decision <> ''),
  decided_on date not null,
  body_fa text not null,
  body_en text not null,
  set_at timestamptz not null default now(),
  primary key (dataset_id, version)
);
create trigger written_once before update on progress.approval for each row execute function access.refuse_change();
grant select, insert on progress.approval to nsdi_application;

-- Who approved may be known of any figure.
alter table progress.figure drop constraint figure_approved, add constraint figure_approved check (state <> 'not-applicable' or approved_by is not null);

delete from layers.follower where name = 'progress';

---- create above / drop below ----

update progress.figure set approved_by = null where state <> 'not-applicable';
alter table progress.figure drop constraint figure_approved, add constraint figure_approved check ((state = 'not-applicable') = (approved_by is not null));
drop table progress.approval;
