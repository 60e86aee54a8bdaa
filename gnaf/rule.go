package gnaf

import (
	"unicode"

	"nsdi/internal/errs"
	"nsdi/layers"
)

// definitions are the rules of addresses besides those of all themes. Their aliases are the keys of the catalogue of rules of the register; ADR-date, ADR-mass and a part of
// ADR-identity are rules of all themes.
func definitions() []layers.Definition {
	return append(append(codeRules(), fieldRules()...), placeRules()...)
}

// codeRules are those of postal codes.
func codeRules() []layers.Definition {
	moved := layers.Parameter{Name: "distance", Unit: "m", Default: 200, Title: errs.T("بیشترین جابه‌جایی", "Largest distance")}
	return []layers.Definition{
		definition("ADR-postcode", "postcode", "E", layers.FieldScope, errs.T("کد پستی نادرست است", "Wrong postal code"),
			errs.T("کد پستی «{value}»: {found} کد را از گواهی کد پستی دوباره وارد کنید.", "Postal code “{value}”: {found} Enter the code again from its certificate.")),
		definition("ADR-postcode", "postcode-missing", "I", layers.FieldScope, errs.T("کد پستی ندارد", "No postal code"),
			errs.T("این واحد کد پستی ندارد. برای آن از پست کد بخواهید.", "The unit has no postal code. Ask the Post for one.")),
		definition("ADR-postcode-warn", "postcode-warn", "W", layers.FieldScope, errs.T("کد پستی نامعمول است", "Unusual postal code"),
			errs.T("کد پستی «{value}»: {found} درستی آن را بررسی کنید.", "Postal code “{value}”: {found} Check that it is right.")),
		definition("ADR-postcode-unique", "postcode-unique", "E", layers.CrossScope, errs.T("کد پستی تکراری است", "The postal code is not unique"),
			errs.T("کد پستی «{value}» در ردیف {found} هم آمده است. هر کد فقط برای یک واحد است.", "The postal code “{value}” also stands in row {found}. A code belongs to one unit only.")),
		definition("ADR-postcode-unique", "postcode-published", "E", layers.NeighbourScope, errs.T("کد پستی از آن واحد دیگری است", "The postal code is another unit's"),
			errs.T("کد پستی «{value}» در داده منتشرشده همین دستگاه از آن «{other}» است. کد درست را بنویسید، یا آن واحد را هم تحویل دهید.",
				"In the published data of the same agency the postal code “{value}” is that of “{other}”. Write the right code, or deliver that unit too.")),
		definition("ADR-postcode-unique", "postcode-conflict", "W", layers.NeighbourScope, errs.T("ناهم‌خوانی با متولی دیگر", "Conflict with another custodian"),
			errs.T("کد پستی «{value}» نزد متولی دیگر ({found}) از آن نشانی دیگری است: «{other}». با آن متولی بررسی کنید؛ این ردیف پذیرفته می‌شود.",
				"With another custodian ({found}) the postal code “{value}” is that of another address: “{other}”. Clear it up with them; the row is taken.")),
		definition("ADR-moved", "postcode-moved", "W", layers.NeighbourScope, errs.T("کد پستی جابه‌جا شده است", "The postal code has moved"),
			errs.T("جای کد پستی «{value}» نسبت به نسخه منتشرشده {measure} متر جابه‌جا شده است. مکان را بررسی کنید.",
				"The postal code “{value}” lies {measure} m from where it is published. Check the place."), moved),
	}
}

// fieldRules are those of one row's values, and of addresses that are the same.
func fieldRules() []layers.Definition {
	return []layers.Definition{
		definition("ADR-number", "number-range", "W", layers.FieldScope, errs.T("پلاک پذیرفته نشد", "The house number was left out"),
			errs.T("پلاک «{value}» میان ۱ و ۹۹۹۹۸ نیست؛ نشانی بدون پلاک گرفته شد.", "The house number {value} is not between 1 and 99998; the address was taken without one.")),
		definition("ADR-number", "number-odd", "W", layers.FieldScope, errs.T("پلاک نامعمول است", "Unusual house number"),
			errs.T("پلاک «{value}» به شکل «{found}» گرفته شد. عدد را در ستون پلاک و دنباله آن را در ستون پسوند بنویسید.",
				"The house number “{value}” was taken as “{found}”. Write the number in its column, and what follows it in that of the suffix.")),
		definition("ADR-number", "number-missing", "I", layers.FieldScope, errs.T("پلاک ندارد", "No house number"),
			errs.T("این نشانی پلاک ندارد. اگر دارد آن را بنویسید.", "The address has no house number. Write it, if there is one.")),
		definition("ADR-street", "address-unread", "W", layers.FieldScope, errs.T("بخشی از نشانی خوانده نشد", "A part of the address could not be read"),
			errs.T("در نشانی «{value}» روشن نیست که «{found}» چیست. آن را در ستون خودش بنویسید.", "In the address “{value}” it is not clear what “{found}” is. Write it in a column of its own.")),
		definition("ADR-street", "street-name", "E", layers.FieldScope, errs.T("نام معبر پذیرفتنی نیست", "The name of the way cannot be one"),
			errs.T("نام «{value}» {found}. نام معبر را چنان‌که بر تابلو است بنویسید.", "The name “{value}” {found}. Write the name of the way as its sign has it.")),
		definition("ADR-street", "street-latin", "W", layers.FieldScope, errs.T("نام معبر لاتین است", "The name of the way is in Latin letters"),
			errs.T("نام «{value}» فقط حرف لاتین دارد. نام فارسی را بنویسید و لاتین را در موضوع gnaf-way-alias بیاورید.",
				"The name “{value}” has Latin letters only. Write the Persian name, and deliver the Latin one in the theme gnaf-way-alias.")),
		definition("ADR-duplicate", "address-duplicate", "E", layers.CrossScope, errs.T("نشانی تکراری است", "The same address twice"),
			errs.T("همین معبر، پلاک، پسوند و واحد در «{other}» هم آمده است. یکی از دو ردیف را بردارید، یا واحد را بنویسید.",
				"The same way, number, suffix and unit also stand in “{other}”. Remove one of the two rows, or tell their units apart.")),
		added(11, definition("ADR-identity", "alias-with-code", "E", layers.FieldScope, errs.T("نشانی دیگر کد پستی ندارد", "Another address has no postal code"),
			errs.T("این ردیف نشانی دیگری از همان مکان است و کد «{value}» از آن نشانی اصلی است. کد را در ردیف نشانی اصلی بنویسید.",
				"The row is another address of the same place, and the code “{value}” is the principal address's. Write the code there."))),
		added(11, definition("ADR-identity", "alias-unknown", "E", layers.NeighbourScope, errs.T("نشانی اصلی پیدا نشد", "The principal address is not there"),
			errs.T("«{value}» نه در این تحویل و نه در داده منتشرشده نشانی اصلی است. شناسه نشانی اصلی را بنویسید.",
				"“{value}” is a principal address neither in this delivery nor in the published data. Write the identifier of the principal address."))),
		definition("ADR-identity", "address-renamed", "W", layers.NeighbourScope, errs.T("شناسه نشانی عوض شده است", "The address has another identifier"),
			errs.T("همین نشانی با شناسه «{other}» منتشر شده است. شناسه هر نشانی باید بماند.", "The same address is published under “{other}”. An address keeps its identifier.")),
		definition("ADR-identity", "identifier-reused", "E", layers.NeighbourScope, errs.T("شناسه به نشانی دیگری داده شده است", "The identifier was given to another address"),
			errs.T("شناسه این ردیف در داده منتشرشده از نشانی دیگری است، {measure} متر دورتر («{value}»). شناسه تازه‌ای بدهید.",
				"The identifier is published as that of another address, {measure} m away (“{value}”). Give the new address an identifier of its own."),
			layers.Parameter{Name: "distance", Unit: "m", Default: 200, Title: errs.T("فاصله‌ای که تا آن همان نشانی شمرده می‌شود", "Distance up to which it is taken for the same address")}),
	}
}

// placeRules are those of where an address is.
func placeRules() []layers.Definition {
	parameter := func(name, unit string, value float64, fa, en string) layers.Parameter {
		return layers.Parameter{Name: name, Unit: unit, Default: value, Title: errs.T(fa, en)}
	}
	return []layers.Definition{
		definition("ADR-admin", "admin-unknown", "E", layers.NeighbourScope, errs.T("واحد تقسیماتی نادرست", "Wrong administrative unit"),
			errs.T("«{value}» در «{attribute}» استانی از کشور نیست، یا زیر واحدهای بالاتر همین ردیف نیست. نام یا کد درست را بنویسید.",
				"“{value}” of {attribute} is no province of the country, or not below the units that the row names above it. Write the right name or code.")),
		definition("ADR-admin", "admin-unlisted", "W", layers.NeighbourScope, errs.T("واحد تقسیماتی در فهرست نیست", "Administrative unit that is not in the list"),
			errs.T("«{value}» در «{attribute}» در فهرست منتشرشده تقسیمات نیست. نام یا کد را بررسی کنید، یا فهرست را کامل کنید.",
				"“{value}” of {attribute} is not in the published list of administrative units. Check the name or code, or complete the list.")),
		definition("ADR-in-unit", "outside-unit", "E", layers.NeighbourScope, errs.T("بیرون از واحد خود", "Outside its administrative unit"),
			errs.T("نقطه {measure} متر بیرون از «{value}» است. مکان یا نام واحد را درست کنید.", "The point lies {measure} m outside “{value}”. Correct the place, or the name of the unit."),
			parameter("urban", "m", 50, "رواداری در شهر", "Tolerance in a city"), parameter("rural", "m", 500, "رواداری بیرون از شهر", "Tolerance elsewhere")),
		definition("ADR-lonlat-xy", "coordinates-disagree", "E", layers.RowScope, errs.T("دو مختصات با هم نمی‌خواند", "The two positions differ"),
			errs.T("طول و عرض جغرافیایی {measure} متر با X و Y فاصله دارد. یکی از دو را درست کنید.", "Longitude and latitude lie {measure} m from X and Y. Correct one of the two."),
			parameter("distance", "m", 10, "بیشترین فاصله", "Largest distance")),
		definition("ADR-on-road", "on-road", "W", layers.NeighbourScope, errs.T("نقطه در میان معبر یا آب", "On a road or in water"),
			errs.T("نقطه در سطح معبر یا در آب «{other}» است ({measure} متر تا محور). آن را به در ساختمان ببرید.", "The point lies on the surface of a road or in water, “{other}” ({measure} m from its axis). Move it to the door."),
			parameter("axis", "m", 1, "فاصله از محور، اگر عرض معلوم نیست", "Distance from the axis, where the width is not known"),
			parameter("share", "%", 25, "سهم از عرض معبر، از محور", "Share of the width, from the axis")),
		definition("ADR-stacked", "addresses-stacked", "W", layers.CrossScope, errs.T("نشانی‌های بسیار در یک نقطه", "Many addresses at one point"),
			errs.T("{measure} نشانی جدا درست در یک نقطه است. جای هر پلاک را برداشت کنید.", "{measure} separate addresses lie at exactly one point. Survey the place of each."),
			parameter("addresses", "", 10, "بیشترین نشانی در یک نقطه", "Most addresses at one point")),
	}
}

// settings are what the profiles say of addresses.
func settings() map[string][]layers.Setting {
	strict := []layers.Setting{{Rule: "postcode-missing", Severity: "E"}, {Rule: "number-missing", Severity: "W"}, {Rule: "postcode-conflict", Severity: "E"}, {Rule: "admin-unlisted", Severity: "E"}, {Rule: "postcode-moved", Severity: "E"}}
	var trial []layers.Setting
	for _, rule := range []string{"street-name", "address-duplicate", "identifier-reused", "admin-unknown", "outside-unit", "coordinates-disagree", "postcode-published"} {
		trial = append(trial, layers.Setting{Rule: rule, Severity: "W"})
	}
	return map[string][]layers.Setting{"strict": strict, "trial": append(trial, layers.Setting{Rule: "street-latin", Severity: "I"})}
}

// check finds what is wrong with one address. An address without a postal code or number is taken: not every place has one yet.
func check(attributes map[string]any) []layers.Breach {
	delete(attributes, wholeAddress) // its parts are kept
	breaches := checkNumber(attributes)
	for _, field := range []string{"street", "street_before"} {
		name, given := attributes[field].(string)
		if !given {
			continue
		}
		if wrong := wrongName(name); !wrong.IsZero() {
			breaches = append(breaches, layers.Breach{Rule: "street-name", Field: field, Value: name, Found: wrong})
		} else if field == "street" && latinOnly(name) {
			breaches = append(breaches, layers.Breach{Rule: "street-latin", Field: field, Value: name})
		}
	}
	given, ok := attributes["postal_code"]
	if !ok {
		if _, isAlias := attributes["alias_of"]; isAlias {
			return breaches // the code is the principal's
		}
		return append(breaches, layers.Breach{Rule: "postcode-missing", Field: "postal_code"})
	}
	if _, isAlias := attributes["alias_of"]; isAlias {
		breaches = append(breaches, layers.Breach{Rule: "alias-with-code", Field: "postal_code", Value: text(given)})
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

// latinOnly reports a text that has Latin letters, and no others.
func latinOnly(s string) bool {
	latin := false
	for _, r := range s {
		switch {
		case 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z':
			latin = true
		case r >= 0x80 && unicode.IsLetter(r) && !unicode.Is(unicode.Latin, r):
			return false
		}
	}
	return latin
}
