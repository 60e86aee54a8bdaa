-- Statistics are gathered after a large publication, before it is told to be done. No question is planned by the values of these columns, and they are the widest.
alter table gnaf.address alter column hash set statistics 0, alter column attributes set statistics 0, alter column geom set statistics 0;
alter table cadastre.parcel alter column hash set statistics 0, alter column attributes set statistics 0, alter column geom set statistics 0;

---- create above / drop below ----

alter table gnaf.address alter column hash set statistics -1, alter column attributes set statistics -1, alter column geom set statistics -1;
alter table cadastre.parcel alter column hash set statistics -1, alter column attributes set statistics -1, alter column geom set statistics -1;
