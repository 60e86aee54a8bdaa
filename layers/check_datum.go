package layers

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// checkDatum compares a sample of the delivery with what is published of the theme around it. Data in ED50(ED77) that are read as WGS 84 lie some 176 m off, all
// in one direction: so the offsets from each feature to those around it are counted, and one offset that most of the sample has is no accident. The sample is
// taken by the rows' hashes, so that it does not depend on their order.
func (s *staging) checkDatum(ctx context.Context) error {
	rule, known := s.rules["crs-datum"]
	if !known || rule.off() {
		return nil
	}
	published := ident(s.store.Table)
	var sample, there, best, opposite int64
	var dx, dy float64
	err := s.conn.QueryRow(ctx, `
		with sample as materialized (
			select ord, p, cos(radians(public.st_y(p))) scale, public.st_area(geom) area
			from (select ord, geom, public.st_centroid(public.st_envelope(geom)) p from `+s.tables.staged+` s where geom operator(public.@) public.st_makeenvelope(-180, -80, 180, 80, 4326) order by hash limit $1) t
		), moved as materialized (
			select *, public.st_transform(p, 3857) m
			from sample
		), there as materialized ( -- where most are where they are published, nothing has moved, and nothing else is looked at
			select count(*) n
			from moved s
			where exists (
				select
				from `+published+` f, public.st_centroid(public.st_envelope(f.geom_3857)) c
				where f.theme = $2
				  and f.geom_3857 operator(public.&&) public.st_expand(s.m, 3 / s.scale)
				  and abs(public.st_area(f.geom) - s.area) <= 0.01 * s.area
				  and public.st_distance(s.m, c) * s.scale < 3)
		), offsets as materialized (
			select s.ord, (public.st_x(m) - public.st_x(c)) * s.scale dx, (public.st_y(m) - public.st_y(c)) * s.scale dy
			from moved s
			join lateral (
				select public.st_centroid(public.st_envelope(f.geom_3857)) c
				from `+published+` f
				where f.theme = $2
				  and f.geom_3857 operator(public.&&) public.st_expand(s.m, $4::float8 / s.scale)
				  and abs(public.st_area(f.geom) - s.area) <= 0.01 * s.area
				limit 5000
			) f on true
			where (select 2 * n from there) < (select count(*) from sample)
		), votes as (
			select floor((dx + gx) / 4) vx, floor((dy + gy) / 4) vy, gx, gy, count(distinct ord) n
			from offsets, (values (0, 0), (2, 0), (0, 2), (2, 2)) g(gx, gy)
			where dx * dx + dy * dy between $3::float8 * $3 and $4::float8 * $4
			group by 1, 2, 3, 4
		), winner as (
			select vx * 4 + 2 - gx dx, vy * 4 + 2 - gy dy, n
			from votes
			order by n desc, vx, vy, gx, gy
			limit 1
		)
		select (select count(*) from sample), (select n from there), coalesce((select n from winner), 0),
		  (select count(distinct o.ord) from offsets o, winner w where abs(o.dx + w.dx) < 4 and abs(o.dy + w.dy) < 4),
		  coalesce((select dx from winner), 0), coalesce((select dy from winner), 0)`,
		int64(rule.value("sample")), s.theme.Code, rule.value("least"), rule.value("most")).Scan(&sample, &there, &best, &opposite, &dx, &dy)
	if err != nil {
		return fmt.Errorf("rule crs-datum: %w", err)
	}
	// Features that stand in rows have such an offset too, but then also the opposite one, and they are where they were.
	if sample < 5 || 2*there >= sample || 2*opposite >= best || 100*float64(best) < rule.value("share")*float64(sample) {
		return nil
	}
	return s.whole(ctx, noted{rule: rule.Code, measure: math.Round(math.Hypot(dx, dy)), unit: "m", found: fmt.Sprintf("%+.0f m, %+.0f m", dx, dy)})
}

// checkZone reads a sample of the rows in the neighbouring UTM zones, when hardly any lies in the territory. It runs while the territory's table is there.
func (s *staging) checkZone(ctx context.Context) error {
	rule, known := s.rules["crs-zone"]
	if !known || rule.off() {
		return nil
	}
	for number, crs := range s.crs {
		for _, other := range zonesBeside(crs) {
			srid, err := s.srid(ctx, other)
			if err != nil {
				return err
			}
			var sample, inside, within int64
			err = s.conn.QueryRow(ctx, `
				with sample as materialized (
					select geom, layers.try_transform(source_geom, $3::int) moved
					from `+s.tables.staged+`
					where crs = $1
					  and source_geom is not null
					order by hash
					limit $2
				)
				select count(*), count(*) filter (where public.st_intersects(t.wide, geom)), count(*) filter (where public.st_intersects(t.wide, moved))
				from sample, pg_temp.territory t`, number, int64(rule.value("sample")), srid).Scan(&sample, &inside, &within)
			if err != nil {
				return fmt.Errorf("rule crs-zone: %w", err)
			}
			share := rule.value("share") / 100
			if sample == 0 || float64(within) < share*float64(sample) || float64(inside) > (1-share)*float64(sample) {
				continue
			}
			err = s.whole(ctx, noted{rule: rule.Code, value: crs, found: other, measure: math.Round(1000*float64(within)/float64(sample)) / 10, unit: "%"})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// zonesBeside answers the zones east and west of a UTM zone, in the same datum; none for every other reference system.
func zonesBeside(crs string) []string {
	code, err := strconv.Atoi(strings.TrimPrefix(crs, "EPSG:"))
	if err != nil {
		return nil
	}
	var out []string
	for _, family := range [][2]int{{32601, 32660}, {2058, 2061}} {
		for _, other := range []int{code - 1, code + 1} {
			if code >= family[0] && code <= family[1] && other >= family[0] && other <= family[1] {
				out = append(out, fmt.Sprintf("EPSG:%d", other))
			}
		}
	}
	return out
}
