package layers

import (
	"strconv"
	"strings"

	"nsdi/geo"
	"nsdi/internal/errs"
)

// Rule is one check of the basic rule set: its code, how grave a finding is (E refuses the row, W does not), and its text.
type Rule struct {
	Code     string
	Severity string
	Title    errs.Text
	// Message may name the {attribute}, the {value}, and what else the rule {found}; the {proposed} value, the {measure} and the {other} feature's key.
	Message errs.Text
}

// ruleSet is recorded with each report, so that a past result can be understood.
const ruleSet = "nsdi-12"

// basicRules hold for every theme. Stores add theirs.
func basicRules() map[string]Rule {
	list := []Rule{
		{
			"row-unreadable", "E", errs.T("ردیف خوانده نشد", "The row could not be read"),
			errs.T("ردیف خوانده نشد ({found}) {value}. عارضه را از نو ترسیم یا ساده کنید.", "The row could not be read ({found}) {value}. Draw the feature again, or simplify it."),
		},
		{
			"geometry-missing", "E", errs.T("هندسه ندارد", "No geometry"),
			errs.T("این ردیف مکان ندارد. مختصات آن را وارد کنید یا ردیف را حذف کنید.", "The row has no place. Enter its coordinates or remove the row."),
		},
		{
			"geometry-type", "E", errs.T("نوع هندسه نادرست است", "Wrong type of geometry"),
			errs.T("این موضوع هندسه {found} نمی‌پذیرد. این ردیف را از تحویل بردارید یا در موضوع خودش تحویل دهید.", "The theme does not take a {found}. Take the row out, or deliver it to a theme of its own."),
		},
		{
			"geometry-structure", "E", errs.T("ساختار هندسه خراب است", "The geometry is damaged"),
			errs.T("ساختار هندسه نادرست است ({found}). عارضه را از نو ترسیم کنید.", "The geometry's structure is wrong ({found}). Draw the feature again."),
		},
		{
			"geometry-invalid", "E", errs.T("هندسه نامعتبر است", "Invalid geometry"),
			errs.T("مرز عارضه در این نقطه نادرست است ({found}). آن را در نرم‌افزار خود اصلاح کنید.", "The boundary is wrong at this place ({found}). Mend it in your software."),
		},
		{
			"coordinates-out-of-range", "E", errs.T("مختصات خارج از محدوده است", "Coordinates out of range"),
			errs.T("مختصات در سامانه مختصات اعلام‌شده ({found}) جایی روی زمین نیست. سامانه مختصات را بررسی کنید.", "The coordinates are no place on the map in the declared reference system ({found}). Check the reference system."),
		},
		{
			"outside-territory", "E", errs.T("خارج از قلمرو", "Outside the territory"),
			errs.T("عارضه {found} بیرون از قلمرو دستگاه است. مختصات یا قلمرو را بررسی کنید.", "The feature lies outside the agency's territory{found}. Check the coordinates or the territory."),
		},
		{
			"required", "E", errs.T("ویژگی الزامی خالی است", "A required attribute is empty"),
			errs.T("«{attribute}» الزامی است و خالی است. آن را پر کنید.", "{attribute} is required and empty. Fill it in."),
		},
		{
			"type", "E", errs.T("مقدار ویژگی خوانده نشد", "The value cannot be read"),
			errs.T("مقدار «{value}» برای «{attribute}» از نوع {found} نیست. آن را اصلاح کنید.", "The value “{value}” of {attribute} is not of type {found}. Correct it."),
		},
		{
			"type-optional", "W", errs.T("مقدار ویژگی اختیاری کنار گذاشته شد", "An optional value was left out"),
			errs.T("مقدار «{value}» برای «{attribute}» از نوع {found} نیست و کنار گذاشته شد.", "The value “{value}” of {attribute} is not of type {found} and was left out."),
		},
		{
			"domain", "E", errs.T("مقدار در فهرست مجاز نیست", "The value is not in the code list"),
			errs.T("مقدار «{value}» برای «{attribute}» مجاز نیست. مقادیر مجاز: {found}.", "The value “{value}” of {attribute} is not allowed. Allowed are: {found}."),
		},
		{
			"range", "E", errs.T("مقدار بیرون از بازه است", "The value is out of range"),
			errs.T("مقدار «{value}» برای «{attribute}» باید {found} باشد. آن را اصلاح کنید.", "The value “{value}” of {attribute} has to be {found}. Correct it."),
		},
		{
			"range-optional", "W", errs.T("مقدار اختیاری بیرون از بازه کنار گذاشته شد", "An optional value out of range was left out"),
			errs.T("مقدار «{value}» برای «{attribute}» باید {found} باشد و کنار گذاشته شد.", "The value “{value}” of {attribute} has to be {found}, and was left out."),
		},
		{
			"key-missing", "E", errs.T("کلید ندارد", "No key"),
			errs.T("کلید عارضه خالی است. هر عارضه شناسه‌ای پایدار لازم دارد.", "The feature's key is empty. Every feature needs a lasting identifier."),
		},
		{
			"key-not-unique", "E", errs.T("کلید تکراری است", "The key is not unique"),
			errs.T("کلید «{value}» در ردیف {found} هم آمده است. هر کلید فقط برای یک عارضه است.", "The key “{value}” also stands in row {found}. A key belongs to one feature only."),
		},
		{
			"row-repeated", "W", errs.T("ردیف تکراری است", "The same row again"),
			errs.T("این ردیف همان ردیف {found} است و یک بار گرفته شد.", "The row equals row {found} and was taken once."),
		},
	}
	set := make(map[string]Rule, len(list))
	for _, r := range list {
		set[r.Code] = r
	}
	return set
}

// message renders the text of a finding.
func (r Rule) message(attribute errs.Text, f *Finding, value, found string) errs.Text {
	what := errs.T(found, found)
	if fa, en, both := strings.Cut(found, bilingual); both {
		what = errs.T(fa, en)
	} else if words, known := findings()[found]; known {
		what = words
	} else if isAmount(found) {
		what.FA = errs.Decimals(found)
	}
	values, proposals := errs.T(value, value), errs.T(f.Proposed, f.Proposed)
	if f.Field == "" && f.Proposed != "" { // it is no value of an attribute, but what a geometry was and is
		values, proposals = worded(value), worded(f.Proposed)
	}
	measured := ""
	if f.Measure != nil {
		measured = strconv.FormatFloat(*f.Measure, 'f', -1, 64)
	}
	render := func(text, attribute, value, found, proposed, measure string) string {
		return filled(text, func(name string) (string, bool) {
			switch name {
			case "attribute":
				return attribute, true
			case "value":
				return value, true
			case "found":
				return found, true
			case "proposed":
				return proposed, true
			case "measure":
				return measure, true
			case "other":
				return f.Other, true
			}
			return "", false
		})
	}
	return errs.T(render(r.Message.FA, attribute.FA, values.FA, what.FA, proposals.FA, errs.Decimals(measured)), render(r.Message.EN, attribute.EN, values.EN, what.EN, proposals.EN, measured))
}

// worded are the words for a code of findings, or the text itself.
func worded(text string) errs.Text {
	if words, known := findings()[text]; known {
		return words
	}
	return errs.T(text, text)
}

// isAmount tells of the number of a row, or of an amount: Persian texts write them in Persian digits.
func isAmount(text string) bool {
	return text != "" && strings.Trim(text, "0123456789.") == ""
}

// filled puts values in the place of their names in braces. Of tens of thousands of findings a strings.Replacer is made as often, which takes most of the time.
func filled(text string, value func(name string) (string, bool)) string {
	var out strings.Builder
	for {
		before, rest, more := strings.Cut(text, "{")
		out.WriteString(before)
		if !more {
			return out.String()
		}
		name, after, closed := strings.Cut(rest, "}")
		if v, known := value(name); known && closed {
			out.WriteString(v)
			text = after
			continue
		}
		out.WriteByte('{')
		text = rest
	}
}

// bilingual stands between the Persian and the English words for what a store's own rule found.
const bilingual = "\x1f"

// findings are the words for what a rule found, where it is not a value.
func findings() map[string]errs.Text {
	return map[string]errs.Text{
		thin:                            errs.T(" و بسیار باریک است", " and is very thin"),
		flipped:                         errs.T("(طول و عرض جغرافیایی جابه‌جا به نظر می‌رسد)", " (longitude and latitude look swapped)"),
		"text":                          errs.T("متن", "text"),
		"int":                           errs.T("عدد صحیح", "whole number"),
		"number":                        errs.T("عدد", "number"),
		"date":                          errs.T("تاریخ", "date (YYYY-MM-DD)"),
		"boolean":                       errs.T("بله یا خیر", "yes or no"),
		"too-long":                      errs.T("بیش از اندازه بزرگ", "too large"),
		"geometry-unreadable":           errs.T("هندسه ناخوانا", "unreadable geometry"),
		"rings-open":                    errs.T("مرز باز", "open boundary"),
		"malformed":                     errs.T("داده ناقص", "malformed data"),
		"unsupported-type":              errs.T("نوع پشتیبانی‌نشده", "unsupported type"),
		"not-finite":                    errs.T("مختصات نامعین", "coordinates that are not numbers"),
		"ring-open":                     errs.T("حلقه باز", "open ring"),
		"ring-closed":                   errs.T("حلقه بسته", "closed ring"),
		"made-valid":                    errs.T("هندسه درست", "valid geometry"),
		"too-few-points":                errs.T("نقاط کمتر از حد لازم", "too few points"),
		"too-many-vertices":             errs.T("بیش از دو میلیون رأس", "more than two million vertices"),
		geo.Point.String():              errs.T("نقطه", "point"),
		geo.LineString.String():         errs.T("خط", "line"),
		geo.Polygon.String():            errs.T("پهنه", "polygon"),
		geo.MultiPoint.String():         errs.T("چندنقطه‌ای", "multipoint"),
		geo.MultiLineString.String():    errs.T("چندخطی", "multiline"),
		geo.MultiPolygon.String():       errs.T("چندپهنه‌ای", "multipolygon"),
		geo.GeometryCollection.String(): errs.T("آمیخته", "geometry collection"),
		// what PostGIS says of a geometry that is not valid
		"Self-intersection":                    errs.T("مرز خود را قطع می‌کند", "Self-intersection"),
		"Ring Self-intersection":               errs.T("حلقه خود را قطع می‌کند", "Ring Self-intersection"),
		"Hole lies outside shell":              errs.T("حفره بیرون از مرز است", "Hole lies outside shell"),
		"Holes are nested":                     errs.T("حفره‌ها درون یکدیگرند", "Holes are nested"),
		"Interior is disconnected":             errs.T("درون عارضه پیوسته نیست", "Interior is disconnected"),
		"Nested shells":                        errs.T("بخش‌ها درون یکدیگرند", "Nested shells"),
		"Duplicate Rings":                      errs.T("حلقه تکراری", "Duplicate Rings"),
		"Too few points in geometry component": errs.T("نقاط کمتر از حد لازم", "Too few points in geometry component"),
	}
}

// flipped is found where a feature would lie in its territory with its coordinates the other way round.
const flipped = "~flipped"

// thin is found where an area is too narrow, though not too small.
const thin = "~thin"
