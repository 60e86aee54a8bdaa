package sample

import (
	"context"
	"fmt"
	"math"
	"slices"
)

// Sizes of the sheets in metres. The numbering and cutting of real sheets is not public, so both are invented.
const (
	sheetWidth2000, sheetHeight2000 = 500.0, 400.0
	sheetWidth500, sheetHeight500   = 125.0, 100.0
	// countrySheet is the side, in degrees, of an index sheet outside the cities.
	countrySheet = 0.25
)

// sheet is one of the index of base maps.
type sheet struct {
	ring        []xy
	number      string
	scale, year int
	accuracy    float64
}

// sheets writes the index of base maps: the western parts of cities at both scales, no sheet for every second town,
// and outside the cities a share of the country that differs from province to province.
func (w *writer) sheets(ctx context.Context) error {
	const file = "ncc/base-map-sheets.gpkg"
	b, err := newBundle(w.work)
	if err != nil {
		return err
	}
	defer b.discard()
	t, err := b.table("sheets", "wkbPolygon", "EPSG:4326", columnDef{name: "sheet_no", kind: typeText}, columnDef{name: "scale", kind: typeInteger},
		columnDef{name: "capture_year", kind: typeInteger}, columnDef{name: "accuracy_m", kind: typeReal})
	if err != nil {
		return err
	}
	lists := [][]sheet{}
	for _, c := range w.plan.counties {
		for i, s := range c.settlements {
			lists = append(lists, s.sheets(i))
		}
	}
	for _, list := range append(lists, w.plan.countrySheets()) {
		for _, s := range list {
			if err := t.polygon(s.ring, s.number, s.scale, s.year, s.accuracy); err != nil {
				return err
			}
		}
	}
	w.deliver(delivery{Theme: "base-map-sheet", Agency: "ncc", Files: []string{file}})
	return b.write(ctx, "GPKG", w.path(file))
}

// sheets are those of the i-th settlement of a county: none of villages and of every second town.
func (s *settlement) sheets(i int) []sheet {
	if s.village() || s.kind == kindTown && i%2 == 0 {
		return nil
	}
	return append(s.citySheets(2000, sheetWidth2000, sheetHeight2000, 0.65), s.citySheets(500, sheetWidth500, sheetHeight500, 0.45)...)
}

// index are the sheets that must exist of the settlement: at each scale that it needs those that show something of it, and not only its edge.
func (s *settlement) index() []sheet {
	all := map[int][]sheet{500: s.citySheets(500, sheetWidth500, sheetHeight500, 1), 2000: s.citySheets(2000, sheetWidth2000, sheetHeight2000, 1)}
	var list []sheet
	for _, scale := range s.scales() {
		for _, one := range all[scale] {
			if squareMetres(within(one.ring, s.boundary())) > 0.01*squareMetres(one.ring) {
				list = append(list, one)
			}
		}
	}
	return list
}

// requiredSheets writes them, and those outside the cities of the provinces that have settlements.
func (w *writer) requiredSheets(ctx context.Context) error {
	const file = "ncc/required-sheets.gpkg"
	b, err := newBundle(w.work)
	if err != nil {
		return err
	}
	defer b.discard()
	t, err := b.table("required_sheets", "wkbPolygon", "EPSG:4326", columnDef{name: "sheet_no", kind: typeText}, columnDef{name: "scale", kind: typeInteger},
		columnDef{name: "source", kind: typeText}, columnDef{name: "date", kind: typeText})
	if err != nil {
		return err
	}
	lists := [][]sheet{}
	for _, c := range w.plan.counties {
		for _, s := range c.settlements {
			lists = append(lists, s.index())
		}
	}
	for _, list := range append(lists, w.plan.countryIndex()) {
		for _, s := range list {
			if err := t.polygon(s.ring, s.number, s.scale, "شاخص ساختگی", fileDate); err != nil {
				return err
			}
		}
	}
	w.deliver(delivery{Theme: "required-sheet", Agency: "ncc", Files: []string{file}})
	return b.write(ctx, "GPKG", w.path(file))
}

// citySheets are the sheets over the western share of a city, cut along the UTM grid.
func (s *settlement) citySheets(scale int, width, height, share float64) []sheet {
	low, high := xy{math.Inf(1), math.Inf(1)}, xy{math.Inf(-1), math.Inf(-1)}
	for _, p := range s.frame.utmRing(s.bounds(60)) {
		low = xy{min(low.X, p.X), min(low.Y, p.Y)}
		high = xy{max(high.X, p.X), max(high.Y, p.Y)}
	}
	low = xy{math.Floor(low.X), math.Floor(low.Y)}
	corner := func(i, j int) xy {
		q := fromUTM(s.frame.zone, xy{low.X + float64(i)*width, low.Y + float64(j)*height})
		return xy{math.Round(q.X*1e9) / 1e9, math.Round(q.Y*1e9) / 1e9}
	}
	var list []sheet
	for i := 0; float64(i)*width < share*(high.X-low.X); i++ {
		for j := 0; float64(j)*height < high.Y-low.Y; j++ {
			ring := []xy{corner(i, j), corner(i+1, j), corner(i+1, j+1), corner(i, j+1)}
			number := fmt.Sprintf("%s-%d-%02d-%02d", s.code, scale, i+1, j+1)
			list = append(list, sheet{ring, number, scale, 2018 + (i+j)%7, float64(scale) / 5000})
		}
	}
	return list
}

// countrySheets are the sheets that are made outside the counties that have settlements.
func (p *plan) countrySheets() []sheet {
	return p.outside(func(s sheet, mapped bool) bool { return mapped })
}

// countryIndex are those that must exist there, made or not: in provinces that have settlements.
func (p *plan) countryIndex() []sheet {
	settled := p.settled()
	return p.outside(func(s sheet, _ bool) bool { return settled[p.provinceOf(s)] })
}

// settled are the provinces that have settlements.
func (p *plan) settled() map[*province]bool {
	all := map[*province]bool{}
	for _, c := range p.counties {
		all[c.province] = true
	}
	return all
}

// provinceOf is the one that most of a sheet lies in.
func (p *plan) provinceOf(s sheet) *province {
	var most *province
	m2 := 0.0
	for i := range p.provinces {
		if in := squareMetres(within(p.provinces[i].ring, s.ring)); in > m2 {
			most, m2 = &p.provinces[i], in
		}
	}
	return most
}

// outside cuts the country into sheets, and answers those away from the counties that have settlements that are asked for.
func (p *plan) outside(wanted func(s sheet, mapped bool) bool) []sheet {
	var list []sheet
	r := stream(p.seed, "sheets")
	for _, b := range boxesIn(p.border, p.provinces[0].capital, countrySheet, countrySheet, countrySheet) {
		share := 0.0
		for i := range p.provinces {
			if contains(p.provinces[i].ring, b.at(0.5, 0.5)) {
				share = 0.1 + 0.08*float64(i*7%10)
			}
		}
		mapped := r.Float64() < share
		if slices.ContainsFunc(p.counties, func(c *county) bool { return b.overlaps(c.box) }) {
			continue
		}
		s := sheet{ring: b.ring(), number: fmt.Sprintf("R-%d-%d", int(math.Round(b.west*100)), int(math.Round(b.south*100))), scale: 2000, accuracy: 0.4}
		if mapped {
			s.year = 2016 + r.IntN(9)
		}
		if wanted(s, mapped) {
			list = append(list, s)
		}
	}
	return list
}

// baseMapFeatures writes what the base maps of the main city show: its main streets, and a height mark in each part.
func (w *writer) baseMapFeatures(ctx context.Context) error {
	const file = "ncc/base-map-features.geojson"
	g, err := newGeoJSON(w.path(file), "base_map_features")
	if err != nil {
		return err
	}
	s := w.plan.mainCity()
	for _, way := range s.mainStreets() {
		if err == nil {
			err = g.line(s.frame.lonlatRing(way.line[:]), attr{"feature_id", "BM-" + way.id}, attr{"feature_class", "road"}, attr{"name_fa", way.name})
		}
	}
	for row := range s.rows() {
		for col := range s.cols() {
			at := s.frame.lonlat(xy{s.xs[col] + 3, s.ys[row] - 3})
			if err == nil {
				err = g.point(at, attr{"feature_id", fmt.Sprintf("BM-%s-P%02d%02d", s.code, row, col)}, attr{"feature_class", "height-mark"})
			}
		}
	}
	if closeErr := g.close(); err == nil {
		err = closeErr
	}
	w.deliver(delivery{Theme: "base-map-feature", Agency: "ncc", Territory: s.county.code, Files: []string{file}})
	return err
}

// mainCity is the city of the first county.
func (p *plan) mainCity() *settlement {
	for _, c := range p.counties {
		if c.ordinal == 1 {
			return c.settlements[0]
		}
	}
	return nil
}
