package progress

import "nsdi/internal/errs"

// areaRule says what an obligation that is measured by area counts: numerator features within denominator features.
type areaRule struct {
	obligation  string
	numerator   string // theme
	store       string // of the numerator
	denominator string // theme, in layers.feature; empty: the unit itself
	outside     string // theme whose features are taken out of both sides; may be empty
	sea         bool   // places lie off the coast and belong to the province that they are nearest to
}

// areaRules is the measure of each area obligation. They are code because each says how the law is read.
func areaRules() []areaRule {
	return []areaRule{
		{obligation: "A24-URBAN", numerator: "base-map-sheet", store: "layers.feature", denominator: "urban-boundary"},
		{obligation: "A24-REST", numerator: "base-map-sheet", store: "layers.feature", outside: "urban-boundary"},
		{obligation: "A25-URBAN", numerator: "cadastre-urban", store: "cadastre.parcel", denominator: "urban-boundary"},
		{obligation: "A25-RURAL", numerator: "cadastre-rural", store: "cadastre.parcel", denominator: "village"},
		{obligation: "A25-RANGE-FOREST", numerator: "cadastre-range-forest", store: "cadastre.parcel", denominator: "range-forest"},
		{obligation: "A25-MARINE", numerator: "cadastre-marine", store: "cadastre.parcel", denominator: "territorial-sea", sea: true},
	}
}

const (
	addresses       = "A27-GNAF"
	municipalLayers = "A26-LAYERS"
)

// touchedBy lists the obligations whose figures a change to a theme can alter. Municipal layers are not listed: they
// depend on the agencies' territories too, are cheap, and are always calculated.
func touchedBy(theme string) []string {
	if theme == "admin-unit" || theme == "admin-division" {
		all := []string{addresses}
		for _, r := range areaRules() {
			all = append(all, r.obligation)
		}
		return all
	}
	if theme == "gnaf-address" || theme == "expected-addresses" {
		return []string{addresses}
	}
	var found []string
	for _, r := range areaRules() {
		if theme == r.numerator || theme == r.denominator || theme == r.outside {
			found = append(found, r.obligation)
		}
	}
	return found
}

// article is one of the five that the report has a card for.
type article struct {
	number string
	title  errs.Text
	codes  []string
}

func articles() []article {
	return []article{
		{"23", errs.T("زیرساخت ملی داده مکانی", "National spatial data infrastructure"), []string{"A23", "A23-N2"}},
		{"24", errs.T("نقشه‌های پایه", "Base maps"), []string{"A24-URBAN", "A24-REST"}},
		{"25", errs.T("کاداستر", "Cadastre"), []string{"A25-URBAN", "A25-RURAL", "A25-RANGE-FOREST", "A25-MARINE", "A25-INQUIRY"}},
		{"26", errs.T("لایه‌های شهری", "Municipal layers"), []string{municipalLayers}},
		{"27", errs.T("نشانی مکان‌محور", "Address file (GNAF)"), []string{addresses, "A27-INQUIRY"}},
	}
}
