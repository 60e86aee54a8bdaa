-- What callers think of the services (Article 36). Nothing here says who: a caller is a hash under the day's secret, which is gone the day after.
create table access.rating_secret (
  day date primary key, -- of Iran's clock
  secret bytea not null check (length(secret) = 32)
);

-- The sums of a day, which stay. Whoever rates locks the row of the service and day.
create table access.rating_day (
  service text not null check (service ~ '^nsdi-[a-z-]+$'),
  day date not null,
  scores int[] not null default '{0,0,0,0,0}' check (cardinality(scores) = 5 and 0 <= all (scores)), -- how many gave 1, 2, … 5
  public int not null default 0 check (public >= 0), -- how many of them were of the public
  primary key (service, day)
);

create table access.rating (
  id bigint generated always as identity primary key,
  service text not null,
  day date not null,
  caller bytea not null check (length(caller) = 32),
  network bytea check (length(network) = 32), -- of the public: what lies around its network; null: a person or a key
  kind text not null check (kind in ('person', 'key', 'public')),
  score smallint not null check (score between 1 and 5),
  comment text not null check (length(comment) <= 500),
  at timestamptz not null,
  unique (service, day, caller),
  foreign key (service, day) references access.rating_day,
  check ((kind = 'public') = (network is not null))
);
create index rating_of_day on access.rating (day);

-- Of no agency, so there are no policies.
grant select, insert, delete on access.rating_secret to nsdi_application;
grant select, insert, update on access.rating_day to nsdi_application;
grant select, insert, update, delete on access.rating to nsdi_application;
grant usage on sequence access.rating_id_seq to nsdi_application;

---- create above / drop below ----

drop table access.rating, access.rating_day, access.rating_secret;
