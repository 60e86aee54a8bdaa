package gnaf

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"nsdi/layers"
)

// CodedUnit is a published address with its postal code, as inquiries answer it.
type CodedUnit struct {
	ID            int64   `json:"id" doc:"Feature id of the address, which never belongs to another"`
	Code          string  `json:"postal_code"`
	Address       string  `json:"address" doc:"In one line"`
	Province      string  `json:"province,omitempty"`
	County        string  `json:"county,omitempty"`
	City          string  `json:"city,omitempty" doc:"City or village"`
	Neighbourhood string  `json:"neighbourhood,omitempty"`
	StreetBefore  string  `json:"street_before,omitempty" doc:"Second-last way"`
	Street        string  `json:"street,omitempty" doc:"Last way"`
	Number        int     `json:"number,omitempty" doc:"House number; absent: none"`
	NumberSuffix  string  `json:"number_suffix,omitempty"`
	Building      string  `json:"building,omitempty"`
	Floor         *int    `json:"floor,omitempty" doc:"0: ground floor; below ground negative; absent: not known"`
	Unit          string  `json:"unit,omitempty"`
	Lon           float64 `json:"-"`
	Lat           float64 `json:"-"`
}

// unitColumns are scanned by targets. The names are those of gnaf.address as a.
const unitColumns = `a.id, coalesce(a.postal_code, ''), coalesce(a.province, ''), coalesce(a.county, ''), a.city, coalesce(a.neighbourhood, ''), coalesce(a.street_before, ''),
	a.street, coalesce(a.number, 0), coalesce(a.number_suffix, ''), coalesce(a.building, ''), a.floor, coalesce(a.unit, ''), st_x(st_centroid(a.geom)), st_y(st_centroid(a.geom))`

func (u *CodedUnit) targets() []any {
	return []any{
		&u.ID, &u.Code, &u.Province, &u.County, &u.City, &u.Neighbourhood, &u.StreetBefore, &u.Street, &u.Number, &u.NumberSuffix, &u.Building, &u.Floor, &u.Unit,
		&u.Lon, &u.Lat,
	}
}

// tell writes the address in one line.
func (u *CodedUnit) tell() {
	a := address{
		province: u.Province, city: u.City, neighbourhood: u.Neighbourhood, streetBefore: u.StreetBefore, street: u.Street, suffix: u.NumberSuffix, unit: u.Unit,
	}
	if u.Number != 0 {
		a.number = &u.Number
	}
	u.Address = a.label()
}

func collectUnits(rows pgx.Rows) ([]CodedUnit, error) {
	var u CodedUnit
	var all []CodedUnit
	_, err := pgx.ForEachRow(rows, u.targets(), func() error {
		u.tell()
		all = append(all, u)
		u = CodedUnit{}
		return nil
	})
	return all, err
}

// unitsByCode answers the published units that bear the codes, in the order of codes and ids. A code is of one unit; where two deliverers gave it to different ones,
// both are answered.
func unitsByCode(ctx context.Context, q layers.Querier, codes []string) ([]CodedUnit, error) {
	rows, err := q.Query(ctx, `
		select `+unitColumns+`
		from gnaf.address a
		where a.postal_code = any($1)
		order by a.postal_code, a.id`, codes)
	if err != nil {
		return nil, fmt.Errorf("units by code: %w", err)
	}
	all, err := collectUnits(rows)
	if err != nil {
		return nil, fmt.Errorf("units by code: %w", err)
	}
	return all, nil
}

// retiredCodes answers the city of each of the codes that a unit bore once.
func retiredCodes(ctx context.Context, q layers.Querier, codes []string) (map[string]string, error) {
	rows, err := q.Query(ctx, `
		select distinct on (postal_code) postal_code, city
		from gnaf.address_history
		where postal_code = any($1)
		order by postal_code, valid_to desc`, codes)
	if err != nil {
		return nil, fmt.Errorf("retired codes: %w", err)
	}
	cities := map[string]string{}
	var code, city string
	_, err = pgx.ForEachRow(rows, []any{&code, &city}, func() error {
		cities[code] = city
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("retired codes: %w", err)
	}
	return cities, nil
}

// knownPrefixes answers which of the prefixes some published code has.
func knownPrefixes(ctx context.Context, q layers.Querier, prefixes []string) (map[string]bool, error) {
	rows, err := q.Query(ctx, `
		select p, exists (select from gnaf.address a where a.postal_code between p || '00000' and p || '99999')
		from unnest($1::text[]) p`, prefixes)
	if err != nil {
		return nil, fmt.Errorf("prefixes of codes: %w", err)
	}
	known := map[string]bool{}
	var prefix string
	var is bool
	_, err = pgx.ForEachRow(rows, []any{&prefix, &is}, func() error {
		known[prefix] = is
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("prefixes of codes: %w", err)
	}
	return known, nil
}
