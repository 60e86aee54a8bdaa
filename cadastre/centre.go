package cadastre

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

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
