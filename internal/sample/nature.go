package sample

import (
	"context"
	"fmt"
	"math"
	"slices"
)

// A range-and-forest area is a mesh of natureCols × natureRows parcels; natureSpan columns make one polygon of the
// range-forest layer. Both are drawn from the same nodes, so they share every vertex.
const (
	natureCols = 12
	natureRows = 5
	natureSpan = 3
)

// nodes returns the mesh over a box. Inner nodes are moved at random, by less than would let two lines cross.
func (p *plan) nodes(name string, b box) [][]xy {
	r := stream(p.seed, "nature", name)
	out := make([][]xy, natureRows+1)
	for j := range out {
		out[j] = make([]xy, natureCols+1)
		for i := range out[j] {
			dx, dy := between(r, -0.28, 0.28), between(r, -0.28, 0.28)
			if i == 0 || i == natureCols {
				dx = 0
			}
			q := b.at((float64(i)+dx)/natureCols, (float64(j)+dy)/(natureRows+1)+0.5/(natureRows+1))
			out[j][i] = xy{math.Round(q.X*1e7) / 1e7, math.Round(q.Y*1e7) / 1e7}
		}
	}
	return out
}

// outlineOf walks around the columns from..to of a mesh.
func outlineOf(mesh [][]xy, from, to int) []xy {
	var ring []xy
	ring = append(ring, mesh[0][from:to+1]...)
	for j := 1; j < natureRows; j++ {
		ring = append(ring, mesh[j][to])
	}
	top := slices.Clone(mesh[natureRows][from : to+1])
	slices.Reverse(top)
	ring = append(ring, top...)
	for j := natureRows - 1; j > 0; j-- {
		ring = append(ring, mesh[j][from])
	}
	return ring
}

// natureBox finds room for the area of a province that no county occupies, large if there is room for it.
func (p *plan) natureBox(pr *province) (box, error) {
	for _, size := range [][2]float64{{0.6, 0.4}, {0.36, 0.24}, {countySize, countySize}} {
		for _, b := range boxesIn(pr.ring, pr.capital, size[0], size[1], 0.1) {
			busy := b.overlaps(box{coastWest, coastBox().south, coastEast, 90})
			for _, c := range p.counties {
				busy = busy || b.overlaps(c.box)
			}
			if !busy {
				return b, nil
			}
		}
	}
	return box{}, fmt.Errorf("no room for range and forest in %s", pr.code)
}

// rangeAndForest writes the areas of the forests organisation and the parcels that the registry has made of them so
// far: a share that differs from province to province.
func (w *writer) rangeAndForest(context.Context) error {
	const areas, parcels = "forests/range-forest.geojson", "registry/cadastre-range-forest.geojson"
	a, err := newGeoJSON(w.path(areas), "range_forest")
	if err != nil {
		return err
	}
	c, err := newGeoJSON(w.path(parcels), "cadastre_range_forest")
	if err != nil {
		return err
	}
	meshes, err := w.plan.meshes()
	for _, m := range meshes {
		if err == nil {
			err = w.mesh(a, c, m)
		}
	}
	for _, g := range []*geojson{a, c} {
		if closeErr := g.close(); err == nil {
			err = closeErr
		}
	}
	w.deliver(delivery{Theme: "range-forest", Agency: "forests", Files: []string{areas}})
	w.deliver(delivery{Theme: "cadastre-range-forest", Agency: "registry", Files: []string{parcels}})
	return err
}

// mesh is an area of range and forest; done of its columns are mapped.
type mesh struct {
	number, done int
	code         string
	nodes        [][]xy
	units        []string // that it lies in
}

// meshes are one a province, and one in the county of the coast.
func (p *plan) meshes() ([]mesh, error) {
	var list []mesh
	add := func(b box, done int, units ...string) {
		n := len(list) + 1
		code := fmt.Sprintf("%s-N%d", units[0], n)
		list = append(list, mesh{n, done, code, p.nodes(code, b), append(units, "IR")})
	}
	for i := range p.provinces {
		pr := &p.provinces[i]
		b, err := p.natureBox(pr)
		if err != nil {
			return nil, err
		}
		add(b, 2+(i*5)%8, pr.code)
	}
	cb := coastBox()
	low, high := cb.at(0.05, 0.04), cb.at(0.95, 0.27)
	add(box{low.X, low.Y, high.X, high.Y}, 6, provinceOfCoast, p.mainCity().county.code)
	return list, nil
}

// areas are the polygons of the mesh, and parcels those of its columns that are mapped.
func (m *mesh) areas() (list [][]xy) {
	for k := 0; k*natureSpan < natureCols; k++ {
		list = append(list, outlineOf(m.nodes, k*natureSpan, (k+1)*natureSpan))
	}
	return list
}

func (m *mesh) parcels() (list [][]xy) {
	for i := range m.done {
		for j := range natureRows {
			list = append(list, []xy{m.nodes[j][i], m.nodes[j][i+1], m.nodes[j+1][i+1], m.nodes[j+1][i]})
		}
	}
	return list
}

// mesh writes one area.
func (w *writer) mesh(areas, parcels *geojson, m mesh) error {
	for k, ring := range m.areas() {
		kind, name := "range", "مرتع نمونه "
		if k%2 == 1 {
			kind, name = "forest", "جنگل نمونه "
		}
		err := areas.polygon(ring, attr{"code", fmt.Sprintf("%s-%d", m.code, k+1)}, attr{"kind", kind}, attr{"name_fa", name + persian(areas.n+1)})
		if err != nil {
			return err
		}
	}
	for k, ring := range m.parcels() {
		i, j := k/natureRows, k%natureRows
		use := "مرتع"
		if i/natureSpan%2 == 1 {
			use = "جنگل"
		}
		if err := parcels.polygon(ring, plateAttrs(m.code, "بخش مراتع و جنگل‌ها", 100*m.number+i+1, j+1, use, "تبدیل از نقشه", 2)...); err != nil {
			return err
		}
		w.summary.Parcels++
	}
	return nil
}

// plateAttrs are the attributes of a parcel that is delivered under the theme's own names.
func plateAttrs(area, section string, main, sub int, use, method string, accuracy float64) []attr {
	return []attr{
		{"parcel_id", fmt.Sprintf("%s-%d-%d", area, main, sub)},
		{"section", section},
		{"main_plate", main},
		{"sub_plate", sub},
		{"land_use", use},
		{"survey_method", method},
		{"accuracy_m", accuracy},
	}
}

// seaAreas are the sea before the sample coast, and the marine parcels of its western two fifths.
func seaAreas() (areas, parcels [][]xy) {
	const parts = 4
	width := (coastEast - coastWest) / parts
	for i := range parts {
		from := coastWest + float64(i)*width
		areas = append(areas, seaArea(from, from+width))
	}
	strips := int(math.Round((coastEast - coastWest) / coastStep))
	for i := range strips * 2 / 5 {
		from := coastWest + float64(i)*coastStep
		parcels = append(parcels, seaArea(from, from+coastStep))
	}
	return areas, parcels
}

// sea writes the sea areas before the sample coast and the marine parcels of the western ones.
func (w *writer) sea(context.Context) error {
	const areas, parcels = "ports/territorial-sea.geojson", "registry/cadastre-marine.geojson"
	a, err := newGeoJSON(w.path(areas), "territorial_sea")
	if err != nil {
		return err
	}
	c, err := newGeoJSON(w.path(parcels), "cadastre_marine")
	if err != nil {
		return err
	}
	areasAt, parcelsAt := seaAreas()
	for i := 0; i < len(areasAt) && err == nil; i++ {
		err = a.polygon(areasAt[i], attr{"code", fmt.Sprintf("CSP-%02d", i+1)}, attr{"name_fa", "پهنه دریایی نمونه " + persian(i+1)})
	}
	for i := 0; i < len(parcelsAt) && err == nil; i++ {
		err = c.polygon(parcelsAt[i], plateAttrs("CSP", "بخش دریایی", i+1, 0, "دریا", "تبدیل از نقشه", 5)...)
		w.summary.Parcels++
	}
	for _, g := range []*geojson{a, c} {
		if closeErr := g.close(); err == nil {
			err = closeErr
		}
	}
	w.deliver(delivery{Theme: "territorial-sea", Agency: "ports", Files: []string{areas}})
	w.deliver(delivery{Theme: "cadastre-marine", Agency: "registry", Files: []string{parcels}})
	return err
}
