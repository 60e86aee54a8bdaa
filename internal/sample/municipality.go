package sample

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// municipality collects the layers of one city or town. Layers that it does not deliver are not written.
type municipality struct {
	w      *writer
	s      *settlement
	bundle *bundle
	layers map[string]*table // by theme
}

type municipalLayer struct {
	theme, layer, geometry string
	columns                []columnDef
}

// municipalLayers are the eight themes that the law asks of every municipality, in the order in which they get ready.
func municipalLayers() []municipalLayer {
	return []municipalLayer{
		{"road", "roads", "wkbLineString", []columnDef{{name: "road_id", kind: typeText}, {name: "name_fa", kind: typeText}, {name: "road_class", kind: typeText}, {name: "width_m", kind: typeReal}}},
		{"building", "buildings", "wkbPolygon", []columnDef{{name: "building_id", kind: typeText}, {name: "floors", kind: typeInteger}, {name: "use", kind: typeText}}},
		{"city-block", "city_blocks", "wkbPolygon", []columnDef{{name: "block_id", kind: typeText}}},
		{"neighbourhood", "neighbourhoods", "wkbPolygon", []columnDef{{name: "code", kind: typeText}, {name: "name_fa", kind: typeText}}},
		{"green-space", "green_spaces", "wkbPolygon", []columnDef{{name: "space_id", kind: typeText}, {name: "kind", kind: typeText}, {name: "name_fa", kind: typeText}}},
		{"public-facility", "public_facilities", "wkbPoint", []columnDef{{name: "facility_id", kind: typeText}, {name: "kind", kind: typeText}, {name: "name_fa", kind: typeText}}},
		{"land-use", "land_use", "wkbPolygon", []columnDef{{name: "lot_id", kind: typeText}, {name: "use", kind: typeText}}},
		{"street-furniture", "street_furniture", "wkbPoint", []columnDef{{name: "item_id", kind: typeText}, {name: "kind", kind: typeText}}},
	}
}

// moreLayers are themes that no municipality must deliver, and that a few do.
func moreLayers() []municipalLayer {
	place := []columnDef{{name: "facility_id", kind: typeText}, {name: "name_fa", kind: typeText}, {name: "kind", kind: typeText}}
	return []municipalLayer{
		{"alley", "alleys", "wkbLineString", []columnDef{{name: "alley_id", kind: typeText}, {name: "name_fa", kind: typeText}, {name: "width_m", kind: typeReal}}},
		{"health-facility", "health", "wkbPoint", place},
		{"education-facility", "schools", "wkbPoint", []columnDef{{name: "facility_id", kind: typeText}, {name: "name_fa", kind: typeText}, {name: "level", kind: typeText}}},
		{"culture-worship", "culture", "wkbPoint", place},
	}
}

// layersOf are the layers that the settlement's municipality delivers, besides its districts.
func (s *settlement) layersOf() []municipalLayer {
	list := municipalLayers()[:s.delivered]
	if s.more {
		list = append(list, moreLayers()...)
	}
	return list
}

// delivers reports whether the settlement has a municipality that delivers a theme.
func (s *settlement) delivers(theme string) bool {
	return !s.village() && slices.ContainsFunc(s.layersOf(), func(l municipalLayer) bool { return l.theme == theme })
}

// newMunicipality registers the agency and opens its layers.
func (w *writer) newMunicipality(s *settlement) (*municipality, error) {
	w.manifest.Agencies = append(w.manifest.Agencies, s.agency())
	m := &municipality{w: w, s: s, layers: map[string]*table{}}
	if s.delivered == 0 {
		return m, nil
	}
	var err error
	if m.bundle, err = newBundle(w.work); err != nil {
		return nil, err
	}
	for _, l := range s.layersOf() {
		if m.layers[l.theme], err = m.bundle.table(l.layer, l.geometry, s.srs(), l.columns...); err != nil {
			return nil, err
		}
	}
	for _, way := range s.mainStreets() {
		if err := m.road(way); err != nil {
			return nil, err
		}
	}
	return m, nil
}

func (s *settlement) srs() string { return fmt.Sprintf("EPSG:%d", 32600+s.frame.zone) }

func (s *settlement) agency() agency {
	return agency{
		Code: "municipality-" + strings.ToLower(s.code), Kind: "municipality",
		NameFA: "شهرداری " + s.nameFA, NameEN: "Municipality of " + s.nameEN, Territories: []string{s.code},
	}
}

func (m *municipality) road(way way) error {
	if t := m.layers["alley"]; t != nil && way.class == "alley" {
		if err := t.line(m.s.frame.utm(way.line[0]), m.s.frame.utm(way.line[1]), way.id, way.name, way.width); err != nil {
			return err
		}
	}
	t := m.layers["road"]
	if t == nil {
		return nil
	}
	return t.line(m.s.frame.utm(way.line[0]), m.s.frame.utm(way.line[1]), way.id, way.name, way.class, way.width)
}

// superblock adds a superblock to the layers.
func (m *municipality) superblock(sb *superblock) error {
	if m.bundle == nil {
		return nil
	}
	sb.furnish()
	prefix := m.s.code + "-" + pad(sb.index+1, 4) + "-"
	f := m.s.frame
	var err error
	polygon := func(theme string, ring []xy, values ...any) {
		if t := m.layers[theme]; t != nil && err == nil {
			err = t.polygon(f.utmRing(ring), values...)
		}
	}
	point := func(theme string, at xy, values ...any) {
		if t := m.layers[theme]; t != nil && err == nil {
			err = t.point(f.utm(at), values...)
		}
	}
	for _, way := range sb.ways {
		if err == nil {
			err = m.road(way)
		}
	}
	polygon("neighbourhood", sb.cell, prefix+"N", sb.neighbourhood)
	for i, ring := range sb.blocks {
		polygon("city-block", ring, prefix+"B"+pad(i+1, 3))
	}
	for i := range sb.lots {
		l := &sb.lots[i]
		polygon("land-use", l.ring, prefix+"L"+pad(i+1, 4), l.use)
		if l.building != nil {
			polygon("building", l.building, prefix+"A"+pad(i+1, 4), l.floors, l.use)
		}
	}
	for i, g := range sb.greens {
		polygon("green-space", g.ring, prefix+"G"+pad(i+1, 2), g.kind, g.name)
	}
	for i, p := range sb.facilities {
		id := prefix + "F" + pad(i+1, 2)
		point("public-facility", p.at, id, p.kind, p.name)
		for _, f := range facilityKinds {
			if f.kind == p.kind {
				point(f.theme, p.at, id, p.name, f.value)
			}
		}
	}
	for i, p := range sb.furniture {
		point("street-furniture", p.at, prefix+"M"+pad(i+1, 3), p.kind)
	}
	return err
}

// districts cuts a larger city into two municipal districts along one of its main streets.
func (m *municipality) districts() error {
	s := m.s
	if s.kind != kindCity || s.cols() < 2 {
		return nil
	}
	t, err := m.bundle.table("municipal_districts", "wkbPolygon", s.srs(),
		columnDef{name: "code", kind: typeText}, columnDef{name: "name_fa", kind: typeText}, columnDef{name: "number", kind: typeInteger})
	if err != nil {
		return err
	}
	m.layers["municipal-district"] = t
	whole, middle := s.bounds(60), s.xs[s.cols()/2]
	for i, span := range [][2]float64{{whole[0].X, middle}, {middle, whole[1].X}} {
		ring := s.frame.utmRing(rectangle(span[0], span[1], whole[0].Y, whole[2].Y))
		if err := t.polygon(ring, fmt.Sprintf("%s-M%d", s.code, i+1), "منطقه "+persian(i+1), i+1); err != nil {
			return err
		}
	}
	return nil
}

// write makes the GeoPackage and lists its deliveries, one a theme.
func (m *municipality) write(ctx context.Context) ([]delivery, error) {
	if m.bundle == nil {
		return nil, nil
	}
	if err := m.districts(); err != nil {
		return nil, err
	}
	agency := m.s.agency().Code
	file := "municipality/" + strings.ToLower(m.s.code) + ".gpkg"
	var list []delivery
	for _, l := range append(m.s.layersOf(), municipalLayer{theme: "municipal-district", layer: "municipal_districts"}) {
		if t := m.layers[l.theme]; t != nil && t.n > 0 {
			list = append(list, delivery{Theme: l.theme, Agency: agency, Territory: m.s.code, Files: []string{file}, Layers: []string{l.layer}})
		}
	}
	return list, m.bundle.write(ctx, "GPKG", m.w.path(file))
}
