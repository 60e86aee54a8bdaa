-- Whose yes had the submission published, for the record that the job writes. Null: the operator's import.
alter table layers.submission add column published_by bigint references access.person;

---- create above / drop below ----

alter table layers.submission drop column published_by;
