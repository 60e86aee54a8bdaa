-- A version that brings back an older one, or withdraws the dataset (restores 0), follows no submission; it says why instead.
alter table layers.version
  alter column submission_id drop not null,
  add column restores int check (restores >= 0 and restores < seq), -- seq of the version that it equals
  add column reason text check (reason <> ''),
  add column tracking text references access.tracking, -- of the decision
  add constraint version_follows check ((submission_id is null) = (restores is not null) and (restores is null) = (reason is null));

-- Followers of a dataset read the log in its order, as those of a theme do; what a change left is found by the feature's id.
create index change_dataset on layers.change (dataset_id, id);
create index feature_history_id on layers.feature_history (id);
create index restricted_feature_history_id on layers.restricted_feature_history (id);
create index parcel_history_id on cadastre.parcel_history (id);
create index address_history_id on gnaf.address_history (id);

---- create above / drop below ----

drop index layers.change_dataset, layers.feature_history_id, layers.restricted_feature_history_id, cadastre.parcel_history_id, gnaf.address_history_id;
delete from layers.version where submission_id is null;
alter table layers.version
  drop constraint version_follows,
  drop column restores,
  drop column reason,
  drop column tracking,
  alter column submission_id set not null;
