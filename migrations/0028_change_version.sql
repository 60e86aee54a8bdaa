-- What a version changed, without a look at the whole log: versions are appended one after another.
create index change_version on layers.change using brin (version_id) with (pages_per_range = 16, autosummarize = on);

---- create above / drop below ----

drop index layers.change_version;
