package cadastre

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/jackc/pgx/v5"

	"nsdi/layers"
)

// LinkBound is how far outside every parcel an address may lie to belong to the nearest one, in metres: addresses are often drawn at the door, on the pavement or in
// the middle of the street.
const LinkBound = 30

// LinkedAddress is an address that belongs to a parcel: its site. Units and their codes are told by inquiries about postal codes.
type LinkedAddress struct {
	ID           int64           `json:"id"`
	Key          string          `json:"key" doc:"Of its deliverer"`
	Province     *string         `json:"province"`
	City         *string         `json:"city"`
	Street       *string         `json:"street"`
	Number       *int            `json:"number"`
	NumberSuffix *string         `json:"number_suffix"`
	Building     *string         `json:"building"`
	Inside       bool            `json:"inside" doc:"The point lies in the parcel; otherwise the parcel is the nearest, and no other contains it"`
	DistanceM    float64         `json:"distance_m" doc:"From the parcel, m; 0 inside"`
	Dataset      int64           `json:"dataset"`
	Version      int             `json:"version" doc:"Of the dataset"`
	Geometry     json.RawMessage `json:"geometry" doc:"GeoJSON, EPSG:4326"`
}

// maxLinks bounds the addresses or buildings of one answer.
const maxLinks = 1000

// Addresses answers the addresses that belong to a parcel, the nearest first.
func Addresses(ctx context.Context, q layers.Querier, id int64) ([]LinkedAddress, error) {
	rows, err := q.Query(ctx, `
		select a.id, a.key, a.province, a.city, a.street, a.number, a.number_suffix, a.building, x.distance_m = 0, x.distance_m, a.dataset_id, v.seq,
		  public.st_asgeojson(a.geom, 9, 0)
		from cadastre.parcel p
		join gnaf.address a on a.geom_3857 operator(public.&&) public.st_expand(p.geom_3857, $2::float8 / cos(radians(public.st_ymax(p.geom))))
		join layers.version v on v.id = a.version_id
		cross join lateral cadastre.parcels_of(a.geom, $2) x
		where p.id = $1
		  and x.id = p.id
		order by x.distance_m, a.street, a.number, a.id
		limit $3`, id, LinkBound, maxLinks)
	if err != nil {
		return nil, fmt.Errorf("addresses of parcel %d: %w", id, err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[LinkedAddress])
	if err != nil {
		return nil, fmt.Errorf("addresses of parcel %d: %w", id, err)
	}
	return list, nil
}

// LinkedBuilding is a building of which a part stands on a parcel.
type LinkedBuilding struct {
	ID         int64           `json:"id"`
	Key        string          `json:"key" doc:"Of its deliverer"`
	Properties json.RawMessage `json:"properties"`
	Area       float64         `json:"area_m2" doc:"Of its outline, m²"`
	OnParcel   float64         `json:"on_parcel_m2" doc:"Of that on the parcel, m²"`
	Share      float64         `json:"share" doc:"Of the building on the parcel, 0 to 1"`
	Dataset    int64           `json:"dataset"`
	Version    int             `json:"version" doc:"Of the dataset"`
	Geometry   json.RawMessage `json:"geometry" doc:"GeoJSON, EPSG:4326"`
}

// Less of a building than this lies on a parcel by the accuracy of drawing only.
const buildingArea, buildingShare = 0.5, 0.02

// Buildings answers the buildings that stand on a parcel, the largest part first.
func Buildings(ctx context.Context, q layers.Querier, id int64) ([]LinkedBuilding, error) {
	rows, err := q.Query(ctx, `
		select b.id, b.key, b.attributes, x.whole, x.part, least(1, x.part / nullif(x.whole, 0)), b.dataset_id, v.seq, public.st_asgeojson(b.geom, 9, 0)
		from cadastre.parcel p
		join layers.feature b on b.theme = 'building' and b.geom_3857 operator(public.&&) p.geom_3857
		join layers.version v on v.id = b.version_id
		cross join lateral (
			select public.st_area(b.geom::public.geography) as whole, coalesce(public.st_area(layers.common_area(b.geom, p.geom)::public.geography), 0) as part
		) x
		where p.id = $1
		  and x.part >= $2
		  and x.part >= $3 * least(x.whole, p.area_m2)
		order by x.part desc, b.id
		limit $4`, id, buildingArea, buildingShare, maxLinks)
	if err != nil {
		return nil, fmt.Errorf("buildings of parcel %d: %w", id, err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[LinkedBuilding])
	if err != nil {
		return nil, fmt.Errorf("buildings of parcel %d: %w", id, err)
	}
	return list, nil
}
