package layers

import (
	"context"
)

// inIran is the box of the country, with its seas; swappedInIran are places that lie in it only with longitude and latitude the other way round. The two boxes
// share nothing, so no place is in both.
const (
	inIran        = `public.st_makeenvelope(43.5, 24, 64, 40, 4326)`
	swappedInIran = `geom operator(public.@) public.st_makeenvelope(24, 43.5, 40, 64, 4326)`
)

// metres of a degree of latitude; square metres of a square degree at the equator.
const (
	degreeMetres = "111320"
	degreeArea   = "12392142400"
)

// sound leaves out the rows whose place other rules have refused.
func (s *staging) sound(alias string) string {
	return `not exists (select from ` + s.tables.finding + ` f where f.ord = ` + alias + `.ord and f.rule in ('coordinates-out-of-range', 'geometry-invalid'))`
}

// checkGeometry runs the rules of places within the delivery.
func (s *staging) checkGeometry(ctx context.Context) error {
	if s.theme.Geometry == "none" || s.mode == Delete {
		return nil
	}
	for _, check := range []func(context.Context) error{s.checkSwapped, s.checkSize, s.checkSame, s.checkNear, s.checkOverlap} {
		if err := check(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (s *staging) checkSwapped(ctx context.Context) error {
	return s.measure(ctx, "coordinates-swapped", `
		select ord, $1, null, concat_ws(' ', round(public.st_x(p)::numeric, 6), round(public.st_y(p)::numeric, 6)), null, null,
		  concat_ws(' ', round(public.st_y(p)::numeric, 6), round(public.st_x(p)::numeric, 6)), null, null, null
		from `+s.tables.staged+`, public.st_centroid(public.st_envelope(geom)) p
		where `+swappedInIran)
}

// checkSize finds what editing leaves over: areas of no size or width, lines without length. What is so small is measured in the plane: no ellipsoid
// is asked, which would end in an error for shapes that only a damaged file has.
func (s *staging) checkSize(ctx context.Context) error {
	if tiny, known := s.rules["polygon-tiny"]; known && !tiny.off() && s.theme.takes(2) {
		err := s.measure(ctx, "polygon-tiny", `
			select ord, $1, null, null, case when area >= $2 then '`+thin+`' else '' end, null, null, round(area::numeric, 3), 'm²', null
			from (
				select ord, public.st_area(flat) * `+degreeArea+` area, public.st_perimeter(flat) * `+degreeMetres+` perimeter
				from (
					select ord, public.st_scale(geom, cos(radians(public.st_ymin(geom))), 1) flat
					from `+s.tables.staged+` s
					where public.st_dimension(geom) = 2
					  and public.st_area(geom) * `+degreeArea+` * cos(radians(public.st_ymin(geom))) < greatest($2::float8, $4::float8)
					  and `+s.sound("s")+`
				) small
			) t
			where area < $2
			  or area < $4 and 2 * area < $3 * perimeter`, tiny.value("area"), tiny.value("width"), tiny.value("below"))
		if err != nil {
			return err
		}
	}
	short, known := s.rules["line-short"]
	if !known || short.off() || !s.theme.takes(1) {
		return nil
	}
	return s.measure(ctx, "line-short", `
		select ord, $1, null, null, null, null, null, round(length::numeric, 3), 'm', null
		from (
			select ord, public.st_length(public.st_scale(geom, cos(radians(public.st_ymin(geom))), 1)) * `+degreeMetres+` length
			from `+s.tables.staged+` s
			where public.st_dimension(geom) = 1
			  and `+s.sound("s")+`
		) t
		where length < $2`, short.value("length"))
}

// checkSame finds features that have the place of another. The one with the lowest key is taken for the right one, whatever the order of rows.
func (s *staging) checkSame(ctx context.Context) error {
	if s.rules["geometry-duplicate"].own {
		return nil
	}
	return s.measure(ctx, "geometry-duplicate", `
		select s.ord, $1, null, null, null, null, null, null, null, d.low
		from `+s.tables.staged+` s
		join (
			select geom, min(key) low
			from `+s.tables.staged+`
			where geom is not null
			  and key is not null
			group by geom
			having min(key) <> max(key)
		) d on d.geom operator(public.=) s.geom
		where s.key <> d.low`)
}
