package cadastre

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"nsdi/internal/paper"
	"nsdi/layers"
)

// Centre is the middle of the parcel that a place belongs to.
type Centre struct {
	Parcel   int64
	Lon, Lat float64
}

// centreReach is how far from a parcel a place may be that belongs to it, in metres.
const centreReach = 15

// CentreOf answers the middle of the parcel that contains a place, or of the nearest one; nil where there is none near it.
func CentreOf(ctx context.Context, q layers.Querier, lon, lat float64) (*Centre, error) {
	var c Centre
	err := q.QueryRow(ctx, `
		select p.id, public.st_x(public.st_centroid(p.geom)), public.st_y(public.st_centroid(p.geom))
		from cadastre.parcels_of(public.st_setsrid(public.st_makepoint($1, $2), 4326), $3) n
		join cadastre.parcel p on p.id = n.id
		order by n.distance_m, p.id
		limit 1`, lon, lat, centreReach).Scan(&c.Parcel, &c.Lon, &c.Lat)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("centre of a parcel: %w", err)
	}
	return &c, nil
}

// Around is what lies around a place, in its UTM zone.
type Around struct {
	Place paper.Point
	Zone  int
	North bool
	Rings [][]paper.Point // of the parcels that contain the place, outer rings first
	Other [][]paper.Point
}

// AroundPlace answers the parcels around a place.
func AroundPlace(ctx context.Context, q layers.Querier, lon, lat float64) (*Around, error) {
	rows, err := q.Query(ctx, `
		with me as (
			select p.place, cadastre.utm_srid(p.place) as srid, public.st_expand(public.st_transform(p.place, 3857), $3 / cos(radians($2))) as around
			from (select public.st_setsrid(public.st_makepoint($1, $2), 4326) as place) p
		)
		select 0, srid, public.st_asgeojson(public.st_transform(place, srid), 2, 0)
		from me
		union all
		(select case when public.st_intersects(o.geom, me.place) then 1 else 2 end, me.srid, public.st_asgeojson(public.st_transform(o.geom, me.srid), 2, 0)
		from me
		join cadastre.parcel o on o.geom_3857 operator(public.&&) me.around
		order by 1, o.id
		limit 200)`, lon, lat, 2*sketchMargin)
	if err != nil {
		return nil, fmt.Errorf("around a place: %w", err)
	}
	a := &Around{}
	var kind, srid int
	var body []byte
	_, err = pgx.ForEachRow(rows, []any{&kind, &srid, &body}, func() error {
		if kind == 0 {
			a.Zone, a.North = srid%100, srid < 32700
			var p struct{ Coordinates [2]float64 }
			err := json.Unmarshal(body, &p)
			a.Place = paper.Point{E: p.Coordinates[0], N: p.Coordinates[1]}
			return err
		}
		polygons, err := polygonsOf(body)
		for _, rings := range polygons {
			if kind == 1 {
				a.Rings = append(a.Rings, rings...)
			} else {
				a.Other = append(a.Other, rings...)
			}
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("around a place: %w", err)
	}
	return a, nil
}
