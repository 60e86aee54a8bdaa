-- The end of the change log for one theme: what a tile's cache key and a follower's question are made of.
create index change_theme on layers.change (theme, id);

---- create above / drop below ----

drop index layers.change_theme;
