-- A policy that calls a function with a query in it calls it for each row: over a million rows that nsdi itself writes, the calls took longer than the rows. The first
-- question is answered without a call, and is the last one where it is true.
alter policy by_agency on layers.version
  using (access.everything() or access.sees_dataset(dataset_id)) with check (access.everything() or access.sees_dataset(dataset_id));
alter policy by_agency on layers.change
  using (access.everything() or access.sees_dataset(dataset_id)) with check (access.everything() or access.sees_dataset(dataset_id));
alter policy by_agency on layers.feature
  using (access.everything() or access.sees_dataset(dataset_id)) with check (access.everything() or access.sees_dataset(dataset_id));
alter policy by_agency on layers.feature_history
  using (access.everything() or access.sees_dataset(dataset_id)) with check (access.everything() or access.sees_dataset(dataset_id));
alter policy by_agency on layers.restricted_feature_history
  using (access.everything() or access.sees_dataset(dataset_id)) with check (access.everything() or access.sees_dataset(dataset_id));
alter policy by_agency on cadastre.parcel
  using (access.everything() or access.sees_dataset(dataset_id)) with check (access.everything() or access.sees_dataset(dataset_id));
alter policy by_agency on cadastre.parcel_history
  using (access.everything() or access.sees_dataset(dataset_id)) with check (access.everything() or access.sees_dataset(dataset_id));
alter policy by_agency on gnaf.address
  using (access.everything() or access.sees_dataset(dataset_id)) with check (access.everything() or access.sees_dataset(dataset_id));
alter policy by_agency on gnaf.address_history
  using (access.everything() or access.sees_dataset(dataset_id)) with check (access.everything() or access.sees_dataset(dataset_id));
alter policy by_agency on layers.finding
  using (access.everything() or access.sees_submission(submission_id)) with check (access.everything() or access.sees_submission(submission_id));
alter policy by_agency on layers.exception
  using (access.everything() or access.sees_submission(submission_id)) with check (access.everything() or access.sees_submission(submission_id));
alter policy by_agency on layers.restricted_feature with check (access.everything() or access.sees_dataset(dataset_id));

---- create above / drop below ----

alter policy by_agency on layers.version using (access.sees_dataset(dataset_id)) with check (access.sees_dataset(dataset_id));
alter policy by_agency on layers.change using (access.sees_dataset(dataset_id)) with check (access.sees_dataset(dataset_id));
alter policy by_agency on layers.feature using (access.sees_dataset(dataset_id)) with check (access.sees_dataset(dataset_id));
alter policy by_agency on layers.feature_history using (access.sees_dataset(dataset_id)) with check (access.sees_dataset(dataset_id));
alter policy by_agency on layers.restricted_feature_history using (access.sees_dataset(dataset_id)) with check (access.sees_dataset(dataset_id));
alter policy by_agency on cadastre.parcel using (access.sees_dataset(dataset_id)) with check (access.sees_dataset(dataset_id));
alter policy by_agency on cadastre.parcel_history using (access.sees_dataset(dataset_id)) with check (access.sees_dataset(dataset_id));
alter policy by_agency on gnaf.address using (access.sees_dataset(dataset_id)) with check (access.sees_dataset(dataset_id));
alter policy by_agency on gnaf.address_history using (access.sees_dataset(dataset_id)) with check (access.sees_dataset(dataset_id));
alter policy by_agency on layers.finding using (access.sees_submission(submission_id)) with check (access.sees_submission(submission_id));
alter policy by_agency on layers.exception using (access.sees_submission(submission_id)) with check (access.sees_submission(submission_id));
alter policy by_agency on layers.restricted_feature with check (access.sees_dataset(dataset_id));
