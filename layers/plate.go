package layers

import (
	"fmt"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"

	"nsdi/internal/errs"
	"nsdi/layers/reading"
)

// PlateColumn is a column of a file that holds the main and the sub plate together. Which side of the slash is the main plate is asked once a file and never
// guessed; it is a part of the mapping, and remembered with it.
type PlateColumn struct {
	Column string `json:"column"`
	Main   string `json:"main,omitempty"` // "left" or "right"; "": not answered, which is enough where the column is in words
}

// Plates reads such a column for a store whose themes have plates.
type Plates struct {
	Main, Sub string   // the attributes
	Names     []string // other names of columns that hold both
	// Read gives the two numbers of a text; false when it has none.
	Read   func(text string) (PlateText, bool)
	Phrase func(main, sub int) errs.Text
}

// labels answers whether the texts in the areas of a drawing are plates of two numbers: all that the first rows show.
func (p *Plates) labels(found []InspectedLayer) bool {
	some := false
	for _, l := range found {
		at := slices.Index(l.Columns, reading.LabelColumn)
		for _, cells := range l.Rows {
			if at < 0 || !strings.EqualFold(path.Ext(l.File), ".dxf") || cells[at] == nil {
				continue
			}
			if t, ok := p.Read(*cells[at]); !ok || t.Right == 0 {
				return false
			}
			some = true
		}
	}
	return some
}

// PlateText is what a text says: two numbers, and with Sure that the left one is the main plate, since words say so.
type PlateText struct {
	Left, Right int
	Sure        bool
}

// main gives the plate when the answer says which side is main.
func (t PlateText) main(side string) (main, sub int, ok bool) {
	switch {
	case t.Sure || side == "left":
		return t.Left, t.Right, true
	case side == "right":
		return t.Right, t.Left, true
	default:
		return 0, 0, false
	}
}

// Question is what a file leaves open. The submission waits in the state inspected until the mapping that is confirmed answers it.
type Question struct {
	Code    string        `json:"code" doc:"plate-side: which side of the slash is the main plate"`
	Column  string        `json:"column"`
	Title   errs.Text     `json:"title"`
	Samples []PlateSample `json:"samples" doc:"Up to five values of the file, in both readings"`
	Next    errs.Text     `json:"next"`
}

// PlateSample is one value in both readings.
type PlateSample struct {
	Value string    `json:"value"`
	Left  errs.Text `json:"left" doc:"When the left number is the main plate"`
	Right errs.Text `json:"right" doc:"When the right number is the main plate"`
}

// plateSamples is how many values a question shows.
const plateSamples = 5

// asking collects what is asked about one column.
type asking struct {
	plates  *Plates
	column  string
	samples []PlateSample
}

// sample keeps a value that can be read both ways. It answers false when there are enough.
func (a *asking) sample(text string, t PlateText) bool {
	text = shown(strings.TrimSpace(text))
	if !slices.ContainsFunc(a.samples, func(s PlateSample) bool { return s.Value == text }) {
		a.samples = append(a.samples, PlateSample{Value: text, Left: a.plates.Phrase(t.Left, t.Right), Right: a.plates.Phrase(t.Right, t.Left)})
	}
	return len(a.samples) < plateSamples
}

func (a *asking) question() *Question {
	if a == nil || len(a.samples) == 0 {
		return nil
	}
	return &Question{
		Code: "plate-side", Column: a.column, Samples: a.samples,
		Title: errs.Tf("در ستون «%[1]s» شماره سمت چپ پلاک اصلی است یا سمت راست؟", "In the column %[1]q, is the number on the left the main plate, or the one on the right?", a.column),
		Next: errs.Tf(`نگاشت را با "plate": {"column": "%[1]s", "main": "left"} یا "main": "right" تأیید کنید.`,
			`Confirm the mapping with "plate": {"column": "%[1]s", "main": "left"} or "main": "right".`, a.column),
	}
}

// unanswered is the problem of a submission that goes on without an answer.
func (q *Question) unanswered() *errs.Error {
	one := q.Samples[0]
	return &errs.Error{
		Code: "plate-side-unanswered", Status: http.StatusUnprocessableEntity, Op: "layers.plate", Location: "mapping.plate", Value: q.Column,
		Title:  q.Title,
		Detail: errs.T(fmt.Sprintf("نمونه: %s یعنی %s، یا %s؟", one.Value, one.Left.FA, one.Right.FA), fmt.Sprintf("For example: is %s %s, or %s?", one.Value, one.Left.EN, one.Right.EN)),
		Next:   q.Next,
	}
}

// answers reports whether a mapping leaves the question open no longer: it says the side, or takes the plate from elsewhere.
func (m *Mapping) answers(q *Question, plates *Plates) bool {
	if m.Plate != nil {
		return m.Plate.Main != "" || !strings.EqualFold(m.Plate.Column, q.Column)
	}
	if m.Attributes == nil {
		return false
	}
	e := m.Attributes[plates.Main]
	return e == nil || !strings.EqualFold(e.Column, q.Column)
}

// checkPlate compares the mapping's plate with the store.
func (m *Mapping) checkPlate(s *Store) error {
	switch {
	case m.Plate == nil:
		return nil
	case s.Plates == nil:
		return mappingProblem("plate", fmt.Errorf("the theme has no plates"))
	case m.Plate.Column == "":
		return mappingProblem("plate.column", fmt.Errorf("the column is missing"))
	case !slices.Contains([]string{"", "left", "right"}, m.Plate.Main):
		return mappingProblem("plate.main", fmt.Errorf("%q is neither left nor right", m.Plate.Main))
	default:
		return nil
	}
}

// planPlate binds the column that may hold both numbers: the one that the mapping names, or the one that the main plate is taken from, or one that goes by such a
// name where nothing else is the main plate.
func (m *Mapping) planPlate(p *plan, t *Theme, plates *Plates, b *binder) {
	if m.Plate != nil {
		p.plate, p.plateColumn, p.plateSide, p.plateOnly = b.column(m.Plate.Column), m.Plate.Column, m.Plate.Main, true
		return
	}
	i := slices.IndexFunc(t.Attributes, func(a Attribute) bool { return a.Name == plates.Main })
	switch {
	case i < 0:
	case p.attributes[i] == nil && m.Attributes == nil:
		p.plateColumn = b.nameOf(plates.Names...)
		p.plate, p.plateOnly = b.first(plates.Names...), true
	case p.attributes[i] != nil && m.Attributes == nil:
		a := &t.Attributes[i]
		p.plate, p.plateColumn = p.attributes[i], b.nameOf(append([]string{a.Name, a.TitleFA, a.TitleEN}, a.Aliases...)...)
	case p.attributes[i] != nil && m.Attributes[plates.Main].Column != "": // templates and constants are plain numbers
		p.plate, p.plateColumn = p.attributes[i], m.Attributes[plates.Main].Column
	}
}

// readPlate reads the row's plate where one column holds it. It answers the texts of the two attributes, and false where the column holds a plain number or
// nothing that is a plate, which the attribute itself is then asked about.
func (s *staging) readPlate(p *plan, r *reading.Row) (map[string]string, bool) {
	text, ok := p.plate(r)
	if !ok {
		return nil, false
	}
	plates := s.store.Plates
	found, ok := plates.Read(text)
	if !ok {
		if p.plateOnly {
			return map[string]string{plates.Main: text}, true // told as a value that cannot be read
		}
		return nil, false
	}
	main, sub, ok := found.main(p.plateSide)
	if !ok {
		if s.ask == nil {
			s.ask = &asking{plates: plates, column: p.plateColumn}
		}
		s.enough = !s.ask.sample(text, found) || s.enough
		return nil, false
	}
	texts := map[string]string{plates.Main: strconv.Itoa(main)}
	if sub > 0 {
		texts[plates.Sub] = strconv.Itoa(sub)
	}
	return texts, true
}

// constant gives the same text for every row.
func constant(text string) getter { return func(*reading.Row) (string, bool) { return text, true } }
