-- Addresses that are other addresses of a site name the principal one by its key in the dataset, and are found by it.
create index address_alias on gnaf.address (dataset_id, (attributes ->> 'alias_of')) where attributes ? 'alias_of';

---- create above / drop below ----

drop index gnaf.address_alias;
