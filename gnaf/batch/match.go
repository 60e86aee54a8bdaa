package batch

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"

	"nsdi/gnaf/search"
	"nsdi/internal/errs"
)

// Match is what was found for a row. Names of its fields in JSON, with "match_" in front, are the columns in CSV.
type Match struct {
	Level         string      `json:"level"` // -1: the row cannot be read; else 0 to 9, P, X, L
	LevelName     string      `json:"level_name"`
	Confidence    float64     `json:"confidence"`
	Label         string      `json:"label,omitempty"`
	Lon           json.Number `json:"lon,omitempty"` // degrees, with seven decimals
	Lat           json.Number `json:"lat,omitempty"`
	Radius        float64     `json:"radius_m,omitempty"`
	ID            string      `json:"id,omitempty"`
	AliasOf       string      `json:"alias_of,omitempty"` // the id of the address that it is another address of
	Province      string      `json:"province,omitempty"`
	County        string      `json:"county,omitempty"`
	City          string      `json:"city,omitempty"`
	Neighbourhood string      `json:"neighbourhood,omitempty"`
	StreetBefore  string      `json:"street_before,omitempty"`
	Street        string      `json:"street,omitempty"`
	Number        string      `json:"number,omitempty"`
	Unit          string      `json:"unit,omitempty"`
	PostalCode    string      `json:"postal_code,omitempty"`
	Corrected     string      `json:"corrected,omitempty"`
	Unmatched     string      `json:"unmatched,omitempty"`
	ReasonFA      string      `json:"reason_fa,omitempty"`
	ReasonEN      string      `json:"reason_en,omitempty"`
}

// unreadable is the level of a row that cannot be read.
const unreadable = "-1"

func (m *Match) fields() (names, values []string) {
	add := func(name, value string) { names, values = append(names, "match_"+name), append(values, value) }
	add("level", m.Level)
	add("level_name", m.LevelName)
	add("confidence", strconv.FormatFloat(m.Confidence, 'f', -1, 64))
	add("label", m.Label)
	add("lon", m.Lon.String())
	add("lat", m.Lat.String())
	radius := ""
	if m.Radius > 0 {
		radius = strconv.FormatFloat(m.Radius, 'f', -1, 64)
	}
	add("radius_m", radius)
	add("id", m.ID)
	add("alias_of", m.AliasOf)
	add("province", m.Province)
	add("county", m.County)
	add("city", m.City)
	add("neighbourhood", m.Neighbourhood)
	add("street_before", m.StreetBefore)
	add("street", m.Street)
	add("number", m.Number)
	add("unit", m.Unit)
	add("postal_code", m.PostalCode)
	add("corrected", m.Corrected)
	add("unmatched", m.Unmatched)
	add("reason_fa", m.ReasonFA)
	add("reason_en", m.ReasonEN)
	return names, values
}

// found writes the first answer down.
func found(a search.Answer) Match {
	if len(a.Results) == 0 {
		m := Match{Level: search.LevelNone.Code(), LevelName: search.LevelNone.Name()}
		if why := a.Nothing; why != nil {
			m.ReasonFA, m.ReasonEN = why.Reason.FA+" "+why.Next.FA, why.Reason.EN+" "+why.Next.EN
		}
		return m
	}
	r := &a.Results[0]
	m := Match{
		Level: r.Level.Code(), LevelName: r.Level.Name(), Confidence: r.Confidence, Label: r.Label, ID: r.ID, AliasOf: r.AliasOf, Radius: math.Ceil(r.Radius),
		Lon: degrees(r.Lon), Lat: degrees(r.Lat),
		Province: r.Components.Province, County: r.Components.County, City: r.Components.City, Neighbourhood: r.Components.Neighbourhood,
		StreetBefore: r.Components.StreetBefore, Street: r.Components.Street, Number: r.Components.Number, Unit: r.Components.Unit, PostalCode: r.Components.PostalCode,
		Unmatched: strings.Join(r.Unmatched, " "),
	}
	var corrected, fa, en []string
	for _, c := range r.Corrected {
		corrected = append(corrected, c.From+"→"+c.To)
	}
	for _, reason := range r.Reasons {
		fa, en = append(fa, reason.FA), append(en, reason.EN)
	}
	m.Corrected, m.ReasonFA, m.ReasonEN = strings.Join(corrected, " "), strings.Join(fa, " "), strings.Join(en, " ")
	return m
}

func degrees(v float64) json.Number { return json.Number(strconv.FormatFloat(v, 'f', 7, 64)) }

// wrong says why a row has no answer.
func wrong(why errs.Text) Match {
	return Match{Level: unreadable, LevelName: "error", ReasonFA: why.FA, ReasonEN: why.EN}
}
