package gnaf

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"time"

	"nsdi/internal/errs"
	"nsdi/layers"
)

// Site is a place with a door on a way, as all custodians together say it. It is read from their claims, and is no row of its own.
type Site struct {
	ID            string         `json:"id" doc:"Of way, settlement, second-last way, number, suffix, block and entrance: the same from every custodian, and in every version"`
	Label         string         `json:"label"`
	Province      string         `json:"province,omitempty"`
	County        string         `json:"county,omitempty"`
	City          string         `json:"city"`
	Neighbourhood string         `json:"neighbourhood,omitempty"`
	StreetBefore  string         `json:"street_before,omitempty" doc:"The way that the last one leaves"`
	Street        string         `json:"street"`
	Number        *int           `json:"number"`
	NumberSuffix  string         `json:"number_suffix,omitempty"`
	Block         string         `json:"block,omitempty"`
	Entrance      string         `json:"entrance,omitempty"`
	Building      string         `json:"building,omitempty"`
	Confidence    int            `json:"confidence" minimum:"-1" doc:"Custodians that claim the site now, minus one, as in G-NAF"`
	Geocodes      []Geocode      `json:"geocodes"`
	Claims        []ClaimSummary `json:"claims" doc:"Who claims the site"`
	UnitCount     int            `json:"unit_count"`
	Units         []Unit         `json:"units,omitempty" doc:"For those who may see the units of a building"`
	AliasOf       []OtherAddress `json:"alias_of,omitempty" doc:"The principal address that this is another address of, by each custodian who says so"`
	Aliases       []OtherAddress `json:"aliases,omitempty" doc:"Other addresses of this site, such as the second door of a corner building"`
	History       []State        `json:"history,omitempty" doc:"States of the claims, newest first"`

	list   []Claim
	in     locality
	way    int64
	called string // the way
}

// ClaimSummary is one custodian's claim about a site, without its units.
type ClaimSummary struct {
	Agency    string    `json:"agency"`
	Custodian string    `json:"custodian" enum:"post,municipality,registry,other"`
	Dataset   int64     `json:"dataset"`
	Version   int       `json:"version" doc:"Of the dataset: the newest that wrote one of its rows"`
	Rows      int       `json:"rows" doc:"Published rows about the site"`
	Street    string    `json:"street" doc:"Name of the way as this custodian writes it"`
	ValidFrom time.Time `json:"valid_from"`
}

// State is a span of time in which a custodian said something of a site.
type State struct {
	ID        int64      `json:"id"`
	Agency    string     `json:"agency"`
	Version   int        `json:"version"`
	Street    string     `json:"street"`
	Number    *int       `json:"number"`
	Suffix    string     `json:"number_suffix,omitempty"`
	ValidFrom time.Time  `json:"valid_from"`
	ValidTo   *time.Time `json:"valid_to,omitempty" doc:"Left out: it holds"`
}

// maxClaims bounds the rows of one answer: the largest building has some hundreds of units, of each custodian.
const maxClaims = 5000

// FindSite answers the site of an address that was published, by the id of the address, as it is claimed now, or was at a time. The error for an id that no address
// ever had, or that was published later, is *errs.Error address-unknown.
func FindSite(ctx context.Context, q layers.Querier, id int64, on time.Time) (*Site, error) {
	one, err := claimOf(ctx, q, id, on)
	if err != nil {
		return nil, err
	}
	names, around, err := namesAround(ctx, q, one.way, on)
	if err != nil {
		return nil, err
	}
	list, err := claimsOf(ctx, q, around, one, on)
	if err != nil {
		return nil, err
	}
	ended := !slices.ContainsFunc(list, func(c Claim) bool { return c.ID == one.ID })
	if ended {
		list = append(list, *one)
	}
	if err := locate(ctx, q, list); err != nil {
		return nil, err
	}
	s := siteOf(one)
	for id, list := range divide(list, names) {
		at := slices.IndexFunc(list, func(c Claim) bool { return c.ID == one.ID })
		if at < 0 {
			continue
		}
		s.take(id, &list[at])
		if ended {
			list = slices.Delete(list, at, at+1)
		}
		s.list = list
	}
	slices.SortStableFunc(s.list, inOrderOfCustody)
	derived, err := parcelCentres(ctx, q, s.list)
	if err != nil {
		return nil, err
	}
	s.Geocodes = geocodesOf(s.list, derived)
	if len(s.list) == 0 { // it is claimed no more: where it was
		s.Geocodes = geocodesOf([]Claim{*one}, nil)
	}
	s.summarise()
	return s, nil
}

// take notes what the site is called by, and where it is.
func (s *Site) take(id string, c *Claim) {
	s.ID, s.in, s.way, s.called = id, c.in, c.of, cmp.Or(c.called, c.Street)
}

func inOrderOfCustody(a, b Claim) int {
	return cmp.Or(cmp.Compare(rank(a.Custodian), rank(b.Custodian)), cmp.Compare(a.ID, b.ID))
}

// claimOf reads the claim with an id as it is, or was at a time; of one that was withdrawn the last state.
func claimOf(ctx context.Context, q layers.Querier, id int64, on time.Time) (*Claim, error) {
	found, err := claims(ctx, q, `
		select *
		from (
			select `+claimColumns("null::timestamptz as ended")+`
			from gnaf.address a`+claimJoins+`
			where a.id = $1
			union all
			select `+claimColumns("a.valid_to")+`
			from gnaf.address_history a`+claimJoins+`
			where a.id = $1
		) both_parts
		where $2::timestamptz is null or valid_from <= $2
		order by valid_from desc, ended desc nulls first
		limit 1`, id, moment(on))
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, &errs.Error{
			Code: "address-unknown", Status: 404, Op: "gnaf.FindSite", Location: "path.id", Value: strconv.FormatInt(id, 10),
			Title:  errs.T("چنین نشانی‌ای نیست", "There is no such address"),
			Detail: errs.T("هیچ نشانی‌ای با این شناسه منتشر نشده است، یا در آن تاریخ هنوز نشده بود.", "No address was published under this id, or none yet at that date."),
			Next:   errs.T("شناسه را از ‎/v1/geocode‎ یا ‎/v1/datasets/{id}/features‎ بگیرید.", "Take the id from /v1/geocode or /v1/datasets/{id}/features."),
		}
	}
	return &found[0], nil
}

// claimsOf reads the claims about the place of one claim on some ways.
func claimsOf(ctx context.Context, q layers.Querier, ways []int64, one *Claim, on time.Time) ([]Claim, error) {
	const same = `a.way_id = any($1) and a.number = $2`
	sql := `
		select ` + claimColumns("null::timestamptz as ended") + `
		from gnaf.address a` + claimJoins + `
		where ` + same + `
		  and ($3::timestamptz is null or a.valid_from <= $3)`
	if !on.IsZero() {
		sql += `
		union all
		select ` + claimColumns("a.valid_to") + `
		from gnaf.address_history a` + claimJoins + `
		where ` + same + `
		  and a.valid_from <= $3
		  and a.valid_to > $3`
	}
	if one.Number == nil { // without a number nothing tells places on a way apart: each is its own
		if one.ValidTo != nil && (on.IsZero() || !on.Before(*one.ValidTo)) {
			return nil, nil
		}
		return []Claim{*one}, nil
	}
	list, err := claims(ctx, q, `select * from (`+sql+`) c order by id limit `+strconv.Itoa(maxClaims), ways, one.Number, moment(on))
	if err != nil {
		return nil, err
	}
	place := one.place()
	return slices.DeleteFunc(list, func(c Claim) bool { return c.place() != place }), nil
}

func moment(on time.Time) any {
	if on.IsZero() {
		return nil
	}
	return on
}

// siteOf begins a site with what one of its claims says.
func siteOf(c *Claim) *Site {
	a := address{
		province: c.Province, county: c.County, city: c.City, neighbourhood: c.Neighbourhood, streetBefore: c.StreetBefore, street: c.Street, number: c.Number,
		suffix: c.NumberSuffix,
	}
	return &Site{
		Label: a.label(), Province: c.Province, County: c.County, City: c.City, Neighbourhood: c.Neighbourhood, StreetBefore: c.StreetBefore, Street: c.Street,
		Number: c.Number, NumberSuffix: c.NumberSuffix, Block: c.Block, Entrance: c.Entrance, Building: c.Building, Claims: []ClaimSummary{}, Geocodes: []Geocode{},
	}
}

// siteID is stable: it is made of what the site is, and not of a row. Only where there is no number it is made of the row's own key.
func siteID(c *Claim) string {
	place := c.place()
	if c.in != (locality{}) {
		place += "\x1e" + c.in.province + "\x1e" + c.in.county
	}
	if c.Number == nil {
		place += "\x1e" + strconv.FormatInt(c.Dataset, 10) + "\x1e" + c.Key
	}
	sum := sha256.Sum256([]byte(strconv.FormatInt(c.of, 10) + "\x1e" + place))
	return hex.EncodeToString(sum[:8])
}

// summarise counts custodians and units. Confidence is the number of custodians that claim the site, minus one.
func (s *Site) summarise() {
	units := map[string]bool{}
	for _, c := range s.list {
		units[c.unit()] = true
		i := slices.IndexFunc(s.Claims, func(m ClaimSummary) bool { return m.Dataset == c.Dataset })
		if i < 0 {
			i = len(s.Claims)
			s.Claims = append(s.Claims, ClaimSummary{Agency: c.Agency, Custodian: c.Custodian, Dataset: c.Dataset, Street: c.Street})
		}
		m := &s.Claims[i]
		m.Rows++
		m.Version = max(m.Version, c.Version)
		if c.ValidFrom.After(m.ValidFrom) {
			m.ValidFrom = c.ValidFrom
		}
		s.Province, s.County = cmp.Or(s.Province, c.Province), cmp.Or(s.County, c.County)
		s.Building = cmp.Or(s.Building, c.Building)
		s.Neighbourhood = cmp.Or(s.Neighbourhood, c.Neighbourhood)
	}
	agencies := map[string]bool{}
	for _, m := range s.Claims {
		agencies[m.Agency] = true
	}
	s.Confidence = len(agencies) - 1
	s.UnitCount = len(units)
	if units[""] && len(units) > 1 { // a row about the site as a whole is no unit beside others
		s.UnitCount--
	}
}

// ShowUnits adds the units of the site with what each custodian says of them. They are for those who may see the units of a building, and for nobody else.
func (s *Site) ShowUnits() {
	s.Units = UnitsOf(s.list)
}

// Within answers whether the site lies in one of some administrative units; with none it does everywhere.
func (s *Site) Within(ctx context.Context, q layers.Querier, territories []string) (within bool, err error) {
	if len(territories) == 0 || len(s.Geocodes) == 0 {
		return len(territories) == 0, nil
	}
	err = q.QueryRow(ctx, `
		select exists (
			select
			from layers.admin_unit
			where code = any($1)
			  and public.st_intersects(geom, public.st_setsrid(public.st_makepoint($2, $3), 4326)))`, territories, s.Geocodes[0].Lon, s.Geocodes[0].Lat).Scan(&within)
	if err != nil {
		return false, fmt.Errorf("site in %v: %w", territories, err)
	}
	return within, nil
}

// maxStates bounds a history.
const maxStates = 1000

// Remember adds what the claims about the site, and the one that was asked for, said before.
func (s *Site) Remember(ctx context.Context, q layers.Querier, asked int64) error {
	ids := []int64{asked}
	for _, c := range s.list {
		ids = append(ids, c.ID)
	}
	past, err := claims(ctx, q, `
		select *
		from (
			select `+claimColumns("null::timestamptz as ended")+`
			from gnaf.address a`+claimJoins+`
			where a.id = any($1)
			union all
			select `+claimColumns("a.valid_to")+`
			from gnaf.address_history a`+claimJoins+`
			where a.id = any($1)
		) both_parts
		order by valid_from desc, id
		limit `+strconv.Itoa(maxStates), ids)
	if err != nil {
		return fmt.Errorf("history of a site: %w", err)
	}
	for _, c := range past {
		s.History = append(s.History, State{
			ID: c.ID, Agency: c.Agency, Version: c.Version, Street: c.Street, Number: c.Number, Suffix: c.NumberSuffix, ValidFrom: c.ValidFrom, ValidTo: c.ValidTo,
		})
	}
	return nil
}
