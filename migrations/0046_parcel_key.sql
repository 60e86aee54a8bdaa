-- A dataset is of one theme, so the key within it needs no theme in its index.
alter table cadastre.parcel drop constraint parcel_theme_dataset_id_key_key;
create unique index parcel_key on cadastre.parcel (dataset_id, key);

---- create above / drop below ----

drop index cadastre.parcel_key;
alter table cadastre.parcel add unique (theme, dataset_id, key);
