package layers

import (
	"nsdi/internal/errs"
	"nsdi/layers/reading"
)

// Split takes one attribute apart that holds several others as people write them together.
type Split struct {
	Attribute string
	// Rule is broken by what could not be placed.
	Rule string
	// Parts answers values by attribute, and what is left over.
	Parts func(text string) (values map[string]string, left string)
}

// split reads the parts of the store's whole attribute in a row. Columns of their own go before them.
func (s *staging) split(p *plan, r *reading.Row) map[string]string {
	if s.store.Split == nil || s.mode == Delete {
		return nil
	}
	for i, get := range p.attributes {
		if s.theme.Attributes[i].Name != s.store.Split.Attribute || get == nil {
			continue
		}
		text, there := get(r)
		if !there {
			return nil
		}
		values, left := s.store.Split.Parts(text)
		for n, own := range p.attributes {
			if own == nil {
				continue
			}
			if _, given := own(r); given {
				delete(values, s.theme.Attributes[n].Name)
			}
		}
		if left != "" {
			told := errs.T(left, left)
			s.find(s.store.Split.Rule, s.store.Split.Attribute, text, told.FA+bilingual+told.EN, nil)
		}
		return values
	}
	return nil
}
