package geocoding

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"

	"nsdi/bench/geocoding/noise"
)

//go:embed page.html
var pageText string

// Report is one run of the suite over all geocoders.
type Report struct {
	Date, Machine, Seed string
	Rows                int
	Runs                []Run
}

// Page writes the figures as a page that needs nothing else: Persian and English beside each other, plots as SVG.
func (r *Report) Page(w io.Writer) error {
	t, err := template.New("page").Funcs(template.FuncMap{"bars": r.bars, "colour": colour, "matrix": matrix, "reliability": r.reliability, "latency": r.latency, "classes": r.table}).Parse(pageText)
	if err != nil {
		return err
	}
	return t.Execute(w, r)
}

// colour of the i-th geocoder; they differ in lightness too.
func colour(i int) string {
	return []string{"#0b5c8a", "#d9822b", "#7a9a3a", "#8a4f9e", "#777777"}[i%5]
}

// svg collects a drawing.
type svg struct{ strings.Builder }

func (s *svg) begin(width, height int, label string) {
	fmt.Fprintf(s, `<svg role="img" aria-label="%s" viewBox="0 0 %d %d" width="%d" font-family="inherit" font-size="12">`, template.HTMLEscapeString(label), width, height, width)
}

func (s *svg) end() template.HTML {
	s.WriteString("</svg>")
	return template.HTML(s.String()) //nolint:gosec // every text in it is escaped
}

func (s *svg) text(x, y float64, anchor, text string) {
	fmt.Fprintf(s, `<text x="%.1f" y="%.1f" text-anchor="%s">%s</text>`, x, y, anchor, template.HTMLEscapeString(text))
}

func (s *svg) line(x1, y1, x2, y2 float64, style string) {
	fmt.Fprintf(s, `<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" style="%s"/>`, x1, y1, x2, y2, style)
}

// bars draws the share of right answers of each class and geocoder, with the floor and the target.
func (r *Report) bars() template.HTML {
	var s svg
	const left, width, bar = 430.0, 480.0, 9.0
	classes := noise.Classes()
	step := bar*float64(len(r.Runs)) + 12
	s.begin(left+width+60, int(step*float64(len(classes)))+30, "right first answers by class")
	for x := range 6 {
		at := left + width*float64(x)/5
		s.line(at, 18, at, step*float64(len(classes))+20, "stroke:#ddd")
		s.text(at, 12, "middle", fmt.Sprint(20*x)+" %")
	}
	for i, c := range classes {
		y := 20 + step*float64(i)
		s.text(left-8, y+step/2, "end", c.FA+" · "+c.EN)
		for k := range r.Runs {
			share, n := r.Runs[k].Share(c)
			if n == 0 {
				continue
			}
			fmt.Fprintf(&s, `<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" fill="%s"><title>%s: %.2f %%, n = %d</title></rect>`, left, y+bar*float64(k), width*share/100, bar-1, colour(k),
				template.HTMLEscapeString(r.Runs[k].Name), share, n)
		}
		for at, style := range map[float64]string{c.Floor: "stroke:#b00020;stroke-width:2", c.Target: "stroke:#111;stroke-width:1;stroke-dasharray:3 2"} {
			s.line(left+width*at/100, y-2, left+width*at/100, y+bar*float64(len(r.Runs))+1, style)
		}
	}
	return s.end()
}

// matrix draws the share of right first answers by operator and number of typing errors.
func matrix(run Run) template.HTML {
	var s svg
	const left, cell, height = 400.0, 90.0, 20.0
	ops := noise.Operators()
	s.begin(left+4*cell+10, int(height*float64(len(ops)))+30, "operators by typing errors")
	for k := range 4 {
		s.text(left+cell*(float64(k)+0.5), 14, "middle", fmt.Sprint(k))
	}
	for i, o := range ops {
		y := 20 + height*float64(i)
		s.text(left-8, y+14, "end", o.Code+" "+o.FA+" · "+o.EN)
		for k := range 4 {
			f := Measure(run.Cell(o.Code, k))
			if f.N == 0 {
				continue
			}
			x := left + cell*float64(k)
			ink := "#111"
			if f.Top1 > 0.6 {
				ink = "#fff"
			}
			fmt.Fprintf(&s, `<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" fill="rgb(%d,%d,%d)"/><text x="%.1f" y="%.1f" text-anchor="middle" fill="%s">%.1f</text>`,
				x, y, cell-2, height-2, 245-int(234*f.Top1), 240-int(148*f.Top1), 230-int(92*f.Top1), x+cell/2, y+14, ink, 100*f.Top1)
		}
	}
	return s.end()
}

// reliability draws what answers said of themselves against what they were.
func (r *Report) reliability() template.HTML {
	var s svg
	const at, size = 40.0, 320.0
	s.begin(at+size+170, at+size+40, "reliability")
	x := func(v float64) float64 { return at + size*v }
	y := func(v float64) float64 { return 10 + size*(1-v) }
	for i := range 6 {
		v := float64(i) / 5
		s.line(x(v), y(0), x(v), y(1), "stroke:#eee")
		s.line(x(0), y(v), x(1), y(v), "stroke:#eee")
		s.text(x(v), y(0)+16, "middle", fmt.Sprintf("%.1f", v))
		s.text(x(0)-6, y(v)+4, "end", fmt.Sprintf("%.1f", v))
	}
	s.line(x(0), y(0), x(1), y(1), "stroke:#999;stroke-dasharray:4 3")
	s.text(x(0.5), y(0)+34, "middle", "اطمینان گفته‌شده · said")
	row := 0
	for i := range r.Runs {
		bins := Reliability(r.Runs[i].OfClasses())
		if bins[0].N > 0 && bins[0].Said == 0 {
			continue // it says nothing about itself
		}
		var points []string
		for _, b := range bins {
			if b.N > 0 {
				points = append(points, fmt.Sprintf("%.1f,%.1f", x(b.Said), y(b.Was)))
				fmt.Fprintf(&s, `<circle cx="%.1f" cy="%.1f" r="4" fill="%s"><title>n = %d</title></circle>`, x(b.Said), y(b.Was), colour(i), b.N)
			}
		}
		fmt.Fprintf(&s, `<polyline points="%s" fill="none" stroke="%s" stroke-width="2"/>`, strings.Join(points, " "), colour(i))
		s.text(x(1)+10, 30+18*float64(row), "start", fmt.Sprintf("%s: ECE %.3f", r.Runs[i].Name, bins.ECE()))
		row++
	}
	return s.end()
}

// latency draws how long answers took under each load, from the median to the slowest.
func (r *Report) latency() template.HTML {
	var s svg
	quantiles := []float64{0.5, 0.9, 0.99, 0.999, 1}
	const left, width, height = 60.0, 480.0, 240.0
	s.begin(left+width+220, height+50, "latency")
	y := func(seconds float64) float64 { // 10 µs to 10 s, by tens
		return 10 + height*(1-min(1, max(0, (log10(seconds)+5)/6)))
	}
	for i, label := range []string{"10 µs", "100 µs", "1 ms", "10 ms", "100 ms", "1 s", "10 s"} {
		at := 10 + height*(1-float64(i)/6)
		s.line(left, at, left+width, at, "stroke:#eee")
		s.text(left-6, at+4, "end", label)
	}
	for i, q := range quantiles {
		s.text(left+width*float64(i)/4, height+28, "middle", []string{"p50", "p90", "p99", "p99.9", "max"}[slices.Index(quantiles, q)])
	}
	row := 0
	for i := range r.Runs {
		for k, l := range r.Runs[i].Loads {
			var points []string
			for j, q := range quantiles {
				points = append(points, fmt.Sprintf("%.1f,%.1f", left+width*float64(j)/4, y(l.Latency.Quantile(q).Seconds())))
			}
			fmt.Fprintf(&s, `<polyline points="%s" fill="none" stroke="%s" stroke-width="2" stroke-dasharray="%s"/>`, strings.Join(points, " "), colour(i), []string{"none", "6 3", "2 2"}[k%3])
			s.text(left+width+10, 24+18*float64(row), "start", fmt.Sprintf("%s, %.0f/s %s", r.Runs[i].Name, l.Rate, l.While))
			row++
		}
	}
	return s.end()
}

// tableRow is a class with the figures of all geocoders.
type tableRow struct {
	Class   noise.Class
	Figures []Figures
	Shares  []string
	Below   []bool
}

func (r *Report) table() (rows []tableRow) {
	for _, c := range noise.Classes() {
		row := tableRow{Class: c}
		for i := range r.Runs {
			share, n := r.Runs[i].Share(c)
			text := fmt.Sprintf("%.2f", share)
			if n == 0 {
				text = "–"
			}
			row.Figures = append(row.Figures, Measure(r.Runs[i].ByClass(c.Name)))
			row.Shares, row.Below = append(row.Shares, text), append(row.Below, n > 0 && share < c.Floor)
		}
		rows = append(rows, row)
	}
	return rows
}
