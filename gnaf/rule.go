package gnaf

import (
	"nsdi/internal/errs"
	"nsdi/layers"
)

// rules of an address row besides the basic ones.
func rules() []layers.Rule {
	return []layers.Rule{
		{
			Code: "postcode", Severity: "E", Title: errs.T("کد پستی نادرست است", "Wrong postal code"),
			Message: errs.T("کد پستی «{value}»: {found} کد را از گواهی کد پستی دوباره وارد کنید.", "Postal code “{value}”: {found} Enter the code again from its certificate."),
		},
		{
			Code: "postcode-warn", Severity: "W", Title: errs.T("کد پستی نامعمول است", "Unusual postal code"),
			Message: errs.T("کد پستی «{value}»: {found} درستی آن را بررسی کنید.", "Postal code “{value}”: {found} Check that it is right."),
		},
		{
			Code: "postcode-unique", Severity: "E", Title: errs.T("کد پستی تکراری است", "The postal code is not unique"),
			Message: errs.T("کد پستی «{value}» در ردیف {found} هم آمده است. هر کد فقط برای یک واحد است.", "The postal code “{value}” also stands in row {found}. A code belongs to one unit only."),
		},
	}
}

// check finds what is wrong with one address. An address without a postal code is taken: not every place has one yet.
func check(attributes map[string]any) []layers.Breach {
	given, ok := attributes["postal_code"]
	if !ok {
		return nil
	}
	value := text(given)
	code := CheckPostalCode(value)
	var breaches []layers.Breach
	for _, e := range code.Errors {
		breaches = append(breaches, layers.Breach{Rule: "postcode", Field: "postal_code", Value: value, Found: e.Message})
	}
	for _, w := range code.Warnings {
		breaches = append(breaches, layers.Breach{Rule: "postcode-warn", Field: "postal_code", Value: value, Found: w.Message})
	}
	return breaches
}
