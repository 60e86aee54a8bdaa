package gnaf

import (
	"cmp"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"nsdi/layers"
)

// Formats are the formats of files that addresses have of their own. Both are of sites: what is public has no units.
func Formats() map[string]layers.TableFormat {
	return map[string]layers.TableFormat{
		"openaddresses": {Store: "gnaf.address", Write: writeOpenAddresses},
		"gnaf":          {Store: "gnaf.address", Write: writeTables},
	}
}

// claimLine is a claim on its way into a bucket.
type claimLine struct {
	Site       string          `json:"s"`
	Way        int64           `json:"w"`
	ID         int64           `json:"i"`
	Dataset    int64           `json:"d"`
	Key        string          `json:"k"`
	ValidFrom  time.Time       `json:"t"`
	Properties json.RawMessage `json:"p"`
	Geometry   json.RawMessage `json:"g"`
}

// claim reads the line.
func (l *claimLine) claim(agency string) (*Claim, error) {
	var p struct {
		Province      string `json:"province"`
		County        string `json:"county"`
		City          string `json:"city"`
		Neighbourhood string `json:"neighbourhood"`
		StreetBefore  string `json:"street_before"`
		Street        string `json:"street"`
		Number        *int   `json:"number"`
		NumberSuffix  string `json:"number_suffix"`
		Building      string `json:"building"`
	}
	if err := json.Unmarshal(l.Properties, &p); err != nil {
		return nil, fmt.Errorf("address %d: %w", l.ID, err)
	}
	c := &Claim{
		ID: l.ID, Key: l.Key, Dataset: l.Dataset, Agency: agency, Custodian: custodianOf(agency), Province: p.Province, County: p.County, City: p.City, Neighbourhood: p.Neighbourhood,
		StreetBefore: p.StreetBefore, Street: p.Street, Number: p.Number, NumberSuffix: p.NumberSuffix, Building: p.Building, ValidFrom: l.ValidFrom, way: l.Way,
	}
	if err := c.more(l.Properties); err != nil {
		return nil, err
	}
	var point struct {
		Type        string
		Coordinates json.RawMessage
	}
	var at []float64
	if json.Unmarshal(l.Geometry, &point) == nil && point.Type == "Point" && json.Unmarshal(point.Coordinates, &at) == nil && len(at) >= 2 {
		c.geocode.Lon, c.geocode.Lat = round7(at[0]), round7(at[1])
	}
	return c, nil
}

// eachSite brings the claims of a download together by site, and gives one site after the other: by bucket, then by identifier, so that the same data gives the same file.
// Each claim is seen before the first site is given.
func eachSite(ctx context.Context, m *layers.Making, seen func(*Claim), yield func(*Site) error) error {
	q, at := m.Beside()
	names, err := allWayNames(ctx, q, at)
	if err != nil {
		return err
	}
	first := names.firsts()
	parts, err := scatter(m, "claims")
	if err != nil {
		return err
	}
	err = m.Each(ctx, func(f *layers.Feature) error {
		l := claimLine{ID: f.ID, Dataset: f.Dataset, Key: f.Key, ValidFrom: f.ValidFrom, Properties: f.Properties, Geometry: f.Geometry}
		c, err := l.claim("")
		if err != nil {
			return err
		}
		l.Way = wayID(wayKeys(c.Street, c.City))
		seen(c)
		c.in, c.of = locality{}, cmp.Or(first[l.Way], l.Way) // known when all claims of a bucket are together
		l.Site = siteID(c)
		text, err := json.Marshal(l)
		if err != nil {
			return err
		}
		return parts.put(l.Site, text)
	})
	if err = errors.Join(err, parts.close()); err != nil {
		return err
	}
	return parts.each(func(lines [][]byte) error {
		var list []Claim
		places := map[string][]Claim{}
		var order []string
		for _, text := range lines {
			var l claimLine
			if err := json.Unmarshal(text, &l); err != nil {
				return err
			}
			c, err := l.claim(m.Agency(l.Dataset))
			if err != nil {
				return err
			}
			list, order = append(list, *c), append(order, l.Site)
		}
		if err := locate(ctx, q, list); err != nil {
			return err
		}
		for i, place := range order {
			places[place] = append(places[place], list[i])
		}
		sites := map[string][]Claim{}
		for _, list := range places {
			maps.Copy(sites, divide(list, names))
		}
		for _, id := range sortedKeys(sites) {
			list := sites[id]
			slices.SortFunc(list, inOrderOfCustody)
			s := siteOf(&list[0])
			s.list = list
			s.take(id, &list[0])
			s.Geocodes = geocodesOf(list, nil)
			s.summarise()
			if err := yield(s); err != nil {
				return err
			}
		}
		return nil
	})
}

// custodianOf is the kind of an agency by its code: of the three that deliver addresses, municipalities are the many.
func custodianOf(agency string) string {
	switch agency {
	case "post":
		return Post
	case "registry":
		return Registry
	}
	return Municipality
}

// writeOpenAddresses writes one row for each site, in the columns of OpenAddresses. UNIT and POSTCODE are of units, and empty.
func writeOpenAddresses(ctx context.Context, m *layers.Making) error {
	out, err := m.Table("addresses.csv")
	if err != nil {
		return err
	}
	w := csv.NewWriter(out)
	_ = w.Write([]string{"LON", "LAT", "NUMBER", "STREET", "UNIT", "CITY", "DISTRICT", "REGION", "POSTCODE", "ID", "HASH"}) // an error is kept until Flush
	err = eachSite(ctx, m, func(*Claim) {}, func(s *Site) error {
		lon, lat := "", ""
		if len(s.Geocodes) > 0 {
			lon, lat = degrees(s.Geocodes[0].Lon), degrees(s.Geocodes[0].Lat)
		}
		cells := []string{lon, lat, houseNumber(s.Number, s.NumberSuffix), s.Street, "", s.City, s.County, s.Province, "", s.ID}
		return w.Write(append(cells, pid(cells...)))
	})
	w.Flush()
	return errors.Join(err, w.Error(), out.Close())
}
