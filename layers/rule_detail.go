package layers

import "nsdi/internal/errs"

// details say what the catalogue shows of the rules that were there from the beginning. Their texts are in basicRules and modeRules.
func details() map[string]Definition {
	must := func(scope Scope, reference string) Definition {
		return Definition{Scope: scope, Since: 1, Fixed: true, Reference: reference}
	}
	may := func(scope Scope, reference string) Definition {
		return Definition{Scope: scope, Since: 1, Excusable: true, Reference: reference}
	}
	const simple = "OGC 06-103r4 6.1"
	set := map[string]Definition{
		"row-unreadable":           must(RowScope, "OGC 06-103r4"),
		"geometry-missing":         must(RowScope, "ISO 19157 completeness"),
		"geometry-type":            must(RowScope, "Art. 23"),
		"geometry-structure":       must(RowScope, simple),
		"geometry-invalid":         must(RowScope, simple),
		"coordinates-out-of-range": must(RowScope, "EPSG area of use"),
		"outside-territory":        may(RowScope, "Art. 26"),
		"required":                 must(FieldScope, "ISO 19157 completeness"),
		"type":                     must(FieldScope, "ISO 19157 format consistency"),
		"type-optional":            {Scope: FieldScope, Since: 1, Reference: "ISO 19157 format consistency"},
		"domain":                   must(FieldScope, "ISO 19157 domain consistency"),
		"range":                    {Scope: FieldScope, Since: 2, Fixed: true, Reference: "ISO 19157 domain consistency"},
		"range-optional":           {Scope: FieldScope, Since: 2, Reference: "ISO 19157 domain consistency"},
		"key-missing":              must(FieldScope, "ISO 19157 completeness"),
		"key-not-unique":           must(CrossScope, "ISO 19157 conceptual consistency"),
		"row-repeated":             {Scope: CrossScope, Since: 1, Fixed: true, Reference: "ISO 19157 completeness (commission)"},
		"key-published":            must(NeighbourScope, "Art. 25"),
		"key-not-published":        {Scope: NeighbourScope, Since: 1, Reference: "Art. 25"},
	}
	for code, remedy := range map[string]errs.Text{
		"geometry-structure": errs.T("مرز باز بسته می‌شود", "An open ring is closed"),
		"geometry-invalid":   errs.T("هندسه درست می‌شود، اگر مساحت کمتر از یک هزارم دگرگون شود", "The geometry is made valid where its area changes by less than 0.1 %"),
		"type":               errs.T("جداکننده هزارگان برداشته می‌شود", "Separators of thousands are taken out"),
		"type-optional":      errs.T("جداکننده هزارگان برداشته می‌شود", "Separators of thousands are taken out"),
	} {
		d := set[code]
		d.Remedy = remedy
		set[code] = d
	}
	return set
}
