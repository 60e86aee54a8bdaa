package gnaf

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"nsdi/layers"
)

// Geocode is one position of a site, as a custodian gives it or as it is derived.
type Geocode struct {
	Type        string    `json:"type,omitempty" doc:"What the point is of: access, frontage, building, entrance, unit, parcel, gap, street, locality, or what the custodian calls it"`
	Lon         float64   `json:"lon" doc:"EPSG:4326"`
	Lat         float64   `json:"lat"`
	Reliability int       `json:"reliability" minimum:"1" maximum:"6" doc:"1 surveyed, 2 within the site or at its access, 3 near, 4 way, 5 locality, 6 region; of what is not told, by its type"`
	Method      string    `json:"method,omitempty"`
	Accuracy    *float64  `json:"accuracy_m,omitempty"`
	Custodian   string    `json:"custodian,omitempty" enum:"post,municipality,registry,other"`
	Agency      string    `json:"agency,omitempty"`
	Parcel      string    `json:"parcel,omitempty" doc:"Of a derived position: the parcel whose middle it is"`
	Default     bool      `json:"default" doc:"One position of a site is the one to use"`
	At          time.Time `json:"valid_from" doc:"When it was published"`
}

// reliabilityOf is what a position of a type is worth when its custodian does not say.
func reliabilityOf(kind string) int {
	switch kind {
	case "access", "frontage", "building", "entrance", "unit", "parcel":
		return 2
	case "street":
		return 4
	case "locality":
		return 5
	}
	return 3
}

// geocodesOf are the positions of the claims about one site, the default first: by reliability, then custodian, then what is delivered before what
// is derived, then the newer. Units of one custodian at one point
// have one position.
func geocodesOf(list []Claim, derived []Geocode) []Geocode {
	var all []Geocode
	for _, c := range list {
		g := c.geocode
		same := func(o Geocode) bool {
			return o.Lon == g.Lon && o.Lat == g.Lat && o.Type == g.Type && o.Agency == g.Agency
		}
		if i := slices.IndexFunc(all, same); i < 0 {
			all = append(all, g)
		} else if g.Reliability < all[i].Reliability || g.Reliability == all[i].Reliability && g.At.After(all[i].At) {
			all[i] = g
		}
	}
	all = append(all, derived...)
	slices.SortStableFunc(all, func(a, b Geocode) int {
		return cmp.Or(cmp.Compare(a.Reliability, b.Reliability), cmp.Compare(rank(a.Custodian), rank(b.Custodian)), cmp.Compare(a.Parcel, b.Parcel), b.At.Compare(a.At), cmp.Compare(a.Lon, b.Lon), cmp.Compare(a.Lat, b.Lat))
	})
	for i := range all {
		all[i].Default = i == 0
	}
	return all
}

func rank(custodian string) int {
	if i := slices.Index([]string{Post, Municipality, Registry, Other}, custodian); i >= 0 {
		return i
	}
	return math.MaxInt
}

// parcelCentres answers the middles of the parcels that claims name by their unique identifier: derived when they are asked for, never stored.
func parcelCentres(ctx context.Context, q layers.Querier, list []Claim) ([]Geocode, error) {
	var named []string
	for _, c := range list {
		if c.Parcel != "" && !slices.Contains(named, c.Parcel) {
			named = append(named, c.Parcel)
		}
	}
	if len(named) == 0 {
		return nil, nil
	}
	rows, err := q.Query(ctx, `
		select p.national_parcel_id, public.st_x(g), public.st_y(g), p.valid_from, ag.code, `+custodianSQL+`
		from cadastre.parcel p
		join layers.dataset d on d.id = p.dataset_id
		join access.agency ag on ag.id = d.agency_id
		cross join lateral public.st_pointonsurface(p.geom) g
		where p.national_parcel_id = any($1)
		order by p.id
		limit 100`, named)
	if err != nil {
		return nil, fmt.Errorf("parcels of addresses: %w", err)
	}
	found, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (Geocode, error) {
		g := Geocode{Type: "parcel", Reliability: reliabilityOf("parcel"), Method: "derived"}
		err := row.Scan(&g.Parcel, &g.Lon, &g.Lat, &g.At, &g.Agency, &g.Custodian)
		g.Lon, g.Lat = round7(g.Lon), round7(g.Lat)
		return g, err
	})
	if err != nil {
		return nil, fmt.Errorf("parcels of addresses: %w", err)
	}
	return found, nil
}
