package layers

import (
	"net/http"
	"strings"

	"nsdi/internal/errs"
)

// Profile decides how grave each rule's findings are, and its parameters, for all themes or for some.
type Profile struct {
	Code     string    `json:"code"`
	Title    errs.Text `json:"title"`
	About    errs.Text `json:"about"`
	Settings []Setting `json:"settings"` // a later one wins
}

// Setting is what a profile says of one rule.
type Setting struct {
	Rule       string             `json:"rule"`
	Theme      string             `json:"theme,omitempty"`    // none: all
	Geometry   string             `json:"geometry,omitempty"` // none: all
	Severity   string             `json:"severity,omitempty"` // E, W, I or off; none: as it was
	Parameters map[string]float64 `json:"parameters,omitempty"`
}

// StandardProfile is the one that a delivery is checked by when it names none.
const StandardProfile = "standard"

// Profiles answers all of them, the standard one first.
func Profiles() []Profile {
	standard := themes("geometry-duplicate", "off", "gnaf-address") // the addresses of one building have one place
	standard = append(standard, themes("points-near", "off", "gnaf-address")...)
	standard = append(standard, Setting{Rule: "overlap", Severity: "off"})
	standard = append(standard, themes("overlap", "W", disjointThemes()...)...)
	for _, rule := range []string{"building-overlap", "building-overlap-published"} {
		standard = append(standard, Setting{Rule: rule, Severity: "off"}, Setting{Rule: rule, Theme: "building", Severity: "W"})
	}
	strict := append(append([]Setting{}, standard...), Setting{Rule: "geometry-duplicate", Geometry: "polygon", Severity: "E"},
		Setting{Rule: "text-mojibake", Severity: "E"}, Setting{Rule: "text-control", Severity: "E"}, Setting{Rule: "date-implausible", Severity: "E"},
		Setting{Rule: "polygon-tiny", Severity: "E"}, Setting{Rule: "line-short", Severity: "E"})
	strict = append(strict, themes("overlap", "E", disjointThemes()...)...)
	strict = append(strict, Setting{Rule: "building-overlap", Theme: "building", Severity: "E"})
	trial := append(append([]Setting{}, standard...), Setting{Rule: "outside-territory", Severity: "W"}, Setting{Rule: "text-arabic-letters", Severity: "I"},
		Setting{Rule: "source-date-missing", Severity: "off"}, Setting{Rule: "accuracy-missing", Severity: "off"})
	return []Profile{
		{
			Code: StandardProfile, Title: errs.T("معمول", "Standard"),
			About: errs.T("برای همه تحویل‌ها، مگر آنکه نمایه دیگری خواسته شود.", "For all deliveries that do not ask for another."), Settings: standard,
		},
		{
			Code: "strict", Title: errs.T("سخت‌گیرانه", "Strict"),
			About: errs.T("هم‌پوشانی، تکرار و متن خراب هم خطا است.", "Overlaps, duplicates and damaged text are errors too."), Settings: strict,
		},
		{
			Code: "trial", Title: errs.T("آزمایشی", "Trial"),
			About: errs.T("برای نخستین تحویل‌ها: آنچه داده را ناخوانا نمی‌کند هشدار است.", "For first deliveries: what leaves the data readable is a warning."), Settings: trial,
		},
	}
}

// disjointThemes are those whose areas divide the ground, so that two of them do not overlap.
func disjointThemes() []string {
	return []string{"cadastre-urban", "cadastre-rural", "neighbourhood", "municipal-district", "city-block", "land-use"}
}

func themes(rule, severity string, codes ...string) []Setting {
	var out []Setting
	for _, code := range codes {
		out = append(out, Setting{Rule: rule, Theme: code, Severity: severity})
	}
	return out
}

// FindProfile answers a profile by its code; "" is the standard one. The error for another is *errs.Error profile-unknown.
func FindProfile(code string) (Profile, error) {
	var codes []string
	for _, p := range Profiles() {
		if p.Code == code || code == "" && p.Code == StandardProfile {
			return p, nil
		}
		codes = append(codes, p.Code)
	}
	return Profile{}, &errs.Error{
		Code: "profile-unknown", Status: http.StatusUnprocessableEntity, Op: "layers.profile", Location: "profile", Value: code,
		Title:  errs.T("چنین نمایه‌ای نیست", "There is no such profile"),
		Detail: errs.Tf("نمایه‌ها: %s.", "The profiles are: %s.", strings.Join(codes, ", ")),
		Next:   errs.T("فهرست نمایه‌ها در ‎/v1/rules‎ است.", "The profiles are listed at /v1/rules."),
	}
}
