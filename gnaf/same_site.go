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
	"nsdi/layers"
)

const (
	// siteReach is how far apart the points of one site's units may be, in metres.
	siteReach = 60
	// mostUnits bounds the units of one building.
	mostUnits = 2000
	// MaxRadius is how far from a point sites are told, in metres.
	MaxRadius = 50
)

// sameSite is the condition that two addresses a and o are units of one site: of one way, number and building, and close to each other. An address that has neither
// number nor building is a site by itself.
const sameSite = `a.city = o.city
		  and a.street = o.street
		  and coalesce(a.street_before, '') = coalesce(o.street_before, '')
		  and a.number is not distinct from o.number
		  and coalesce(a.number_suffix, '') = coalesce(o.number_suffix, '')
		  and coalesce(a.building, '') = coalesce(o.building, '')
		  and (a.id = o.id or o.number is not null or o.building is not null)`

// BuildingUnits answers the units of the sites of some addresses, by floor and unit.
func BuildingUnits(ctx context.Context, q layers.Querier, ids ...int64) ([]CodedUnit, error) {
	rows, err := q.Query(ctx, `
		select distinct on (a.floor, a.unit, a.id) `+unitColumns+`
		from gnaf.address o
		join gnaf.address a on a.geom_3857 operator(public.&&) public.st_expand(o.geom_3857, $2 / cos(radians(public.st_y(public.st_centroid(o.geom)))))
		  and `+sameSite+`
		where o.id = any($1)
		order by a.floor nulls last, a.unit nulls last, a.id
		limit $3`, ids, siteReach, mostUnits)
	if err != nil {
		return nil, fmt.Errorf("units of a building: %w", err)
	}
	all, err := collectUnits(rows)
	if err != nil {
		return nil, fmt.Errorf("units of a building: %w", err)
	}
	return all, nil
}

// InTerritory answers which of the addresses lie in one of some administrative units; all of them where there are none.
func InTerritory(ctx context.Context, q layers.Querier, territories []string, units []CodedUnit) ([]CodedUnit, error) {
	if len(territories) == 0 || len(units) == 0 {
		return units, nil
	}
	ids := make([]int64, len(units))
	for i := range units {
		ids[i] = units[i].ID
	}
	rows, err := q.Query(ctx, `
		select distinct a.id
		from gnaf.address a
		join layers.admin_unit u on u.code = any($2)
		where a.id = any($1)
		  and public.st_intersects(u.geom, a.geom)`, ids, territories)
	if err != nil {
		return nil, fmt.Errorf("addresses in %v: %w", territories, err)
	}
	within, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		return nil, fmt.Errorf("addresses in %v: %w", territories, err)
	}
	return slices.DeleteFunc(slices.Clone(units), func(u CodedUnit) bool { return !slices.Contains(within, u.ID) }), nil
}

// SiteNear is where an address leads without its units.
type SiteNear struct {
	Address   string      `json:"address" doc:"In one line, without the unit"`
	DistanceM float64     `json:"distance_m" doc:"Of its nearest unit from the point, in metres on the ellipsoid"`
	Count     int         `json:"unit_count" doc:"Units within the radius"`
	Units     []CodedUnit `json:"units,omitempty" doc:"With units=true, by grant"`
}

// SitesNear answers the sites within so many metres of a point, the nearest first, with their units.
func SitesNear(ctx context.Context, q layers.Querier, lon, lat, radius float64, limit int) ([]SiteNear, error) {
	rows, err := q.Query(ctx, `
		select `+unitColumns+`, public.st_distance(a.geom::public.geography, public.st_setsrid(public.st_makepoint($1, $2), 4326)::public.geography) as metres
		from gnaf.address a
		where a.geom_3857 operator(public.&&) public.st_expand(public.st_transform(public.st_setsrid(public.st_makepoint($1, $2), 4326), 3857), $3)
		  and public.st_dwithin(a.geom::public.geography, public.st_setsrid(public.st_makepoint($1, $2), 4326)::public.geography, $4)
		order by metres, a.id
		limit $5`, lon, lat, radius*1.01/math.Cos(lat*math.Pi/180), radius, mostUnits)
	if err != nil {
		return nil, fmt.Errorf("sites near a point: %w", err)
	}
	sites := []SiteNear{}
	at := map[string]int{}
	var u CodedUnit
	var metres float64
	_, err = pgx.ForEachRow(rows, append(u.targets(), &metres), func() error {
		u.tell()
		key := strings.Join([]string{u.City, u.StreetBefore, u.Street, strconv.Itoa(u.Number), u.NumberSuffix, u.Building}, "\x00")
		if u.Number == 0 && u.Building == "" {
			key = strconv.FormatInt(u.ID, 10)
		}
		i, known := at[key]
		if !known && len(sites) < limit {
			i = len(sites)
			at[key], known = i, true
			site := u
			site.Unit = ""
			site.tell()
			sites = append(sites, SiteNear{Address: site.Address, DistanceM: math.Round(metres*10) / 10})
		}
		if known {
			sites[i].Count++
			sites[i].Units = append(sites[i].Units, u)
		}
		u = CodedUnit{}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("sites near a point: %w", err)
	}
	return sites, nil
}

// Candidate is an answer to a written address: a site, or one of its units.
type Candidate struct {
	Level      string      `json:"level" enum:"site,unit"`
	Confidence float64     `json:"confidence" minimum:"0" maximum:"1"`
	Reasons    Reasons     `json:"reasons"`
	Unmatched  []string    `json:"unmatched" doc:"Words of the question that matched nothing, folded"`
	Address    string      `json:"address"`
	Units      []CodedUnit `json:"units" doc:"Units of the site that bear a code, or the unit itself"`
}

// CodesOf answers the units that a written address may mean, the likeliest first. What leads to no site, such as a street without a number, is no answer.
func (g *Geocoder) CodesOf(ctx context.Context, written string, limit int) ([]Candidate, string, error) {
	found, err := g.Geocode(ctx, search.Query{Text: written, Limit: limit})
	if err != nil {
		return nil, "", err
	}
	candidates := []Candidate{}
	err = g.read(ctx, func(tx pgx.Tx) error {
		for i := range found.Features {
			p := &found.Features[i].Properties
			id, err := strconv.ParseInt(strings.TrimPrefix(p.Geocoding.PlaceID, "address/"), 10, 64)
			if err != nil || p.Match.Level != "site" && p.Match.Level != "unit" {
				continue
			}
			c := Candidate{
				Level: p.Match.Level, Confidence: p.Match.Confidence, Reasons: p.Match.Reasons, Unmatched: p.Match.Unmatched, Address: p.Geocoding.Label, Units: []CodedUnit{},
			}
			units, err := BuildingUnits(ctx, tx, id)
			if err != nil {
				return err
			}
			for _, u := range units {
				if u.Code != "" && (c.Level == "site" || u.ID == id) {
					c.Units = append(c.Units, u)
				}
			}
			if len(c.Units) > 0 {
				candidates = append(candidates, c)
			}
		}
		return nil
	})
	if err != nil {
		return nil, "", refuseSlow(fmt.Errorf("codes of an address: %w", err))
	}
	return candidates, found.Geocoding.DataVersion, nil
}

// CodeInvalid refuses what breaks the rules of postal codes, and says which. It answers nil for a code that keeps them.
func CodeInvalid(c PostalCode, location, written string) *errs.Error {
	if c.Valid() {
		return nil
	}
	return &errs.Error{
		Code: "postal-code-invalid", Status: 422, Op: "gnaf.CodeInvalid", Location: location, Value: written,
		Title: errs.T("کد پستی نادرست است", "Wrong postal code"), Detail: c.Errors[0].Message,
		Next: errs.T("کد را از گواهی کد پستی دوباره وارد کنید؛ ‎/v1/postal-codes/validate‎ کدهای نزدیک به آن را می‌گوید.",
			"Enter the code again from its certificate; /v1/postal-codes/validate tells codes that are close to it."),
	}
}

// CodeUnknown tells that no published unit bears a code.
func CodeUnknown(location, code string) *errs.Error {
	return &errs.Error{
		Code: "postal-code-unknown", Status: 404, Op: "gnaf.CodeUnknown", Location: location, Value: code,
		Title:  errs.T("چنین کد پستی‌ای در داده نیست", "There is no such postal code in the data"),
		Detail: errs.T("هیچ واحدی در داده منتشرشده این کد را ندارد.", "No unit in the published data bears the code."),
		Next:   errs.T("کد را دوباره بخوانید؛ کد تازه تا انتشار بعدی داده پست در سامانه نیست.", "Read the code again; a new one is not here before the Post's next publication."),
	}
}
