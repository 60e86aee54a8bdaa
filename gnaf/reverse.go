package gnaf

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"nsdi/internal/errs"
)

// reverseDistance is how far an address may be from the point that asks for it, in metres. Farther away it says nothing.
const reverseDistance = 1000

// Reverse answers the addresses nearest to a point, then the administrative units that contain it, the smallest first.
func (g *Geocoder) Reverse(ctx context.Context, lat, lon float64, limit int) (*Collection, error) {
	if !(lat >= -85 && lat <= 85 && lon >= -180 && lon <= 180) {
		return nil, &errs.Error{
			Code: "coordinates-outside", Status: 400, Op: "gnaf.Reverse", Location: "query.lat, query.lon",
			Value:  fmt.Sprintf("%v, %v", lat, lon),
			Title:  errs.T("مختصات بیرون از بازه است", "The coordinates are outside their range"),
			Detail: errs.T("عرض از ۸۵- تا ۸۵ و طول از ۱۸۰- تا ۱۸۰ درجه است.", "Latitude runs from -85 to 85 and longitude from -180 to 180 degrees."),
			Next:   errs.T("ترتیب lat و lon را ببینید.", "Check the order of lat and lon."),
		}
	}
	limit = min(max(limit, 1), MaxLimit)
	answer := newCollection(fmt.Sprintf("%v,%v", lat, lon))
	err := g.read(ctx, func(tx pgx.Tx) (err error) {
		if answer.Geocoding.DataVersion, err = dataVersion(ctx, tx); err != nil {
			return err
		}
		near, err := nearest(ctx, tx, lat, lon, limit)
		if err != nil {
			return err
		}
		units, err := unitsAt(ctx, tx, lat, lon)
		if err != nil {
			return err
		}
		answer.Features = append(append(answer.Features, near...), units...)
		return nil
	})
	if err != nil {
		return nil, refuseSlow(fmt.Errorf("reverse geocoding: %w", err))
	}
	return answer, nil
}

// nearest walks the index in the conformal projection, where nearby distances keep their order at any latitude, and
// measures on the ellipsoid.
func nearest(ctx context.Context, tx pgx.Tx, lat, lon float64, limit int) ([]Feature, error) {
	rows, err := tx.Query(ctx, `
		select `+addressColumns+`, st_distance(a.geom::geography, st_setsrid(st_makepoint($1, $2), 4326)::geography) as metres
		from (
			select *
			from gnaf.address
			where geom_3857 && st_expand(st_transform(st_setsrid(st_makepoint($1, $2), 4326), 3857), $3)
			order by geom_3857 <-> st_transform(st_setsrid(st_makepoint($1, $2), 4326), 3857)
			limit $4
		) a
		order by metres, a.id`, lon, lat, reverseDistance*1.01/math.Cos(lat*math.Pi/180), limit)
	if err != nil {
		return nil, fmt.Errorf("looking for the nearest addresses: %w", err)
	}
	defer rows.Close()
	var found []Feature
	for rows.Next() {
		var a address
		var metres float64
		if err := rows.Scan(append(a.targets(), &metres)...); err != nil {
			return nil, fmt.Errorf("looking for the nearest addresses: %w", err)
		}
		if metres > reverseDistance {
			continue
		}
		level := "site"
		switch {
		case a.unit != "" || a.postalCode != "":
			level = "unit"
		case a.number == nil:
			level = "way"
		}
		metres = math.Round(metres*10) / 10
		place := a.place("house")
		place.DistanceM = &metres
		f := newFeature(a.lon, a.lat, place, level)
		f.Properties.Match.Confidence = math.Round(1000*(1-metres/reverseDistance)) / 1000
		f.Properties.Match.Reasons.add(errs.Tf("فاصله %.1f متر است.", "The distance is %.1f metres.", metres))
		found = append(found, f)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("looking for the nearest addresses: %w", err)
	}
	return found, nil
}

func unitsAt(ctx context.Context, tx pgx.Tx, lat, lon float64) ([]Feature, error) {
	rows, err := tx.Query(ctx, `
		select code, level, name_fa, coalesce(name_en, '')
		from layers.admin_unit
		where geom && st_setsrid(st_makepoint($1, $2), 4326)
		  and st_intersects(geom, st_setsrid(st_makepoint($1, $2), 4326))
		order by area_m2 nulls last, code
		limit 20`, lon, lat)
	if err != nil {
		return nil, fmt.Errorf("looking for the units at a point: %w", err)
	}
	type unit struct{ code, level, nameFA, nameEN string }
	units, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (unit, error) {
		var u unit
		err := row.Scan(&u.code, &u.level, &u.nameFA, &u.nameEN)
		return u, err
	})
	if err != nil {
		return nil, fmt.Errorf("looking for the units at a point: %w", err)
	}
	var found []Feature
	for i, u := range units {
		label, labelEN := []string{}, []string{}
		for j := len(units) - 1; j >= i; j-- {
			label = append(label, units[j].nameFA)
		}
		for j := i; j < len(units); j++ {
			labelEN = append(labelEN, units[j].nameEN)
		}
		place := Place{
			PlaceID: "admin-unit/" + u.code, Type: "locality", Label: strings.Join(label, "، "),
			LabelEN: strings.Join(withoutEmpty(labelEN), ", "),
		}
		for _, above := range units[i:] {
			switch above.level {
			case "province":
				place.State = above.nameFA
			case "county":
				place.County = above.nameFA
			case "city":
				place.City = above.nameFA
			}
		}
		zero := 0.0
		place.DistanceM = &zero
		f := newFeature(lon, lat, place, u.level)
		f.Properties.Match.Reasons.add(errs.Tf("نقطه درون این واحد است (%s).", "The point is inside the unit (%s).", strconv.Quote(u.code)))
		found = append(found, f)
	}
	return found, nil
}
