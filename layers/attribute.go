package layers

import (
	"fmt"
	"slices"
	"strconv"

	"nsdi/gnaf/persian"
	"nsdi/internal/errs"
)

// Attribute is one column of a theme's schema.
type Attribute struct {
	Name     string   `json:"name"`
	Type     string   `json:"type"` // text, int, number, date or boolean
	Required bool     `json:"required"`
	Private  bool     `json:"private,omitempty"` // in no list, file or tile
	Domain   []string `json:"domain"`            // the values that are allowed; none means all
	// Suggested are values that are listed, beside which others are taken. Labels name those of Domain and Suggested.
	Suggested    []string             `json:"suggested"`
	Labels       map[string]errs.Text `json:"labels"`
	Unit         string               `json:"unit"`
	Min          *float64             `json:"min"` // both ends included
	Max          *float64             `json:"max"`
	Aliases      []string             `json:"aliases"`
	TitleFA      string               `json:"title_fa"`
	TitleEN      string               `json:"title_en"`
	DefinitionFA string               `json:"definition_fa"`
	DefinitionEN string               `json:"definition_en"`
	Examples     []string             `json:"examples"`

	byLabel map[string]string // code by folded label, filled by prepare
}

// Title in both languages.
func (a *Attribute) Title() errs.Text { return errs.T(a.TitleFA, a.TitleEN) }

// prepare makes the labels ready to be looked up.
func (a *Attribute) prepare() {
	a.byLabel = make(map[string]string, 2*len(a.Labels))
	for code, label := range a.Labels {
		a.byLabel[persian.Fold(label.FA)], a.byLabel[persian.Fold(label.EN)] = code, code
	}
}

// listed gives the listed value that a delivered one stands for: itself, or the one that has it for its Persian or English label. One that stands for none is itself, where
// others are taken too.
func (a *Attribute) listed(value any) (any, bool) {
	if len(a.Domain)+len(a.Suggested) == 0 {
		return value, true
	}
	written := fmt.Sprint(value)
	if slices.Contains(a.Domain, written) || slices.Contains(a.Suggested, written) {
		return value, true
	}
	if text, isText := value.(string); isText && len(a.byLabel) > 0 {
		if code, known := a.byLabel[persian.Fold(text)]; known {
			return code, true
		}
	}
	return value, len(a.Domain) == 0
}

// inRange answers whether a number lies between the least and the largest that there may be.
func (a *Attribute) inRange(value any) bool {
	var n float64
	switch v := value.(type) {
	case int64:
		n = float64(v)
	case float64:
		n = v
	default:
		return true
	}
	return (a.Min == nil || n >= *a.Min) && (a.Max == nil || n <= *a.Max)
}

// rangeText says the range, with the unit, for a message in both languages.
func (a *Attribute) rangeText() string {
	number := func(n float64) string { return strconv.FormatFloat(n, 'f', -1, 64) }
	unit := ""
	if a.Unit != "" {
		unit = " " + a.Unit
	}
	switch {
	case a.Min == nil:
		return fmt.Sprintf("≤ %s%s", number(*a.Max), unit)
	case a.Max == nil:
		return fmt.Sprintf("≥ %s%s", number(*a.Min), unit)
	default:
		return fmt.Sprintf("%s–%s%s", number(*a.Min), number(*a.Max), unit)
	}
}
