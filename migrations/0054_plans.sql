-- Targets that the committee set after the legal ones: each decision is a row, and none is ever changed. The legal plan follows from progress.obligation.
create table progress.plan (
  obligation text not null references progress.obligation,
  admin_code text not null references layers.admin_unit,
  version int not null check (version > 0),
  decision text not null check (decision <> ''), -- number of the decision
  decided_on date not null,
  body_fa text not null, -- who decided
  body_en text not null,
  due date[] not null,
  share double precision[] not null check (cardinality(share) = cardinality(due) and cardinality(due) between 1 and 60),
  set_at timestamptz not null default now(),
  primary key (obligation, admin_code, version)
);
create trigger written_once before update or delete on progress.plan for each row execute function access.refuse_change();
create trigger never_emptied before truncate on progress.plan for each statement execute function access.refuse_change();
grant select, insert on progress.plan to nsdi_application;

---- create above / drop below ----

drop table progress.plan;
