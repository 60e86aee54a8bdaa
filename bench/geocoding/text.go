package geocoding

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"nsdi/bench/geocoding/noise"
)

// Run is one geocoder with what it was asked.
type Run struct {
	Name     string
	Outcomes []Outcome
	Loads    []LoadRun
	Facts    []Fact
}

// Fact is a figure about a geocoder that is no answer: build time, bytes a row, memory.
type Fact struct{ FA, EN, Value string }

// ByClass sorts the outcomes by class.
func (r *Run) ByClass(class string) (out []Outcome) {
	for _, o := range r.Outcomes {
		if o.Class == class {
			out = append(out, o)
		}
	}
	return out
}

// OfClasses are the outcomes of questions of a class, without those of the matrix.
func (r *Run) OfClasses() (out []Outcome) {
	for _, o := range r.Outcomes {
		if o.Class != "" {
			out = append(out, o)
		}
	}
	return out
}

// Cell answers the outcomes of one operator with some typing errors.
func (r *Run) Cell(operator string, typos int) (out []Outcome) {
	for _, o := range r.Outcomes {
		if o.Operator == operator && o.Typos == typos {
			out = append(out, o)
		}
	}
	return out
}

// Share is how many of the questions of a class were answered rightly, in hundredths, as its target counts them.
func (r *Run) Share(c noise.Class) (share float64, n int) {
	good := 0
	of := r.ByClass(c.Name)
	for i := range of {
		if of[i].Good(c.Top) {
			good++
		}
	}
	if len(of) == 0 {
		return 0, 0
	}
	return 100 * float64(good) / float64(len(of)), len(of)
}

// Write writes the figures of one geocoder as text.
func (r *Run) Write(w io.Writer) {
	fmt.Fprintf(w, "%s\n", r.Name)
	for _, f := range r.Facts {
		fmt.Fprintf(w, "  %-40s %s\n", f.EN, f.Value)
	}
	fmt.Fprintf(w, "\n  %-16s %6s %7s %7s %7s %6s %9s %9s %6s %6s %6s %7s %7s %6s %8s\n",
		"class", "n", "top-1", "floor", "target", "top-10", "median m", "p95 m", "≤50 m", "≤150", "≤300", "f.exact", "no ans.", "MRR", "p99")
	for _, c := range noise.Classes() {
		share, n := r.Share(c)
		if n == 0 {
			continue
		}
		f := Measure(r.ByClass(c.Name))
		mark := " "
		if share < c.Floor {
			mark = "<"
		}
		fmt.Fprintf(w, "  %-16s %6d %6.2f%s %7.1f %7.1f %6.2f %9.0f %9.0f %6.1f %6.1f %6.1f %7.2f %7.2f %6.3f %8s\n", c.Name, n, share, mark, c.Floor, c.Target, 100*f.Top10, f.Median, f.P95,
			100*f.Within[0], 100*f.Within[1], 100*f.Within[2], 100*f.FalseExact, 100*f.NoAnswer, f.MRR, f.Slow.Round(10_000))
	}
	r.asNear(w)
	r.matrix(w)
	classes := r.OfClasses()
	f := Measure(classes)
	fmt.Fprintf(w, "\n  all classes: %d questions, false exact %.2f %%, calibration error (10 bins) %.4f, %.0f questions a second and worker\n", f.N, 100*f.FalseExact, f.ECE, f.Rate)
	fmt.Fprintln(w, "  said and was, by tenths of confidence:")
	for i, b := range Reliability(classes) {
		if b.N > 0 {
			fmt.Fprintf(w, "    %.1f–%.1f  n %6d  said %.3f  was %.3f\n", float64(i)/10, float64(i+1)/10, b.N, b.Said, b.Was)
		}
	}
	confusion(w, classes)
	for _, l := range r.Loads {
		fmt.Fprintf(w, "  open loop %6.0f/s: p50 %v  p99 %v  p99.9 %v  most %v  (%d asked) %s\n", l.Rate, l.Latency.Quantile(0.5), l.Latency.Quantile(0.99), l.Latency.Quantile(0.999), l.Latency.Quantile(1), l.Latency.N, l.While)
	}
	fmt.Fprintln(w)
}

func (r *Run) matrix(w io.Writer) {
	first := true
	for _, o := range noise.Operators() {
		var line strings.Builder
		n := 0
		for typos := range 4 {
			f := Measure(r.Cell(o.Code, typos))
			n += f.N
			fmt.Fprintf(&line, " %7.2f", 100*f.Top1)
		}
		if n == 0 {
			continue
		}
		if first {
			fmt.Fprintf(w, "\n  %-42s %7s %7s %7s %7s  top-1 with so many typing errors on top\n", "operator", "0", "1", "2", "3")
			first = false
		}
		fmt.Fprintf(w, "  %-4s %-37s%s\n", o.Code, o.EN, line.String())
	}
}

func confusion(w io.Writer, outcomes []Outcome) {
	fmt.Fprintln(w, "  wanted level → level of the first answer:")
	m := Confusion(outcomes)
	var wanted []string
	for level := range m {
		wanted = append(wanted, string(level))
	}
	slices.Sort(wanted)
	for _, level := range wanted {
		var got []string
		for name, n := range m[noise.Level(level)] {
			got = append(got, fmt.Sprintf("%s %d", name, n))
		}
		slices.Sort(got)
		fmt.Fprintf(w, "    %-7s → %s\n", level, strings.Join(got, ", "))
	}
}

// Failures writes some questions of each class that were not answered rightly, for whoever mends the geocoder.
func (r *Run) Failures(w io.Writer, each int) {
	for _, c := range noise.Classes() {
		share, n := r.Share(c)
		if n == 0 || share >= c.Target {
			continue
		}
		fmt.Fprintf(w, "## %s: %.2f %% of %d (floor %.1f, target %.1f)\n", c.Name, share, n, c.Floor, c.Target)
		shown := 0
		of := r.ByClass(c.Name)
		for i := range of {
			o := &of[i]
			if o.Good(c.Top) || shown == each {
				continue
			}
			shown++
			fmt.Fprintf(w, "- q:    %s\n  noise: %s\n  want: %s: %s\n", o.Text, o.Log, o.Want, describe(o.Row.Province, o.Row.City, o.Row.Before, o.Row.Street, fmt.Sprint(o.Row.Number, " ", o.Row.Suffix), o.Row.Block, o.Row.Unit))
			if o.Focus != nil {
				fmt.Fprintf(w, "  focus: %.4f,%.4f\n", o.Focus.Lon, o.Focus.Lat)
			}
			if !o.Answered {
				fmt.Fprintln(w, "  got:  nothing")
				continue
			}
			h := o.Top
			fmt.Fprintf(w, "  got:  %s: %s  (confidence %.2f, %.0f m away, right answer at rank %d)\n", h.Level, describe(h.Province, h.City, h.Before, h.Street, h.Number+h.Suffix, h.Block, h.Unit), h.Confidence, o.Distance, o.Rank)
		}
		fmt.Fprintln(w)
	}
}

func describe(parts ...string) string {
	for i, name := range []string{"", "", "", "", "no. ", "block ", "unit "} {
		if parts[i] = strings.TrimSpace(parts[i]); parts[i] != "" {
			parts[i] = name + parts[i]
		}
	}
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), " | ")
}
