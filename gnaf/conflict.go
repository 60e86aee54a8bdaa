package gnaf

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"nsdi/internal/errs"
	"nsdi/layers"
)

// Conflict is where two custodians say different things of one postal code or one unit. Neither of them is wrong to the register: they have to clear it up.
type Conflict struct {
	Kind     string    `json:"kind" enum:"code,unit,place" doc:"code: one postal code at two addresses; unit: two codes for one unit; place: one site at two places"`
	Title    errs.Text `json:"title"`
	ID       int64     `json:"id"`
	Key      string    `json:"key"`
	Code     *string   `json:"postal_code"`
	Other    int64     `json:"other_id"`
	OtherKey string    `json:"other_key"`
	Dataset  int64     `json:"other_dataset"`
	Agency   string    `json:"other_agency"`
	Their    *string   `json:"other_postal_code"`
	Address  string    `json:"other_address"`
	Distance float64   `json:"distance_m" doc:"Between the two positions"`
	Lon      float64   `json:"lon"`
	Lat      float64   `json:"lat"`
}

// ConflictDistance is how far apart two positions of one site may be, in metres.
const ConflictDistance = 50

// conflictWindow is how many addresses one page looks at.
const conflictWindow = 2000

// waysOf are the ids of the ways that an address a may lie on by what others call them.
const waysOf = `
				select a.way_id as id
				union
				select n.way_id from gnaf.name n where n.of_id = a.way_id
				union
				select n.of_id from gnaf.name n where n.way_id = a.way_id and n.of_id is not null`

// claimUnit is the condition that two custodians speak of one unit of a site in addresses a and o.
const claimUnit = `(a.floor is not distinct from o.floor and lower(coalesce(a.unit, '')) = lower(coalesce(o.unit, '')))`

// claimSite is the condition that two custodians speak of one site in addresses a and o, wherever each of them has it.
var claimSite = `(a.number is not distinct from o.number and lower(coalesce(a.number_suffix, '')) = lower(coalesce(o.number_suffix, ''))
				and gnaf.name_key(coalesce(a.street_before, '')) = gnaf.name_key(coalesce(o.street_before, ''))
				and ` + sameWay("a.way_id", "o.way_id", "a") + `
				and not ` + fmt.Sprintf(otherProvince, "a.province", "o.province") + `)`

// Conflicts lists where a dataset and those of other custodians say different things, in the order of its keys from behind after. A page looks at some addresses and may
// have few conflicts, or none; next is the key to go on behind, "" at the end.
func Conflicts(ctx context.Context, q layers.Querier, dataset int64, after string) (list []Conflict, next string, err error) {
	rows, err := q.Query(ctx, `
		with page as materialized (
			select a.*, d.agency_id
			from gnaf.address a
			join layers.dataset d on d.id = a.dataset_id
			where a.dataset_id = $1
			  and a.key > $2
			order by a.key
			limit $3
		), pairs as (
			select a.id, o.id as other
			from page a
			join gnaf.address o on o.postal_code = a.postal_code and o.dataset_id <> a.dataset_id
			union
			select a.id, o.id
			from page a
			cross join lateral (`+waysOf+`) w
			join gnaf.address o on o.way_id = w.id and o.number = a.number and o.dataset_id <> a.dataset_id
		), told as (
			select a.id, a.key, a.postal_code, o.id as other, o.key as other_key, o.dataset_id, ag.code, o.postal_code as their,
			  concat_ws('، ', o.city, o.street, o.number::text || coalesce(o.number_suffix, ''), o.unit) as address,
			  public.st_distancesphere(public.st_centroid(a.geom), public.st_centroid(o.geom)) as metres, public.st_centroid(a.geom) as at,
			  `+claimSite+` as same_site,
			  `+claimUnit+` as same_unit
			from pairs p
			join page a on a.id = p.id
			join gnaf.address o on o.id = p.other
			join layers.dataset d on d.id = o.dataset_id and d.agency_id <> a.agency_id
			join access.agency ag on ag.id = d.agency_id
		)
		select k.kind, t.id, t.key, t.postal_code, t.other, t.other_key, t.dataset_id, t.code, t.their, t.address, round(t.metres::numeric, 1)::float8, public.st_x(t.at), public.st_y(t.at)
		from told t
		cross join lateral (
			select 'code' as kind where t.postal_code = t.their and not t.same_site
			union all
			select 'unit' where t.same_site and t.same_unit and t.postal_code <> t.their
			union all
			select 'place' where t.same_site and (t.postal_code = t.their or t.same_unit) and t.metres > $4
		) k
		order by t.key, t.other, k.kind`, dataset, after, conflictWindow, ConflictDistance)
	if err != nil {
		return nil, "", fmt.Errorf("conflicts of dataset %d: %w", dataset, err)
	}
	list, err = pgx.AppendRows([]Conflict{}, rows, func(row pgx.CollectableRow) (Conflict, error) {
		var c Conflict
		err := row.Scan(&c.Kind, &c.ID, &c.Key, &c.Code, &c.Other, &c.OtherKey, &c.Dataset, &c.Agency, &c.Their, &c.Address, &c.Distance, &c.Lon, &c.Lat)
		c.Title, c.Lon, c.Lat = conflictTitle(c.Kind), round7(c.Lon), round7(c.Lat)
		return c, err
	})
	if err != nil {
		return nil, "", fmt.Errorf("conflicts of dataset %d: %w", dataset, err)
	}
	var seen int
	err = q.QueryRow(ctx, `
		select count(*), coalesce(max(key), '')
		from (select key from gnaf.address where dataset_id = $1 and key > $2 order by key limit $3) page`, dataset, after, conflictWindow).Scan(&seen, &next)
	if err != nil {
		return nil, "", fmt.Errorf("conflicts of dataset %d: %w", dataset, err)
	}
	if seen < conflictWindow {
		next = ""
	}
	return list, next, nil
}

func conflictTitle(kind string) errs.Text {
	switch kind {
	case "code":
		return errs.T("یک کد پستی در دو نشانی", "One postal code at two addresses")
	case "unit":
		return errs.T("دو کد پستی برای یک واحد", "Two postal codes for one unit")
	default:
		return errs.T("یک پلاک در دو جا", "One site at two places")
	}
}

// inBox is the condition that an address lies in a box (west, south, east, north in degrees) given by four parameters from $n on.
func inBox(n int) string {
	return fmt.Sprintf(`a.geom_3857 operator(public.&&) public.st_transform(public.st_makeenvelope($%d, greatest($%d, -85.06), $%d, least($%d, 85.06), 4326), 3857)`, n, n+1, n+2, n+3)
}
