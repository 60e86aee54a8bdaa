-- A geometry within an area, of its own dimension: what only touches the boundary leaves nothing. Of a collection each part is cut. Both in EPSG:4326.
create function layers.cut(geom public.geometry, area public.geometry) returns public.geometry
language sql stable parallel safe
return case
	when public.geometrytype(geom) = 'GEOMETRYCOLLECTION' then (
		select public.st_collect(public.st_collectionextract(public.st_intersection(p.geom, area), public.st_dimension(p.geom) + 1))
		from public.st_dump(geom) p
		where public.st_intersects(p.geom, area)
		  and not public.st_isempty(public.st_collectionextract(public.st_intersection(p.geom, area), public.st_dimension(p.geom) + 1)))
	when public.st_coveredby(geom, area) then geom
	else public.st_collectionextract(public.st_intersection(case when public.st_isvalid(geom) then geom else layers.mended(geom) end, area), public.st_dimension(geom) + 1)
	end;

---- create above / drop below ----

drop function layers.cut(public.geometry, public.geometry);
