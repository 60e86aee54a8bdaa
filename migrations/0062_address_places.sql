-- Addresses are points. A tree that divides the plane takes half of what a tree of boxes takes to fill with them, and is asked for boxes as fast. It gives no order by distance:
-- who wants the nearest asks for a box first.
drop index gnaf.address_geom_3857;
create index address_geom_3857 on gnaf.address using spgist (geom_3857);

---- create above / drop below ----

drop index gnaf.address_geom_3857;
create index address_geom_3857 on gnaf.address using gist (geom_3857);
