-- A code that a unit bore once exists and is not active.
create index address_history_postal_code on gnaf.address_history (postal_code) where postal_code is not null;

---- create above / drop below ----

drop index gnaf.address_history_postal_code;
