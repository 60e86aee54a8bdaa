package layers

import (
	"slices"
	"strings"

	"nsdi/internal/errs"
	"nsdi/layers/reading"
)

// textOfAreas answers whether a row is a text in a drawing whose areas are delivered: a label, and no feature.
func (s *staging) textOfAreas(r *reading.Row) bool {
	return (r.Text == reading.TextAlone || r.Text == reading.TextInArea) && s.theme.takes(2) && !s.theme.takes(0)
}

// labelOnly answers whether a row says nothing that its area does not say.
func (s *staging) labelOnly(r *reading.Row) bool {
	return r.Text == reading.TextInArea && s.textOfAreas(r)
}

// drawn notes what is wrong with the texts of a drawing, where something is read of them. It answers whether the row is a text that belongs to nothing.
func (s *staging) drawn(p *plan, r *reading.Row) (alone bool) {
	if alone = r.Text == reading.TextAlone && s.textOfAreas(r); alone {
		text := ""
		if i := slices.Index(r.Columns, "Text"); i >= 0 && i < len(r.Values) {
			text = r.Values[i]
		}
		s.find("label-alone", "", text, "", nil)
	}
	if slices.Contains(p.unused, reading.LabelColumn) || !s.theme.takes(2) {
		return alone
	}
	switch r.Text {
	case reading.TextMissing:
		s.find("label-missing", reading.LabelColumn, "", "", nil)
	case reading.TextSeveral:
		s.find("label-several", reading.LabelColumn, strings.Join(r.Texts, " | "), "", nil)
	}
	return alone
}

// drawingRules came with version 6 of the rule set.
func drawingRules() []Definition {
	rule := func(code, severity string, title, message errs.Text) Definition {
		return Definition{
			Rule: Rule{Code: code, Severity: severity, Title: title, Message: message}, Scope: CrossScope, Since: 6, Reference: "CAD-A02",
			Excusable: severity != "E", Fixed: severity == "E", Geometries: []string{"polygon"},
		}
	}
	return []Definition{
		rule("label-missing", "W", errs.T("پهنه بی‌نوشته", "An area without a label"),
			errs.T("درون این پهنه هیچ نوشته‌ای نیست. شماره آن را درون مرز بنویسید.", "No text lies in the area. Write its number inside its boundary.")),
		rule("label-several", "W", errs.T("پهنه با چند نوشته", "An area with several labels"),
			errs.T("درون این پهنه چند نوشته است ({value}) و هیچ‌کدام گرفته نشد. یکی را نگه دارید، یا لایه نوشته‌ها را بگویید.",
				"Several texts lie in the area ({value}), and none was taken. Keep one of them, or say in which layer the labels are.")),
		rule("label-alone", "E", errs.T("نوشته بیرون از همه پهنه‌ها", "A label in no area"),
			errs.T("نوشته «{value}» درون هیچ پهنه‌ای نیست. آیا مرز یک قطعه بسته نیست یا کشیده نشده است؟", "The text “{value}” lies in no area. Is a boundary not closed, or not drawn?")),
	}
}
