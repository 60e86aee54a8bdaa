package layers

import "strings"

// combined are the different values that the store's combined attributes have together in the rows: few where they name places, and otherwise too many to keep.
type combined struct {
	seen map[string]bool
	many bool
	key  []byte
}

// mostCombined bounds what is kept.
const mostCombined = 20_000

func (s *staging) combine(attributes map[string]any) {
	if len(s.store.Combined) == 0 || s.combined.many {
		return
	}
	c := &s.combined
	c.key = c.key[:0]
	for _, name := range s.store.Combined {
		value, _ := attributes[name].(string)
		c.key = append(append(c.key, value...), 0)
	}
	if c.seen[string(c.key)] {
		return
	}
	if c.many = len(c.seen) == mostCombined; !c.many {
		c.seen[string(c.key)] = true
	}
}

// Combinations answers the different values of the store's combined attributes in the rows, each in the order of the attributes, "" for none. It answers false where there
// are too many to have been kept.
func (e *Examination) Combinations() ([][]string, bool) {
	var all [][]string
	for key := range e.staging.combined.seen {
		all = append(all, strings.Split(strings.TrimSuffix(key, "\x00"), "\x00"))
	}
	return all, !e.staging.combined.many
}

// Filled answers how many rows have a value of an attribute.
func (e *Examination) Filled(attribute string) int64 { return e.staging.filled[attribute] }
