-- What every page must say of the data as a whole, such as that it is synthetic. A notice that is not complete marks an import that has begun and not ended.
create table layers.notice (
  code text primary key,
  text_fa text not null,
  text_en text not null,
  complete boolean not null default false,
  since timestamptz not null default now()
);

---- create above / drop below ----

drop table layers.notice;
