package layers

import "nsdi/internal/errs"

// addedRules came with version 3 of the rule set.
func addedRules() []Definition {
	rule := func(code, severity string, scope Scope, reference string, title, message errs.Text, parameters ...Parameter) Definition {
		return Definition{
			Rule:  Rule{Code: code, Severity: severity, Title: title, Message: message},
			Scope: scope, Since: 3, Reference: reference, Parameters: parameters, Excusable: true,
		}
	}
	remedied := func(d Definition, fa, en string) Definition { d.Remedy = errs.T(fa, en); return d }
	only := func(d Definition, geometries ...string) Definition { d.Geometries = geometries; return d }
	parameter := func(name, unit string, value float64, fa, en string) Parameter {
		return Parameter{Name: name, Unit: unit, Default: value, Title: errs.T(fa, en)}
	}
	least := parameter("min_features", "", 20, "کمترین عارضه منتشرشده", "Features that have to be published for the rule to hold")
	sample := parameter("sample", "", 200, "نمونه", "Features that are compared")
	const guard = "data-formats"
	return append([]Definition{
		remedied(rule("text-mojibake", "W", FieldScope, "Unicode UTS 22",
			errs.T("متن با رمزگذاری نادرست", "Text in the wrong encoding"),
			errs.T("متن «{value}» در «{attribute}» با رمزگذاری نادرست خوانده شده است. رمزگذاری پرونده را بگویید.",
				"The text “{value}” of {attribute} was read in the wrong encoding. Say the file's encoding.")),
			"متن با رمزگذاری درست خوانده می‌شود", "The text is read in the encoding that it has"),
		remedied(rule("text-control", "W", FieldScope, "Unicode C0, C1 and bidirectional controls",
			errs.T("نویسه کنترلی در متن", "Control characters in text"),
			errs.T("متن «{attribute}» نویسه‌های نادیدنی دارد. آن‌ها را بردارید.", "The text of {attribute} has invisible control characters. Take them out.")),
			"نویسه‌های کنترلی برداشته می‌شوند", "Control characters are taken out"),
		remedied(rule("text-arabic-letters", "W", FieldScope, "ISIRI 6219",
			errs.T("حرف عربی به‌جای فارسی", "Arabic letters instead of Persian ones"),
			errs.T("متن «{value}» در «{attribute}» ي یا ك عربی دارد. «ی» و «ک» فارسی بنویسید.", "The text “{value}” of {attribute} has the Arabic letters ي or ك. Write the Persian ی and ک.")),
			"«ی» و «ک» فارسی نوشته می‌شود", "The Persian letters ی and ک are written"),
		remedied(rule("text-spaces", "I", FieldScope, "BAL espaces_debut_fin",
			errs.T("فاصله زیادی در متن", "Superfluous spaces"),
			errs.T("متن «{attribute}» در آغاز، پایان یا میان خود فاصله زیادی دارد.", "The text of {attribute} has superfluous spaces at its ends or within.")),
			"فاصله‌های زیادی برداشته می‌شوند", "Superfluous spaces are taken out"),
		rule("text-long", "W", FieldScope, "data-formats",
			errs.T("متن بسیار بلند", "Very long text"),
			errs.T("متن «{attribute}» {measure} نویسه دارد. آیا ستون درست انتخاب شده است؟", "The text of {attribute} has {measure} characters. Is it the right column?"),
			parameter("characters", "", 1000, "بیشترین نویسه", "Characters that a value may have")),
		rule("date-implausible", "W", FieldScope, "CAD-A07",
			errs.T("تاریخ نامعقول", "Implausible date"),
			errs.T("تاریخ «{value}» در «{attribute}» پیش از ۱۲۹۰ یا در آینده است. آن را بررسی کنید.", "The date “{value}” of {attribute} is before 1911 or in the future. Check it."),
			parameter("earliest", "year", 1911, "نخستین سال میلادی", "First year"), parameter("ahead", "day", 366, "روزهای آینده", "Days ahead of today")),
		remedied(rule("coordinates-swapped", "W", RowScope, "CAD-G10",
			errs.T("طول و عرض جابه‌جا", "Longitude and latitude swapped"),
			errs.T("این عارضه فقط با جابه‌جایی طول و عرض در ایران است ({proposed}).", "The feature lies in Iran only with longitude and latitude the other way round ({proposed}).")),
			"طول و عرض جابه‌جا می‌شوند", "Longitude and latitude change places"),
		only(rule("polygon-tiny", "W", RowScope, "LADM-COL R3", errs.T("پهنه بسیار کوچک یا باریک", "Tiny or very thin area"),
			errs.T("مساحت این پهنه {measure} مترمربع است{found}. آیا بازمانده یک ویرایش است؟", "The area has {measure} m²{found}. Is it left over from editing?"),
			parameter("area", "m²", 0.5, "کمترین مساحت", "Least area"), parameter("width", "m", 0.05, "کمترین پهنا", "Least mean width"),
			parameter("below", "m²", 50, "مساحتی که پهنا تا آن سنجیده می‌شود", "Area up to which the width is measured")), "polygon"),
		only(rule("line-short", "W", RowScope, "LADM-COL R2", errs.T("خط بی‌درازا", "Line without length"),
			errs.T("درازای این خط {measure} متر است.", "The line is {measure} m long."), parameter("length", "m", 0.05, "کمترین درازا", "Least length")), "line"),
		rule("geometry-duplicate", "W", CrossScope, "CAD-T06",
			errs.T("هندسه تکراری", "The same geometry twice"),
			errs.T("هندسه این عارضه همان هندسه «{other}» است. یکی از آن دو را بردارید یا جای آن را درست کنید.",
				"The feature has the same geometry as “{other}”. Remove one of them, or correct its place.")),
		only(rule("points-near", "W", CrossScope, "LADM-COL R1", errs.T("نقطه‌های بسیار نزدیک", "Points very near each other"),
			errs.T("این نقطه {measure} متر با «{other}» فاصله دارد. آیا همان است؟", "The point is {measure} m from “{other}”. Is it the same?"),
			parameter("distance", "m", 0.5, "فاصله", "Distance")), "point"),
		only(rule("overlap", "W", CrossScope, "CAD-T01", errs.T("هم‌پوشانی در تحویل", "Overlap within the delivery"),
			errs.T("این پهنه {measure} مترمربع با «{other}» هم‌پوشانی دارد. مرز مشترک را درست کنید.", "The area overlaps “{other}” by {measure} m². Correct their boundary."),
			parameter("area", "m²", 0.05, "هم‌پوشانی مجاز", "Overlap that is let pass")), "polygon"),
	}, deliveryRules(rule, least, sample, guard)...)
}

type makeRule func(code, severity string, scope Scope, reference string, title, message errs.Text, parameters ...Parameter) Definition

// deliveryRules look at the delivery as a whole.
func deliveryRules(rule makeRule, least, sample Parameter, guard string) []Definition {
	share := func(value float64) Parameter {
		return Parameter{Name: "share", Unit: "%", Default: value, Title: errs.T("سهم", "Share")}
	}
	return []Definition{
		rule("crs-zone", "W", FileScope, "CAD-G10", errs.T("زون نادرست", "Wrong UTM zone"),
			errs.T("با سامانه مختصات {value} بیشتر عارضه‌ها بیرون از قلمرو است و با {found} درون آن. سامانه مختصات را بررسی کنید.",
				"Read in {value} most features lie outside the territory, read in {found} they lie within. Check the reference system."), share(90), sample),
		rule("crs-datum", "W", NeighbourScope, "CAD-G10, EPSG:1514", errs.T("سطح مبنا را بررسی کنید", "Check the datum"),
			errs.T("عارضه‌ها به اندازه ثابت {measure} متر از آنچه منتشر شده جابه‌جا است. آیا داده در ED50(ED77) است؟",
				"The features lie a constant {measure} m off what is published. Are they in ED50(ED77)?"),
			Parameter{Name: "least", Unit: "m", Default: 150, Title: errs.T("کمترین جابه‌جایی", "Least offset")},
			Parameter{Name: "most", Unit: "m", Default: 200, Title: errs.T("بیشترین جابه‌جایی", "Largest offset")}, share(60), sample),
		rule("mass-removal", "W", NeighbourScope, guard, errs.T("حذف گسترده", "Mass removal"),
			errs.T("{measure} درصد عارضه‌های منتشرشده در این تحویل نیست. تأیید لازم است.", "{measure} % of the published features are not in the delivery. It has to be confirmed."), share(20), least),
		rule("mass-removal-extreme", "E", NeighbourScope, guard, errs.T("حذف تقریباً همه", "Removal of nearly everything"),
			errs.T("{measure} درصد عارضه‌های منتشرشده در این تحویل نیست. آیا پرونده ناقص است؟", "{measure} % of the published features are not in the delivery. Is the file incomplete?"), share(80), least),
		rule("geometry-moved", "W", NeighbourScope, guard, errs.T("جابه‌جایی گسترده", "Mass move"),
			errs.T("هندسه {measure} درصد عارضه‌ها دگرگون شده است.", "The geometry of {measure} % of the features has changed."), share(10), least),
		rule("keys-changed", "W", NeighbourScope, "CAD-D01", errs.T("کلیدها عوض شده است", "Keys have changed"),
			errs.T("{measure} درصد عارضه‌ها همان هندسه را با کلیدی دیگر دارند. کلید هر عارضه باید بماند.",
				"{measure} % of the features have the same geometry under another key. A feature keeps its key."), share(10), least),
		rule("extent-moved", "W", NeighbourScope, guard, errs.T("گستره جابه‌جا شده است", "The extent has moved"),
			errs.T("این تحویل فقط {measure} درصد گستره منتشرشده را می‌پوشاند.", "The delivery covers only {measure} % of the extent that is published."), share(50), least),
		rule("source-date-missing", "W", FileScope, "ISO 19115 lineage", errs.T("تاریخ برداشت نیامده است", "No date of survey"),
			errs.T("هیچ ردیفی «{attribute}» ندارد. تاریخ برداشت داده را بنویسید.", "No row has {attribute}. Write when the data were collected.")),
		rule("accuracy-missing", "W", FileScope, "CAD-A10", errs.T("دقت نیامده است", "No accuracy"),
			errs.T("هیچ ردیفی «{attribute}» ندارد. دقت برداشت را بنویسید.", "No row has {attribute}. Write the accuracy of the survey.")),
		{
			Rule: Rule{
				Code: "fixed", Severity: "I", Title: errs.T("خودکار اصلاح شد", "Corrected automatically"),
				Message: errs.T("«{value}» به «{proposed}» اصلاح شد ({found}).", "“{value}” was corrected to “{proposed}” ({found})."),
			},
			Scope: RowScope, Since: 3, Fixed: true, Reference: "BAL autofix",
		},
	}
}
