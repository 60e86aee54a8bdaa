package geocoding

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"nsdi/bench/geocoding/country"
	"nsdi/bench/geocoding/noise"
)

// rivals counts the other streets of the settlement that are as near to a street as it was typed as the right one, by letters that are wrong, left out, added or
// exchanged. Where there is one, the text alone does not tell which of them is meant.
func (r *Real) rivals(row *country.Row, typed string) (n int) {
	if r.streets == nil {
		r.streets = map[[2]string]map[string]struct{}{}
		for i := range r.Rows {
			k := [2]string{r.Rows[i].Province, r.Rows[i].City}
			if r.streets[k] == nil {
				r.streets[k] = map[string]struct{}{}
			}
			r.streets[k][r.Rows[i].Street] = struct{}{}
		}
	}
	far := edits(typed, row.Street)
	for street := range r.streets[[2]string{row.Province, row.City}] {
		if street != row.Street && edits(typed, street) <= far {
			n++
		}
	}
	return n
}

// Undecidable tells what a class is worth without the questions that could be about several ways.
func (r *Run) Undecidable(w io.Writer) {
	of := r.ByClass("typo-1")
	var undecidable, found, rest int
	for i := range of {
		good := of[i].Good(1)
		switch {
		case of[i].Rivals == 0 && good:
			rest++
		case of[i].Rivals > 0:
			undecidable++
			if good {
				found++
			}
		}
	}
	if undecidable == 0 {
		return
	}
	fmt.Fprintf(w, "  typo-1: in %d of %d questions another way of the settlement is as near to the text as the right one, counted in letters wrong, left out, added or exchanged; of these %d are right first.\n",
		undecidable, len(of), found)
	if others := len(of) - undecidable; others > 0 {
		fmt.Fprintf(w, "  Of the other %d, %d are right first: %.2f %%.\n", others, rest, 100*float64(rest)/float64(others))
	}
	fmt.Fprintln(w)
}

// AsNear reports a wrong first answer whose address, written as the register writes it, is as near to the text as the right one: two places are equally right, and which is
// meant the text alone does not tell. It does not speak of answers that are right by luck.
func (o *Outcome) AsNear() bool {
	if !o.Answered || o.Rank == 1 || o.Want != noise.SiteLevel && o.Want != noise.UnitLevel {
		return false
	}
	other, h := o.Row, &o.Top
	if h.City != other.City {
		other.County = ""
	}
	if h.Before != other.Before {
		other.Main = ""
	}
	other.Province, other.City, other.Before, other.Street, other.Unit = h.Province, h.City, h.Before, h.Street, h.Unit
	number, suffix, _ := strings.Cut(h.Number, " ")
	other.Number, _ = strconv.Atoi(number) // none is 0
	other.Suffix = suffix + h.Suffix
	written := func(row country.Row) string { return noise.NewDraft(row, nil).Text() }
	return edits(o.Text, written(other)) <= edits(o.Text, written(o.Row))
}

// asNear tells how many of the wrong first answers could as well be meant, class by class.
func (r *Run) asNear(w io.Writer) {
	wrong, near := 0, 0
	var list []string
	for _, c := range noise.Classes() {
		of := r.ByClass(c.Name)
		here, bad := 0, 0
		for i := range of {
			if !of[i].Good(c.Top) {
				bad++
			}
			if of[i].AsNear() {
				here++
			}
		}
		wrong, near = wrong+bad, near+here
		if here > 0 {
			list = append(list, fmt.Sprintf("%s %d of %d", c.Name, here, bad))
		}
	}
	if wrong == 0 {
		return
	}
	fmt.Fprintf(w, "  of %d wrong first answers %d are another place that is as near to the text as the right one, counted in letters wrong, left out, added or exchanged", wrong, near)
	if near > 0 {
		fmt.Fprintf(w, ": %s", strings.Join(list, ", "))
	}
	fmt.Fprintln(w)
}

// edits counts the letters that are wrong, left out, added, or exchanged with their neighbour between two texts. It knows nothing of keyboards and of the engine's costs.
func edits(a, b string) int {
	x, y := []rune(a), []rune(b)
	before, last, row := make([]int, len(y)+1), make([]int, len(y)+1), make([]int, len(y)+1)
	for j := range last {
		last[j] = j
	}
	for i := range x {
		row[0] = i + 1
		for j := range y {
			change := last[j]
			if x[i] != y[j] {
				change++
			}
			row[j+1] = min(change, last[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && x[i] == y[j-1] && x[i-1] == y[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(y)]
}
