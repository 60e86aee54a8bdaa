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
		{
			Code: "number-range", Severity: "W", Title: errs.T("پلاک پذیرفته نشد", "The house number was left out"),
			Message: errs.T("پلاک «{value}» میان ۱ و ۹۹۹۹۸ نیست؛ نشانی بدون پلاک گرفته شد.", "The house number {value} is not between 1 and 99998; the address was taken without one."),
		},
	}
}

// check finds what is wrong with one address. An address without a postal code or number is taken: not every place has one yet. A number that cannot be one
// is taken out; registers write 0 where there is none.
func check(attributes map[string]any) []layers.Breach {
	var breaches []layers.Breach
	if n, ok := attributes["number"].(int64); ok && (n < 1 || n > 99_998) {
		breaches = append(breaches, layers.Breach{Rule: "number-range", Field: "number", Value: text(n)})
		delete(attributes, "number")
	}
	given, ok := attributes["postal_code"]
	if !ok {
		return breaches
	}
	value := text(given)
	code := CheckPostalCode(value)
	for _, e := range code.Errors {
		breaches = append(breaches, layers.Breach{Rule: "postcode", Field: "postal_code", Value: value, Found: e.Message})
	}
	for _, w := range code.Warnings {
		breaches = append(breaches, layers.Breach{Rule: "postcode-warn", Field: "postal_code", Value: value, Found: w.Message})
	}
	return breaches
}
