package reading

import (
	"context"
	"errors"
	"path"
	"slices"
	"strings"

	"nsdi/internal/errs"
	"nsdi/internal/ogr"
)

// gisSource is a file that GDAL reads.
type gisSource struct {
	sandbox *ogr.Sandbox
	name    string // as delivered
	inner   string // its stem inside the sandbox, which some drivers take for the layer's name
	file    ogr.File
	areas   bool       // it is GML with areas at its beginning
	places  bool       // what has no place is passed over: in exchanges of cadastres these are tables of persons and deeds
	open    *openRings // of GML; nil where every ring is closed
	found   []ogr.Layer
}

func (s *gisSource) inspect(ctx context.Context) ([]Layer, error) {
	found, err := s.sandbox.Inspect(ctx, s.file)
	if err != nil {
		return nil, s.at(err)
	}
	if len(found) == 1 && found[0].Geometry == "Point" && s.areas && !s.file.FirstGeometry {
		// Cadastres write a parcel before the place of its number, and GDAL takes what comes last.
		s.file.FirstGeometry = true
		return s.inspect(ctx)
	}
	s.found = found
	var layers []Layer
	for _, l := range found {
		if s.passes(l) {
			continue
		}
		layers = append(layers, Layer{File: s.name, Name: s.layerName(l.Name), Features: l.Features, CRS: l.CRS})
	}
	return layers, nil
}

func (s *gisSource) read(ctx context.Context, yield func(*Row) error) error {
	crs := make(map[string]string)
	for _, l := range s.found {
		crs[l.Name] = l.CRS
	}
	var row Row
	layer, id := "", -1
	met := make(map[string]bool)
	passed := make(map[string]bool)
	for _, l := range s.found {
		passed[l.Name] = s.passes(l)
	}
	lost, err := s.sandbox.Read(ctx, s.file, s.found, func(r *ogr.Row) error {
		if passed[r.Layer] {
			return nil
		}
		if r.Number == 1 || layer != s.layerName(r.Layer) {
			layer = s.layerName(r.Layer)
			row = Row{File: s.name, Layer: layer, CRS: crs[r.Layer]}
			id = slices.Index(r.Columns, "gml_id")
		}
		row.Number, row.Columns, row.Values, row.Null, row.Geoms, row.Damage = r.Number, r.Columns, r.Values, r.Null, r.Geoms, ""
		if r.TooLong {
			row.Damage = "too-long"
		}
		if s.open != nil && id >= 0 && id < len(r.Values) {
			if row.Open = s.open.of[r.Values[id]]; row.Open != "" {
				met[r.Values[id]] = true
			}
		}
		return yield(&row)
	})
	if err != nil {
		return s.at(err)
	}
	if s.open != nil && len(met) != len(s.open.of) { // GDAL calls features otherwise: it could not be told whose rings it has closed
		return s.open.refusal(s.name)
	}
	for _, l := range lost {
		damaged := Row{File: s.name, Layer: layer, Number: l.Number, Damage: "geometry-unreadable"}
		if l.ID != "" {
			damaged.Columns, damaged.Values, damaged.Null = []string{"gml_id"}, []string{l.ID}, []bool{false}
		}
		if err := yield(&damaged); err != nil {
			return err
		}
	}
	return nil
}

// passes answers whether a layer is none of ours.
func (s *gisSource) passes(l ogr.Layer) bool {
	return s.places && (l.Geometry == "" || l.Geometry == "None" || l.Features == 0)
}

// layerName gives the file's own name where the driver could only see ours.
func (s *gisSource) layerName(layer string) string {
	if layer == s.inner {
		return stem(path.Base(s.name))
	}
	return layer
}

// at names the file in a problem that does not name it yet, and calls it by its own name where GDAL, which saw ours only, speaks of it.
func (s *gisSource) at(err error) error {
	var e *errs.Error
	if errors.As(err, &e) && e.Location == "" {
		c := *e
		c.Location = s.name
		own := strings.NewReplacer(s.inner, stem(path.Base(s.name)))
		c.Detail = errs.T(own.Replace(e.Detail.FA), own.Replace(e.Detail.EN))
		return &c
	}
	return err
}
