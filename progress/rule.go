package progress

import (
	"strconv"

	"nsdi/internal/errs"
)

// ground is what area obligations are measured against: features of a theme within administrative units, in cells of a resolution that suits their size.
type ground struct {
	kind       string
	theme      string // whose features it is; empty: the units themselves
	outside    string // theme whose features are taken out
	resolution int    // of H3: 8 is some 0.7 km², 5 some 250 km²
	sea        bool   // it lies off the coast and belongs to the province that it is nearest to
}

func grounds() []ground {
	return []ground{
		{kind: "urban", theme: "urban-boundary", resolution: 8},
		{kind: "rest", outside: "urban-boundary", resolution: 5},
		{kind: "village", theme: "village", resolution: 8},
		{kind: "range-forest", theme: "range-forest", resolution: 5},
		{kind: "sea", theme: "territorial-sea", resolution: 5, sea: true},
	}
}

func groundOf(kind string) ground {
	for _, g := range grounds() {
		if g.kind == kind {
			return g
		}
	}
	return ground{}
}

// rule says which features an obligation that is measured by area counts on its ground. They are code because each says how the law is read.
type rule struct {
	obligation string
	kind       string
	theme      string
	store      string // table
	// gate is SQL over a published feature p: one that does not pass is published and not counted.
	gate string
	// staged is the same over a row of a delivery under way, as far as it can be asked there.
	staged string
	// fresh is SQL over p: whether it is no older than it may be.
	fresh string
	// parts are what the obligation tells apart: names, and SQL over p for each.
	parts []part
	// scales: what is due is a map at each scale that is required of a city, and what no scale is required of is not known.
	scales bool
	// sheets: how many sheets of the index are there stands beside.
	sheets bool
	// plates: its parcels are counted by registration plate too, and the smaller of the two shares is the headline.
	plates bool
	// villages: it is counted by villages, of which the ground is.
	villages bool
}

// denominators are the themes that what is due is told by.
func (r rule) denominators() []string {
	themes := []string{groundTheme(r.kind)}
	if r.scales {
		themes = append(themes, scaleTheme)
	}
	if r.sheets {
		themes = append(themes, sheetTheme)
	}
	return themes
}

// part is what is told apart by a value of a feature p: the name of one is the part's with the value behind it.
type part struct{ name, sql string }

// mostSheetYears is how old a base map may be.
const mostSheetYears = 5

// freshSheet is the SQL of whether a year is no longer ago.
func freshSheet(year string) string {
	return year + ` >= extract(year from progress.moment()) - ` + strconv.Itoa(mostSheetYears)
}

// mapScales are those that Article 24 names.
func mapScales() []string { return []string{"scale-500", "scale-2000"} }

// notABox refuses axis-parallel rectangles of more than a hectare: the extent of a place that was delivered in place of its parcels. No land is registered along the
// meridians to a ten-thousandth.
func notABox(geom string) string {
	return `not (st_npoints(` + geom + `) = 5 and st_area(` + geom + `) >= 0.9999 * st_area(st_envelope(` + geom + `)) and st_area(` + geom + `::geography) > 10000)`
}

const (
	// sheetYear is the year of capture of a base map sheet by the Gregorian calendar: both are delivered.
	sheetYear = `(((p.attributes ->> 'capture_year')::float8)::int + case when (p.attributes ->> 'capture_year')::float8 < 1700 then 621 else 0 end)`
	sheetOK   = `p.attributes ->> 'accuracy_m' is not null and p.attributes ->> 'capture_year' is not null and p.attributes ->> 'scale' in ('500', '2000')`
	// freshDataset holds where the dataset was published within the update cycle of its theme.
	freshDataset = `p.dataset_id in (select f.dataset_id from progress.freshness f where f.fresh)`
	// noError keeps parcels out that contradict a published neighbour.
	noError = `not exists (select from cadastre.open_finding e where e.feature_id = p.id and e.severity = 'E')`
)

func rules() []rule {
	sheets := func(obligation, kind string) rule {
		return rule{
			obligation: obligation, kind: kind, theme: "base-map-sheet", store: "layers.feature", gate: sheetOK, staged: sheetOK,
			fresh: freshSheet(sheetYear), sheets: true,
			parts: []part{{"scale", `(p.attributes ->> 'scale')`}, {"year", sheetYear + `::text`}},
		}
	}
	parcels := func(obligation, kind, theme string, boxes bool) rule {
		r := rule{obligation: obligation, kind: kind, theme: theme, store: "cadastre.parcel", gate: noError, staged: `true`, fresh: freshDataset}
		if !boxes {
			r.gate, r.staged = r.gate+` and `+notABox("p.geom"), notABox("p.geom")
		}
		return r
	}
	cities := sheets(cityMaps, "urban")
	cities.scales = true
	urban := parcels(urbanCadastre, "urban", "cadastre-urban", false)
	urban.plates = true
	rural := parcels(ruralCadastre, "village", "cadastre-rural", false)
	rural.villages = true
	return []rule{
		cities,
		sheets(otherMaps, "rest"),
		urban,
		rural,
		parcels("A25-RANGE-FOREST", "range-forest", "cadastre-range-forest", false),
		parcels("A25-MARINE", "sea", "cadastre-marine", true), // at sea lots do follow the meridians
	}
}

const (
	cityMaps        = "A24-URBAN"
	otherMaps       = "A24-REST"
	addresses       = "A27-GNAF"
	urbanCadastre   = "A25-URBAN"
	ruralCadastre   = "A25-RURAL"
	municipalLayers = "A26-LAYERS"
)

// article is one of the five that the report has a card for.
type article struct {
	number string
	title  errs.Text
	codes  []string
}

func articles() []article {
	return []article{
		{"23", errs.T("زیرساخت ملی داده مکانی", "National spatial data infrastructure"), []string{"A23", "A23-N2"}},
		{"24", errs.T("نقشه‌های پایه", "Base maps"), []string{cityMaps, otherMaps}},
		{"25", errs.T("کاداستر", "Cadastre"), []string{"A25-URBAN", "A25-RURAL", "A25-RANGE-FOREST", "A25-MARINE", "A25-INQUIRY"}},
		{"26", errs.T("لایه‌های شهری", "Municipal layers"), []string{municipalLayers}},
		{"27", errs.T("نشانی مکان‌محور", "Address file (GNAF)"), []string{addresses, "A27-INQUIRY"}},
	}
}
