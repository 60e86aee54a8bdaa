package search

import (
	"context"
	"slices"
	"strings"

	"nsdi/gnaf/persian"
)

// Public answers questions as everybody may have them answered: an address is told as its site. The unit stands in an answer only where the question named it, and a postal code
// only where the question is that code; the codes of an address are told by inquiries, which are recorded.
type Public struct{ *Engine }

// Search is Engine.Search for everybody.
func (p Public) Search(ctx context.Context, q Query) (Answer, error) {
	a, err := p.Engine.Search(ctx, q)
	withhold(a.Results, q.Text+" "+q.Parts.PostalCode)
	return a, err
}

// Nearest is Engine.Nearest for everybody.
func (p Public) Nearest(ctx context.Context, at Point, limit int) (Answer, error) {
	a, err := p.Engine.Nearest(ctx, at, limit)
	withhold(a.Results, "")
	return a, err
}

// withhold takes out of answers what their question did not name.
func withhold(results []Result, asked string) {
	asked = persian.ASCIIDigits(asked)
	for i := range results {
		r := &results[i]
		p := &r.Components
		named := p.PostalCode != "" && strings.Contains(asked, p.PostalCode)
		if !named {
			p.PostalCode = ""
		}
		if p.Unit != "" && (named || r.Level != LevelUnit) {
			p.Unit = ""
			r.Label = p.Label()
		}
		r.Corrected = slices.DeleteFunc(r.Corrected, func(c Correction) bool { return len(c.To) == 10 && isCode(c.To) && !strings.Contains(asked, c.To) })
	}
}

func isCode(s string) bool {
	return strings.Trim(s, "0123456789") == ""
}
