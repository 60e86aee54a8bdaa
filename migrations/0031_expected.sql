-- What the feature of an edit has to be when the edit is published: {key, version} or {key, absent}. Otherwise somebody has altered it since it was read.
alter table layers.submission add column expected jsonb;

---- create above / drop below ----

alter table layers.submission drop column expected;
