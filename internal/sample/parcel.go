package sample

import (
	"archive/zip"
	"context"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// urbanColumns are the fields of the registry's Shapefile: dBASE names of at most ten bytes.
func urbanColumns() []columnDef {
	return []columnDef{
		{"PARCEL_ID", typeText, 40, 0},
		{"BAKHSH", typeText, 20, 0},
		{"NAHIYE", typeText, 20, 0},
		{"ASLI", typeInteger, 9, 0},
		{"FARI", typeInteger, 9, 0},
		{"GHATE", typeText, 10, 0},
		{"KARBARI", typeText, 30, 0},
		{"MASAHAT", typeReal, 14, 2},
		{"RAVESH", typeText, 30, 0},
		{"DEGHAT_M", typeReal, 8, 2},
	}
}

func ruralColumns() []columnDef {
	return []columnDef{
		{name: "parcel_id", kind: typeText},
		{name: "section", kind: typeText},
		{name: "district", kind: typeText},
		{name: "main_plate", kind: typeInteger},
		{name: "sub_plate", kind: typeInteger},
		{name: "lot", kind: typeText},
		{name: "land_use", kind: typeText},
		{name: "declared_area_m2", kind: typeReal},
		{name: "survey_method", kind: typeText},
		{name: "accuracy_m", kind: typeReal},
	}
}

// urbanMapping writes the mapping of a UTM zone once and returns its path.
func (w *writer) urbanMapping(zone int) (string, error) {
	rel := fmt.Sprintf("registry/cadastre-urban-%dN.mapping.json", zone)
	m := mapping{CRS: fmt.Sprintf("EPSG:%d", 32600+zone), Encoding: "windows-1256", Attributes: map[string]string{}}
	for i, c := range ruralColumns() {
		m.Attributes[c.name] = urbanColumns()[i].name
	}
	return rel, writeJSON(w.path(rel), m)
}

// urbanParcels writes the lots of a superblock in the letters that windows-1256 has.
func (w *writer) urbanParcels(t *table, s *settlement, sb *superblock, place int) error {
	return w.parcels(sb, s, place, func(ring []xy, values []any) error {
		for i, v := range values {
			if v, ok := v.(string); ok {
				values[i] = arabicYeh(v)
			}
		}
		return t.polygon(ring, values...)
	}, s.frame.utmRing)
}

func (w *writer) ruralParcels(t *table, s *settlement, sb *superblock, place int) error {
	return w.parcels(sb, s, place, func(ring []xy, values []any) error { return t.polygon(ring, values...) }, s.frame.lonlatRing)
}

// parcels numbers the lots of a superblock: a main plate a superblock, a sub-plate a lot. Cities, towns and villages of
// a county are registration sections of their own, with numbers that do not return in the province.
func (w *writer) parcels(sb *superblock, s *settlement, place int, write func([]xy, []any) error, project func([]xy) []xy) error {
	section, main := "بخش "+strconv.Itoa(10*s.county.number+place+1), 10+sb.index
	method, accuracy := "شمیم", 0.05
	if s.village() {
		method, accuracy = "فتوگرامتری", 0.5
	}
	for i := range sb.lots {
		l := &sb.lots[i]
		id := s.county.code + "-" + strconv.Itoa(place+1) + "-" + strconv.Itoa(main) + "-" + strconv.Itoa(i+1)
		declared := math.Round(area(s.frame.utmRing(l.ring))*100) / 100
		var ghate any
		if l.suffix != "" {
			ghate = "1"
		}
		values := []any{id, section, "ناحیه " + strconv.Itoa(sb.row+1), main, i + 1, ghate, l.use, declared, method, accuracy}
		if err := write(project(l.ring), values); err != nil {
			return err
		}
		w.summary.Parcels++
	}
	return nil
}

// stripWidth is that of the strips, in metres.
const stripWidth = 25

// strips cuts a village's fabric into strips of land that leave three parts of a hundred free: where land was never divided into lots the cadastre takes all of it, alleys and all.
// With its lots alone no village is covered.
func (s *settlement) strips() (rings [][]xy) {
	whole := s.bounds(60)
	west, south, east, north := whole[0].X, whole[0].Y, whole[2].X, whole[2].Y
	north -= (north - south) * 0.03
	n := int((east - west) / stripWidth)
	width := (east - west) / float64(n)
	for i := range n {
		rings = append(rings, rectangle(west+float64(i)*width, west+float64(i+1)*width, south, north))
	}
	return rings
}

// strips writes them as parcels of one plate each.
func (w *writer) strips(t *table, s *settlement, place int) error {
	for i, ring := range s.strips() {
		declared := math.Round(area(s.frame.utmRing(ring))*100) / 100
		id := s.county.code + "-" + strconv.Itoa(place+1) + "-9-" + strconv.Itoa(i+1)
		if err := t.polygon(s.frame.lonlatRing(ring), id, "بخش "+strconv.Itoa(10*s.county.number+place+1), "ناحیه ۱", 9, i+1, nil, useVacant, declared, "فتوگرامتری", 0.5); err != nil {
			return err
		}
		w.summary.Parcels++
	}
	return nil
}

// arabicYeh replaces the Persian yeh, which windows-1256 does not have, as agencies' programs do. The Persian kaf is
// in it and stays.
func arabicYeh(s string) string { return strings.ReplaceAll(s, "ی", "ي") }

// writeShapefile writes a bundle of one layer as a zip with all parts of a Shapefile in windows-1256.
func (w *writer) writeShapefile(ctx context.Context, b *bundle, layer, rel string) error {
	dir, err := os.MkdirTemp(w.work, "shape")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	err = b.write(ctx, "ESRI Shapefile", filepath.Join(dir, layer+".shp"), "-lco", "ENCODING=CP1256", "-lco", "DBF_DATE_LAST_UPDATE="+fileDate)
	if err != nil {
		return err
	}
	f, err := create(w.path(rel))
	if err != nil {
		return err
	}
	defer f.Close()
	z := zip.NewWriter(f)
	for _, ext := range []string{".shp", ".shx", ".dbf", ".prj", ".cpg"} {
		if err := addToZip(z, filepath.Join(dir, layer+ext), layer+ext); err != nil {
			return err
		}
	}
	if err := z.Close(); err != nil {
		return err
	}
	return f.Close()
}

func addToZip(z *zip.Writer, path, name string) error {
	in, err := os.Open(path)
	if err != nil {
		return err
	}
	defer in.Close()
	modified, err := time.Parse(time.DateOnly, fileDate)
	if err != nil {
		return err
	}
	out, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: modified})
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return err
}
