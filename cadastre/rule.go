package cadastre

import (
	"nsdi/internal/errs"
	"nsdi/layers"
)

// themes of parcels, by the levels of Article 25.
func themes() []string {
	return []string{"cadastre-urban", "cadastre-rural", "cadastre-range-forest", "cadastre-marine"}
}

// Definitions are the rules of parcels. Alias is the code of each in the catalogue of rules of the cadastre.
func Definitions() []layers.Definition {
	return append(append(fitting(), shapes()...), records()...)
}

// since is the version of the rule set that first had the rules of parcels.
const since = 5

func rule(alias, code, severity string, scope layers.Scope, title, message errs.Text, parameters ...layers.Parameter) layers.Definition {
	return layers.Definition{
		Rule:  layers.Rule{Code: code, Severity: severity, Title: title, Message: message},
		Scope: scope, Since: since, Reference: "Art. 25, " + alias, Parameters: parameters, Excusable: true, Alias: alias, Geometries: []string{"polygon"},
	}
}

func parameter(name, unit string, value float64, fa, en string) layers.Parameter {
	return layers.Parameter{Name: name, Unit: unit, Default: value, Title: errs.T(fa, en)}
}

func remedied(d layers.Definition, fa, en string) layers.Definition {
	d.Remedy = errs.T(fa, en)
	return d
}

// fitting are the rules of how parcels fit together.
func fitting() []layers.Definition {
	common := parameter("area", "m²", 0.05, "مساحتی که از آن گذشته می‌شود", "Area that is let pass")
	wide := parameter("width", "m", 0.10, "میانگین پهنایی که از آن خطا است", "Mean width from which it is this rule's, and not the narrow one's")
	narrow := parameter("width", "m", 0.001, "کمترین میانگین پهنا", "Least mean width")
	return []layers.Definition{
		rule("CAD-T01", "overlap", "E", layers.CrossScope, errs.T("هم‌پوشانی در تحویل", "Overlap within the delivery"),
			errs.T("این قطعه {measure} مترمربع با قطعه «{other}» هم‌پوشانی دارد (میانگین پهنا {found}). مرز مشترک را با هر دو سند بسنجید و درست کنید.",
				"The parcel overlaps “{other}” by {measure} m² (mean width {found}). Compare their boundary with both deeds, and correct it."), common, wide),
		rule("CAD-T01", "overlap-sliver", "W", layers.CrossScope, errs.T("هم‌پوشانی باریک در تحویل", "Narrow overlap within the delivery"),
			errs.T("نواری به مساحت {measure} مترمربع و پهنای {found} میان این قطعه و «{other}» دو بار آمده است. مرز مشترک را یکی کنید.",
				"A strip of {measure} m², {found} wide, belongs to this parcel and to “{other}”. Make their boundary one."), common, narrow),
		rule("CAD-T02", "overlap-published", "E", layers.NeighbourScope, errs.T("هم‌پوشانی با قطعه منتشرشده", "Overlap with a published parcel"),
			errs.T("این قطعه {measure} مترمربع با قطعه منتشرشده «{other}» از تحویل دیگر هم‌پوشانی دارد (میانگین پهنا {found}). مرز را درست کنید، یا از بررسی‌کننده ثبت استثنا بخواهید.",
				"The parcel overlaps the published “{other}” of another delivery by {measure} m² (mean width {found}). Correct the boundary, or ask the Registry's reviewer for an exception."), common, wide),
		rule("CAD-T02", "overlap-published-sliver", "W", layers.NeighbourScope, errs.T("هم‌پوشانی باریک با قطعه منتشرشده", "Narrow overlap with a published parcel"),
			errs.T("نواری به مساحت {measure} مترمربع و پهنای {found} میان این قطعه و «{other}» که منتشر شده است دو بار آمده است. مرز مشترک را از داده منتشرشده بگیرید.",
				"A strip of {measure} m², {found} wide, also belongs to the published “{other}”. Take the boundary from the published data."), common, narrow),
		rule("CAD-T03", "gap", "W", layers.CrossScope, errs.T("شکاف باریک", "Narrow gap"),
			errs.T("میان این قطعه و «{other}» شکافی به مساحت {measure} مترمربع و پهنای {found} است که از هیچ‌کدام نیست. مرز مشترک را یکی کنید.",
				"Between this parcel and “{other}” a gap of {measure} m², {found} wide, belongs to neither. Make their boundary one."),
			parameter("width", "m", 0.5, "بیشترین پهنا؛ بیش از آن گذر است", "Largest width; what is wider is a way"), common,
			parameter("length", "m", 0.5, "کمترین درازا", "Least length")),
		rule("CAD-T04", "hole", "W", layers.CrossScope, errs.T("زمین بی‌قطعه میان قطعه‌ها", "Ground that parcels enclose and none has"),
			errs.T("قطعه‌ها زمینی به مساحت {measure} مترمربع را در میان گرفته‌اند که قطعه، گذر یا فضای سبزی در آن نیست. قطعه جاافتاده را بیفزایید.",
				"Parcels enclose {measure} m² that no parcel, way or green space has. Add the parcel that is missing."),
			parameter("extent", "m", 100, "بیشترین درازا یا پهنای زمین", "Largest extent of the ground"), parameter("area", "m²", 1, "کمترین مساحت", "Least area"),
			parameter("share", "%", 90, "سهمی که فضای سبز یا عارضه نقشه پایه باید بپوشاند", "Share that green space or a feature of the base map has to cover")),
		rule("CAD-T05", "corner-unmatched", "W", layers.CrossScope, errs.T("گوشه‌ای که همسایه ندارد", "A corner that the neighbour does not have"),
			errs.T("در این نقطه یکی از این قطعه و «{other}» گوشه دارد و دیگری ندارد (فاصله {measure} متر). گوشه را در هر دو بگذارید.",
				"Here one of this parcel and “{other}” has a vertex and the other one does not ({measure} m off). Give both the vertex."),
			parameter("distance", "m", 0.02, "فاصله از مرز", "Distance from the boundary")),
		rule("CAD-T06", "geometry-duplicate", "E", layers.CrossScope, errs.T("همان قطعه دو بار", "The same parcel twice"),
			errs.T("این قطعه همان زمین قطعه «{other}» است ({measure} مترمربع). یکی از آن دو را بردارید، یا جای آن را درست کنید.",
				"The parcel has the same ground as “{other}” ({measure} m²). Remove one of them, or correct its place."),
			parameter("share", "%", 99.99, "سهم مشترک که از آن یکی شمرده می‌شوند", "Common share from which two are taken for one")),
		overlapOfLevels(),
		rule("CAD-T08", "building-outside", "W", layers.NeighbourScope, errs.T("ساختمان بیرون از قطعه خود", "A building outside its parcel"),
			errs.T("{measure} مترمربع از ساختمان «{other}» بیرون از این قطعه است. مرز قطعه یا جای ساختمان را بررسی کنید.",
				"{measure} m² of the building “{other}” lie outside this parcel. Check the parcel's boundary and the building's place."),
			parameter("area", "m²", 1, "مساحتی که از آن گذشته می‌شود", "Area that is let pass"), parameter("share", "%", 5, "سهمی که از آن گذشته می‌شود", "Share that is let pass")),
	}
}

// shapes are the rules of one parcel's boundary and area.
func shapes() []layers.Definition {
	return []layers.Definition{
		remedied(rule("CAD-G03", "vertices-repeated", "W", layers.RowScope, errs.T("گوشه تکراری", "A vertex twice"),
			errs.T("دو گوشه پیاپی {measure} متر از هم فاصله دارند. یکی را بردارید.", "Two vertices in a row are {measure} m from each other. Take one out."),
			parameter("distance", "m", 0.001, "کمترین فاصله", "Least distance")), "گوشه‌های تکراری برداشته می‌شوند", "The vertices that are there twice are taken out"),
		rule("CAD-G04", "spike", "W", layers.RowScope, errs.T("تیزی در مرز", "Spike"),
			errs.T("مرز در این نقطه با زاویه {measure} درجه برمی‌گردد. گوشه اشتباه را بردارید.", "The boundary turns back here at an angle of {measure}°. Take the wrong vertex out."),
			parameter("angle", "°", 1, "کمترین زاویه", "Least angle"), parameter("leg", "m", 0.5, "درازای ضلع‌ها", "Length of both sides")),
		rule("CAD-G06", "parcel-sliver", "W", layers.RowScope, errs.T("قطعه بسیار باریک", "Sliver"),
			errs.T("میانگین پهنای این قطعه {measure} متر است. آیا بازمانده یک ویرایش است؟", "The parcel is {measure} m wide on average. Is it left over from editing?"),
			parameter("roundness", "", 0.02, "کمترین ۴πA/P²", "Least 4πA/P²"), parameter("width", "m", 0.5, "کمترین میانگین پهنا", "Least mean width")),
		rule("CAD-G07", "parcel-multipart", "W", layers.RowScope, errs.T("قطعه چندبخشی", "Parcel of several parts"),
			errs.T("این قطعه {measure} بخش جدا دارد. هر بخش را قطعه‌ای جدا کنید، مگر سند یکی باشد.", "The parcel has {measure} separate parts. Make each a parcel, unless the deed is one.")),
		rule("CAD-G08", "vertices-many", "W", layers.RowScope, errs.T("گوشه‌های بسیار", "Very many vertices"),
			errs.T("این قطعه {measure} گوشه دارد. مرز را ساده یا قطعه را تقسیم کنید.", "The parcel has {measure} vertices. Simplify its boundary, or divide it."),
			parameter("vertices", "", 50_000, "بیشترین گوشه", "Most vertices")),
		rule("CAD-G08", "segment-long", "W", layers.RowScope, errs.T("ضلع بسیار دراز", "Very long side"),
			errs.T("یک ضلع این قطعه {measure} متر است. آیا گوشه‌ای جا افتاده است؟", "One side of the parcel is {measure} m long. Is a vertex missing?"),
			parameter("length", "m", 5000, "بیشترین درازا", "Largest length")),
		rule("CAD-G09", "outside-zone", "E", layers.RowScope, errs.T("بیرون از زون اعلام‌شده", "Outside the declared UTM zone"),
			errs.T("این قطعه {measure} درجه از نصف‌النهار مرکزی {value} دور است. زون را بررسی کنید.", "The parcel lies {measure}° from the central meridian of {value}. Check the zone."),
			parameter("degrees", "°", 6, "بیشترین فاصله از نصف‌النهار مرکزی", "Largest distance from the central meridian")),
		rule("CAD-A05", "area-differs", "W", layers.RowScope, errs.T("مساحت سند با مرز نمی‌خواند", "Declared area and boundary differ"),
			errs.T("مساحت سند {value} و مساحت مرز {found} مترمربع است ({measure} مترمربع تفاوت). سند و برداشت را بسنجید.",
				"The deed says {value} m², the boundary has {found} m² ({measure} m² off). Compare deed and survey."),
			parameter("least", "m²", 1, "کمترین رواداری", "Least tolerance"), parameter("accuracy", "m", 0.10, "دقت، اگر نیامده باشد", "Accuracy where none is delivered"),
			parameter("share", "%", 10, "سهم از مساحت سند که هرچند درون رواداری باشد گفته می‌شود", "Share of the declared area that is told even within the tolerance")),
		rule("CAD-A05", "area-differs-greatly", "E", layers.RowScope, errs.T("مساحت سند با مرز هیچ نمی‌خواند", "Declared area and boundary differ greatly"),
			errs.T("مساحت سند {value} و مساحت مرز {found} مترمربع است ({measure} مترمربع تفاوت). آیا سند از قطعه دیگری است؟",
				"The deed says {value} m², the boundary has {found} m² ({measure} m² off). Is it another parcel's deed?"),
			parameter("times", "", 5, "چند برابر رواداری", "Times the tolerance"), parameter("share", "%", 10, "سهم از مساحت سند", "Share of the declared area")),
		rule("CAD-A10", "accuracy-poor", "W", layers.RowScope, errs.T("دقت کمتر از رده", "Less accurate than its class"),
			errs.T("دقت {measure} متر برای این رده کافی نیست. روش برداشت را بررسی کنید.", "An accuracy of {measure} m is not enough for this class. Check how it was surveyed."),
			parameter("accuracy", "m", 0.10, "دقت رده", "Accuracy of the class")),
	}
}

// records are the rules of plates, identifiers, sections and lineage.
func records() []layers.Definition {
	return []layers.Definition{
		rule("CAD-A01", "national-id-not-unique", "E", layers.NeighbourScope, errs.T("شناسه یکتای ملک تکراری است", "The unique parcel identifier is not unique"),
			errs.T("شناسه یکتای «{value}» از قطعه «{other}» هم هست. شناسه درست را بنویسید.", "The unique identifier “{value}” is also that of “{other}”. Write the right one.")),
		rule("CAD-A02", "plate-invalid", "E", layers.FieldScope, errs.T("شماره پلاک نادرست", "Impossible plate number"),
			errs.T("«{attribute}» نمی‌تواند «{value}» باشد: پلاک اصلی از ۱ و پلاک فرعی از ۰ است.", "{attribute} cannot be “{value}”: main plates begin at 1, sub plates at 0.")),
		rule("CAD-A02", "plate-not-unique", "E", layers.CrossScope, errs.T("پلاک تکراری است", "The plate is not unique"),
			errs.T("پلاک {value} در همین بخش از قطعه «{other}» هم هست. پلاک یا شماره قطعه تفکیکی را درست کنید.", "Plate {value} is also that of “{other}” in the same section. Correct the plate, or give the lots.")),
		rule("CAD-A02", "plate-published", "E", layers.NeighbourScope, errs.T("پلاک در تحویل دیگری منتشر شده است", "The plate is published by another delivery"),
			errs.T("پلاک {value} همین حوزه و بخش را قطعه منتشرشده «{other}» هم دارد. پلاک را بررسی کنید.", "Plate {value} of the same registry unit and section is also that of the published “{other}”. Check the plate.")),
		rule("CAD-A03", "section-unknown", "E", layers.NeighbourScope, errs.T("بخش ثبتی شناخته نیست", "Unknown registration section"),
			errs.T("بخش «{value}» در فهرست بخش‌های ثبتی نیست. نام بخش را درست بنویسید، یا بخش را تحویل دهید.", "“{value}” is none of the published registration sections. Write the right one, or deliver the section.")),
		rule("CAD-A04", "outside-section", "W", layers.NeighbourScope, errs.T("بیرون از بخش ثبتی خود", "Outside its registration section"),
			errs.T("{measure} مترمربع از این قطعه بیرون از بخش «{value}» است. بخش یا جای قطعه را بررسی کنید.", "{measure} m² of the parcel lie outside section “{value}”. Check the section and the place."),
			parameter("area", "m²", 1, "مساحتی که از آن گذشته می‌شود", "Area that is let pass")),
		rule("CAD-D02", "parcel-vanished", "W", layers.NeighbourScope, errs.T("قطعه بی‌جانشین حذف می‌شود", "A parcel disappears without a successor"),
			errs.T("قطعه منتشرشده «{other}» حذف می‌شود و هیچ قطعه‌ای جانشین آن نیست. در جانشین‌ها «قطعه‌های پیشین» را بنویسید، یا قطعه را نگه دارید.",
				"The published parcel “{other}” goes, and none succeeds it. Name it as a predecessor of its successors, or keep it."),
			parameter("share", "%", 50, "سهمی که قطعه‌های تازه باید بپوشانند", "Share of it that new parcels have to cover")),
	}
}

// settings are what the profiles say of parcels.
func settings() map[string][]layers.Setting {
	var standard, strict, trial []layers.Setting
	all := func(to *[]layers.Setting, severity string, rules ...string) {
		for _, rule := range rules {
			for _, theme := range themes() {
				*to = append(*to, layers.Setting{Rule: rule, Theme: theme, Severity: severity})
			}
		}
	}
	all(&standard, "E", "overlap", "geometry-duplicate")
	classes := map[string]struct{ area, accuracy float64 }{
		"cadastre-urban": {5, 0.10}, "cadastre-rural": {50, 0.50}, "cadastre-range-forest": {50, 2}, "cadastre-marine": {50, 2},
	}
	for _, theme := range themes() {
		class := classes[theme]
		standard = append(standard,
			// What is thin is found by parcel-sliver.
			layers.Setting{Rule: "polygon-tiny", Theme: theme, Parameters: map[string]float64{"area": class.area, "width": 0}},
			layers.Setting{Rule: "accuracy-poor", Theme: theme, Parameters: map[string]float64{"accuracy": class.accuracy}},
			layers.Setting{Rule: "area-differs", Theme: theme, Parameters: map[string]float64{"accuracy": class.accuracy}})
	}
	strict = append(strict, standard...)
	all(&strict, "E", "overlap-level", "overlap-sliver", "overlap-published-sliver", "area-differs", "gap")
	trial = append(trial, standard...)
	all(&trial, "W", "overlap", "overlap-published", "geometry-duplicate", "area-differs-greatly", "plate-not-unique", "plate-published", "section-unknown")
	return map[string][]layers.Setting{layers.StandardProfile: standard, "strict": strict, "trial": trial}
}
