-- How often somebody began to work on a submission in its present state and did not come to an end: one that kills whoever works on it is not tried forever.
alter table layers.submission add attempts int not null default 0;

---- create above / drop below ----

alter table layers.submission drop column attempts;
