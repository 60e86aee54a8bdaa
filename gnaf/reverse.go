package gnaf

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"nsdi/gnaf/search"
	"nsdi/internal/errs"
)

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
	found, err := search.Public{Engine: g.Search}.Nearest(ctx, search.Point{Lon: lon, Lat: lat}, limit)
	if err != nil {
		return nil, err
	}
	answer := collection(fmt.Sprintf("%v,%v", lat, lon), &found)
	for i := range answer.Features {
		distance := math.Round(found.Results[i].Metres*10) / 10
		answer.Features[i].Properties.Geocoding.DistanceM = &distance
	}
	err = g.read(ctx, func(tx pgx.Tx) error {
		parcels, err := parcelsAt(ctx, tx, lat, lon)
		if err != nil {
			return err
		}
		units, err := unitsAt(ctx, tx, lat, lon)
		answer.Features = append(append(answer.Features, parcels...), units...)
		return err
	})
	if err != nil {
		return nil, slow("reverse geocoding", err)
	}
	return answer, nil
}

// parcelsAt answers the parcels that contain a point, by what is published of them: their plates and unique identifiers.
func parcelsAt(ctx context.Context, tx pgx.Tx, lat, lon float64) ([]Feature, error) {
	rows, err := tx.Query(ctx, `
		select `+parcelColumns+`
		from cadastre.parcel p
		where p.geom_3857 && st_transform(st_setsrid(st_makepoint($1, $2), 4326), 3857)
		  and st_intersects(p.geom, st_setsrid(st_makepoint($1, $2), 4326))
		order by p.id
		limit 5`, lon, lat)
	if err != nil {
		return nil, fmt.Errorf("parcels at a point: %w", err)
	}
	var found []Feature
	var land parcelName
	_, err = pgx.ForEachRow(rows, land.targets(), func() error {
		zero := 0.0
		f := land.feature(lon, lat)
		f.Properties.Geocoding.DistanceM = &zero
		f.Properties.Match.Reasons.add(errs.T("نقطه درون این قطعه است.", "The point is inside the parcel."))
		found = append(found, f)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("parcels at a point: %w", err)
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
			LabelEN: strings.Join(slices.DeleteFunc(labelEN, func(s string) bool { return s == "" }), ", "),
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
		f.Properties.Match.Code = search.LevelOf(u.level).Code()
		f.Properties.Match.Reasons.add(errs.Tf("نقطه درون این واحد است (%s).", "The point is inside the unit (%s).", strconv.Quote(u.code)))
		found = append(found, f)
	}
	return found, nil
}
