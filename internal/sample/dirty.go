package sample

import (
	"context"
	"encoding/csv"
	"fmt"
	"strings"

	"golang.org/x/text/encoding/charmap"
)

// dirtyTown is where all defects live, so that they spoil nobody else's data.
func (p *plan) dirtyTown() *settlement {
	c := p.mainCity().county
	return &settlement{
		seed: p.seed, words: p.words, kind: kindTown, county: c, target: 100, expected: 150,
		code: c.code + "-C9", nameFA: "خطاشهر", nameEN: "Khata-Shahr",
	}
}

// dirtyDeliveries writes small files with known defects; docs of each function say which.
func (w *writer) dirtyDeliveries(ctx context.Context) error {
	s := w.plan.dirty
	w.manifest.Agencies = append(w.manifest.Agencies, s.agency())
	sb := s.layout(0, 0)
	before := len(w.manifest.Deliveries)
	for _, step := range []func(context.Context, *settlement, *superblock) error{w.dirtyBuildings, w.dirtyAddresses, w.dirtyFacilities} {
		if err := step(ctx, s, sb); err != nil {
			return err
		}
	}
	w.summary.Dirty = len(w.manifest.Deliveries) - before
	return nil
}

func (w *writer) deliverDirty(theme, file, mapping string) {
	s := w.plan.dirty
	w.deliver(delivery{Theme: theme, Agency: s.agency().Code, Territory: s.code, Files: []string{file}, Mapping: mapping, Dirty: true})
}

// dirtyBuildings has twelve good buildings, then a bow-tie, a key that was used before, a row without key and one a
// degree to the north of the town.
func (w *writer) dirtyBuildings(ctx context.Context, s *settlement, sb *superblock) error {
	const file = "dirty/buildings.gpkg"
	b, err := newBundle(w.work)
	if err != nil {
		return err
	}
	defer b.discard()
	t, err := b.table("buildings", "wkbPolygon", s.srs(), municipalLayers()[1].columns...)
	if err != nil {
		return err
	}
	var rings [][]xy
	for i := range sb.lots {
		if l := &sb.lots[i]; l.building != nil && len(rings) < 16 {
			rings = append(rings, s.frame.utmRing(l.building))
		}
	}
	if len(rings) < 16 {
		return fmt.Errorf("the dirty town has %d buildings, 16 are needed", len(rings))
	}
	id := func(i int) string { return s.code + "-A" + pad(i, 4) }
	for i, ring := range rings[:12] {
		if err := t.polygon(ring, id(i+1), 1+i%3, useHome); err != nil {
			return err
		}
	}
	bowTie := []xy{rings[12][0], rings[12][2], rings[12][1], rings[12][3]}
	far := rings[15]
	for i := range far {
		far[i].Y += 111000
	}
	for _, bad := range []struct {
		ring []xy
		id   any
	}{{bowTie, id(13)}, {rings[13], id(1)}, {rings[14], nil}, {far, id(16)}} {
		if err := t.polygon(bad.ring, bad.id, 2, useHome); err != nil {
			return err
		}
	}
	w.deliverDirty("building", file, "")
	return b.write(ctx, "GPKG", w.path(file))
}

// dirtyAddresses has eight good rows, then postal codes that are too short, begin with a wrong digit, repeat one digit
// or repeat an earlier row's code, a row with longitude and latitude exchanged, and one without a street.
func (w *writer) dirtyAddresses(_ context.Context, s *settlement, sb *superblock) error {
	const file = "dirty/addresses.csv"
	f, err := create(w.path(file))
	if err != nil {
		return err
	}
	defer f.Close()
	c := csv.NewWriter(f)
	c.Write([]string{"address_id", "city", "street", "street_before", "number", "postal_code", "lon", "lat"})
	prefix := s.county.prefix
	codes := []string{
		6: "", 8: prefix + "123", 9: "02" + prefix + "888", 10: "7777777777", 11: "", 12: "", 13: "",
	}
	n := 0
	for i := range sb.lots {
		l := &sb.lots[i]
		if l.floors == 0 || n == len(codes) {
			continue
		}
		code := codes[n]
		if code == "" {
			// The last serials of the prefix: the county's own settlements count from its first.
			code = postcode(prefix, serials-1-n)
		}
		street, at := l.way, round7(s.frame.lonlat(l.front))
		lon, lat := fmt.Sprintf("%.7f", at.X), fmt.Sprintf("%.7f", at.Y)
		switch n {
		case 11:
			code = postcode(prefix, serials-1)
		case 12:
			lon, lat = lat, lon
		case 13:
			street = ""
		}
		n++
		c.Write([]string{"DIRTY-" + pad(n, 3), s.nameFA, street, l.before, fmt.Sprint(l.number), code, lon, lat})
	}
	c.Flush()
	if err := c.Error(); err != nil {
		return err
	}
	w.deliverDirty("gnaf-address", file, "")
	return f.Close()
}

// dirtyFacilities is a CSV in windows-1256 with Arabic letters, whose last row has no kind.
func (w *writer) dirtyFacilities(_ context.Context, s *settlement, sb *superblock) error {
	const file, mappingFile = "dirty/facilities-1256.csv", "dirty/facilities-1256.mapping.json"
	var text strings.Builder
	c := csv.NewWriter(&text)
	c.Write([]string{"شناسه", "نوع", "نام", "طول", "عرض"})
	for i := range 8 {
		kind := facilityKinds[i%len(facilityKinds)]
		name, category := kind.name+" "+fmt.Sprint(i+1), kind.kind
		if i == 7 {
			category = ""
		}
		at := round7(s.frame.lonlat(sb.lots[i*3].front))
		c.Write([]string{"KH-" + pad(i+1, 2), category, name, fmt.Sprintf("%.7f", at.X), fmt.Sprintf("%.7f", at.Y)})
	}
	c.Flush()
	encoded, err := charmap.Windows1256.NewEncoder().String(arabicYeh(text.String()))
	if err != nil {
		return err
	}
	f, err := create(w.path(file))
	if err != nil {
		return err
	}
	defer f.Close()
	if _, err := f.WriteString(encoded); err != nil {
		return err
	}
	m := mapping{
		Encoding: "windows-1256", Point: &pointColumns{Lon: "طول", Lat: "عرض"},
		Attributes: map[string]string{"facility_id": "شناسه", "kind": "نوع", "name_fa": "نام"},
	}
	if err := writeJSON(w.path(mappingFile), m); err != nil {
		return err
	}
	w.deliverDirty("public-facility", file, mappingFile)
	return f.Close()
}
