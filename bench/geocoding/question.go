package geocoding

import (
	"hash/maphash"
	"iter"
	"math/rand/v2"
	"slices"
	"strings"

	"nsdi/bench/geocoding/country"
	"nsdi/bench/geocoding/noise"
)

// Question is a text with its right answer, and how it came about.
type Question struct {
	Class, Operator string // of one of the two kinds
	Typos           int    // on top of the operator
	Text            string
	Focus           *country.Corner
	Want            noise.Level
	At              country.Corner
	Within          float64
	Row             country.Row
	Log             string
	Rivals          int // other ways of the settlement that the text is as near to as to the right one
}

// perStratum is how many rows of a stratum are kept to draw from.
const perStratum = 24

// Sample is what questions are drawn from: some rows of each stratum, and all addresses that there are.
type Sample struct {
	strata map[string][]country.Row
	seen   map[string]int
	order  []string
	sites  map[uint64]struct{}
	hash   maphash.Seed
	r      *rand.Rand
	Rows   int
}

// NewSample reads all rows once and keeps a few of each stratum, each row as likely as any other of its stratum.
func NewSample(rows iter.Seq[country.Row], seed uint64) *Sample {
	s := &Sample{
		strata: map[string][]country.Row{}, seen: map[string]int{}, sites: map[uint64]struct{}{}, hash: maphash.MakeSeed(), r: rand.New(rand.NewPCG(seed, 99)),
	}
	for row := range rows {
		s.Rows++
		s.sites[s.site(row)] = struct{}{}
		if row.Dup {
			continue
		}
		name := row.Stratum()
		if row.Formerly != "" || row.Colloquially != "" {
			name += "|named" // rare, and questions are asked about them alone
		}
		s.seen[name]++
		switch k := s.r.IntN(s.seen[name]); {
		case len(s.strata[name]) < perStratum:
			s.strata[name] = append(s.strata[name], row)
		case k < perStratum:
			s.strata[name][k] = row
		}
	}
	for name := range s.strata {
		s.order = append(s.order, name)
	}
	slices.Sort(s.order)
	return s
}

// site leaves suffix and block away: a number is known when any house has it.
func (s *Sample) site(row country.Row) uint64 {
	row.Suffix, row.Block = "", ""
	return maphash.String(s.hash, row.Site())
}

func (s *Sample) known(row country.Row) bool {
	_, is := s.sites[s.site(row)]
	return is
}

// draw answers n questions, of all strata by turns; fewer where not enough rows have what f needs.
func (s *Sample) draw(r *rand.Rand, n int, f func(*rand.Rand, *noise.Draft) bool, complete func(*Question)) []Question {
	out := make([]Question, 0, n)
	if len(s.order) == 0 {
		return out
	}
	for try := 0; len(out) < n && try < 40*n; {
		for _, i := range r.Perm(len(s.order)) {
			if try++; len(out) == n {
				break
			}
			rows := s.strata[s.order[i]]
			d := noise.NewDraft(rows[r.IntN(len(rows))], s.known)
			if !f(r, d) {
				continue
			}
			q := Question{Text: d.Text(), Focus: d.Focus, Want: d.Want, At: d.At, Within: d.Within, Row: d.Row, Log: strings.Join(d.Log, "; ")}
			complete(&q)
			out = append(out, q)
		}
	}
	return out
}

// Classes asks n questions of each class.
func (s *Sample) Classes(seed uint64, n int) (out []Question) {
	for i, c := range noise.Classes() {
		r := rand.New(rand.NewPCG(seed, uint64(i)))
		out = append(out, s.draw(r, n, c.Make, func(q *Question) { q.Class = c.Name })...)
	}
	return out
}

// Matrix asks n questions of each operator with no, one, two and three typing errors on top.
func (s *Sample) Matrix(seed uint64, n int) (out []Question) {
	for i, o := range noise.Operators() {
		for typos := range 4 {
			r := rand.New(rand.NewPCG(seed, uint64(1000+10*i+typos)))
			out = append(out, s.draw(r, n, func(r *rand.Rand, d *noise.Draft) bool {
				// Slips come first: they are made in names, which the operator may change after that.
				for range typos {
					if !noise.Slip(r, d) {
						return false
					}
				}
				return o.Apply(r, d)
			}, func(q *Question) { q.Operator, q.Typos = o.Code, typos })...)
		}
	}
	return out
}
