-- Extracts of parcels are signed, as certificates are: the code on them holds a JWS. Those that were given out before stay without one.
alter table cadastre.extract add column signed text;

---- create above / drop below ----

alter table cadastre.extract drop column signed;
