package progress

import "nsdi/internal/errs"

// headline is the measure that an obligation is told by; others stand beside it.
const headline = "headline"

// stages are how much has come in, how much of that was found right, how much of that is published, and how much of that is no older than its update cycle.
// Nil: it is not measured.
type stages struct {
	delivered, validated, published, fresh *float64
}

// figure is stages over a denominator. A nil denominator means unknown.
type figure struct {
	stages
	denominator *float64
	measure     string // headline where it is empty
	unit        string // what is counted, where it is not what the obligation's measure says
	state       string // where it does not follow from the numbers
	reason      errs.Text
	approvedBy  string
	source      errs.Text
	sources     []source
	details     map[string]any
}

// source is a part of what 100 % was at the moment of the calculation.
type source struct {
	Theme       string `json:"theme,omitempty"`
	Dataset     int64  `json:"dataset,omitempty"`
	Version     int    `json:"version,omitempty"`
	Approved    bool   `json:"approved,omitempty"`
	Denominator string `json:"denominator,omitempty"`
}

// known reports whether there is a percentage.
func (f *figure) known() bool {
	return f.denominator != nil && *f.denominator > 0 && f.published != nil
}

// ordered makes what contains a part at least as much as the part: sums of areas differ in their last digits.
func (s *stages) ordered() {
	least := s.published
	for _, p := range []**float64{&s.validated, &s.delivered} {
		if *p != nil && least != nil && **p < *least {
			*p = least
		}
		if *p != nil {
			least = *p
		}
	}
	if s.fresh != nil && s.published != nil && *s.fresh > *s.published {
		s.fresh = s.published
	}
}

// unitOf is what an obligation's measure counts.
func unitOf(measure string) string {
	return map[string]string{"area": "m2", "count": "address", "layers": "layer"}[measure]
}
