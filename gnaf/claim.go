package gnaf

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"nsdi/gnaf/persian"
	"nsdi/layers"
)

// Claim is what one custodian says of one unit: a published row of addresses.
type Claim struct {
	ID            int64      `json:"id" doc:"It stays while the custodian keeps the key, and never belongs to another"`
	Key           string     `json:"key" doc:"Of its deliverer"`
	Dataset       int64      `json:"dataset"`
	Agency        string     `json:"agency"`
	Custodian     string     `json:"custodian" enum:"post,municipality,registry,other"`
	Version       int        `json:"version" doc:"Of the dataset, which wrote this state"`
	Province      string     `json:"province,omitempty"`
	County        string     `json:"county,omitempty"`
	City          string     `json:"city"`
	Neighbourhood string     `json:"neighbourhood,omitempty"`
	StreetBefore  string     `json:"street_before,omitempty"`
	Street        string     `json:"street"`
	Number        *int       `json:"number"`
	NumberSuffix  string     `json:"number_suffix,omitempty"`
	NumberTo      *int       `json:"number_to,omitempty"`
	Block         string     `json:"block,omitempty"`
	Entrance      string     `json:"entrance,omitempty"`
	Building      string     `json:"building,omitempty"`
	Floor         *int       `json:"floor,omitempty"`
	Unit          string     `json:"unit,omitempty"`
	PostalCode    string     `json:"postal_code,omitempty"`
	Use           string     `json:"use,omitempty"`
	Status        string     `json:"status,omitempty"`
	Parcel        string     `json:"parcel,omitempty" doc:"As delivered"`
	ValidFrom     time.Time  `json:"valid_from" doc:"When the version was published that wrote this state"`
	ValidTo       *time.Time `json:"valid_to,omitempty" doc:"When the version was published that ended it; left out: it holds"`

	geocode Geocode
	alias   aliasSaid
	in      locality
	way     int64  // as the row names it
	of      int64  // the way that this means where it is; see divide
	called  string // the name of that one, where the row has another
}

// Custodians of addresses, in the order in which their positions are preferred.
const (
	Post         = "post"
	Municipality = "municipality"
	Registry     = "registry"
	Other        = "other"
)

// custodianSQL names the custodian of a row of access.agency a.
const custodianSQL = `case when ag.kind in ('post', 'municipality', 'registry') then ag.kind else 'other' end`

// claimColumns is what a claim is read by, over a (the table, or its history), v (its version), d and ag (its dataset and agency).
func claimColumns(ended string) string {
	return `a.id, a.key, a.dataset_id, ag.code, ` + custodianSQL + `, v.seq, coalesce(a.province, ''), coalesce(a.county, ''), a.city, coalesce(a.neighbourhood, ''),
	coalesce(a.street_before, ''), a.street, a.number, coalesce(a.number_suffix, ''), coalesce(a.building, ''), a.floor, coalesce(a.unit, ''), coalesce(a.postal_code, ''),
	a.attributes, a.valid_from, ` + ended + `, a.way_id, public.st_x(public.st_centroid(a.geom)), public.st_y(public.st_centroid(a.geom))`
}

const claimJoins = `
	join layers.version v on v.id = a.version_id
	join layers.dataset d on d.id = a.dataset_id
	join access.agency ag on ag.id = d.agency_id`

// claimMore is what has no column.
type claimMore struct {
	NumberTo    *int     `json:"number_to"`
	Block       string   `json:"block"`
	Entrance    string   `json:"entrance"`
	Settlement  string   `json:"locality_type"`
	Use         string   `json:"use"`
	Status      string   `json:"status"`
	Parcel      string   `json:"parcel"`
	GeocodeType string   `json:"geocode_type"`
	Reliability *int     `json:"reliability"`
	Method      string   `json:"method"`
	Accuracy    *float64 `json:"accuracy_m"`
	aliasSaid
}

// aliasSaid is what a row says that is another address of a site.
type aliasSaid struct {
	Of     string `json:"alias_of"` // key of the principal address in the same dataset; "" the row is no alias
	Kind   string `json:"alias_kind"`
	Source string `json:"alias_source"`
	From   string `json:"alias_from"`
	To     string `json:"alias_to"`
}

func scanClaim(row pgx.CollectableRow) (Claim, error) {
	var c Claim
	var attributes []byte
	g := &c.geocode
	err := row.Scan(&c.ID, &c.Key, &c.Dataset, &c.Agency, &c.Custodian, &c.Version, &c.Province, &c.County, &c.City, &c.Neighbourhood, &c.StreetBefore, &c.Street,
		&c.Number, &c.NumberSuffix, &c.Building, &c.Floor, &c.Unit, &c.PostalCode, &attributes, &c.ValidFrom, &c.ValidTo, &c.way, &g.Lon, &g.Lat)
	if err != nil {
		return c, err
	}
	g.Lon, g.Lat = round7(g.Lon), round7(g.Lat)
	return c, c.more(attributes)
}

// more takes what has no column from the attributes.
func (c *Claim) more(attributes []byte) error {
	var more claimMore
	if err := json.Unmarshal(attributes, &more); err != nil {
		return fmt.Errorf("attributes of address %d: %w", c.ID, err)
	}
	c.NumberTo, c.Block, c.Entrance, c.Use, c.Status, c.Parcel = more.NumberTo, more.Block, more.Entrance, more.Use, more.Status, more.Parcel
	c.alias, c.in = more.aliasSaid, c.says(more.Settlement)
	g := &c.geocode
	g.Type, g.Method, g.Accuracy, g.Custodian, g.Agency, g.At = more.GeocodeType, more.Method, more.Accuracy, c.Custodian, c.Agency, c.ValidFrom
	g.Reliability = reliabilityOf(g.Type)
	if more.Reliability != nil {
		g.Reliability = *more.Reliability
	}
	return nil
}

func claims(ctx context.Context, q layers.Querier, sql string, args ...any) ([]Claim, error) {
	rows, err := q.Query(ctx, sql, args...)
	if err != nil {
		return nil, fmt.Errorf("claims about addresses: %w", err)
	}
	list, err := pgx.CollectRows(rows, scanClaim)
	if err != nil {
		return nil, fmt.Errorf("claims about addresses: %w", err)
	}
	return list, nil
}

// place is what makes the site of a claim, beside its way: claims with the same one are about the same site.
func (c *Claim) place() string {
	number := ""
	if c.Number != nil {
		number = houseNumber(c.Number, "")
	}
	return strings.Join([]string{streetKey(c.StreetBefore), number, persian.Fold(c.NumberSuffix), persian.Fold(c.Block), persian.Fold(c.Entrance)}, "\x1f")
}

// unit is what makes the unit of a claim within its site; "" where the claim is about the site as a whole.
func (c *Claim) unit() string {
	floor := ""
	if c.Floor != nil {
		floor = houseNumber(c.Floor, "")
	}
	if floor == "" && c.Unit == "" {
		return ""
	}
	return floor + "\x1f" + persian.Fold(c.Unit)
}
