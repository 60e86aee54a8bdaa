package reading

import (
	"context"
	"errors"
	"path"

	"nsdi/internal/errs"
	"nsdi/internal/ogr"
)

// gisSource is a file that GDAL reads.
type gisSource struct {
	sandbox *ogr.Sandbox
	name    string // as delivered
	inner   string // its stem inside the sandbox, which some drivers take for the layer's name
	file    ogr.File
	crs     map[string]string // by layer
}

func (s *gisSource) inspect(ctx context.Context) ([]Layer, error) {
	found, err := s.sandbox.Inspect(ctx, s.file)
	if err != nil {
		return nil, s.at(err)
	}
	s.crs = make(map[string]string)
	var layers []Layer
	for _, l := range found {
		s.crs[l.Name] = l.CRS
		layers = append(layers, Layer{File: s.name, Name: s.layerName(l.Name), Features: l.Features, CRS: l.CRS})
	}
	return layers, nil
}

func (s *gisSource) read(ctx context.Context, yield func(*Row) error) error {
	var row Row
	var layer string
	err := s.sandbox.Read(ctx, s.file, func(r *ogr.Row) error {
		if r.Number == 1 || layer != r.Layer {
			layer = r.Layer
			row = Row{File: s.name, Layer: s.layerName(r.Layer), CRS: s.crs[r.Layer]}
		}
		row.Number, row.Columns, row.Values, row.Null, row.Geom, row.Damage = r.Number, r.Columns, r.Values, r.Null, r.Geom, ""
		if r.TooLong {
			row.Damage = "too-long"
		}
		return yield(&row)
	})
	return s.at(err)
}

// layerName gives the file's own name where the driver could only see ours.
func (s *gisSource) layerName(layer string) string {
	if layer == s.inner {
		return stem(path.Base(s.name))
	}
	return layer
}

// at names the file in a problem that does not name it yet.
func (s *gisSource) at(err error) error {
	var e *errs.Error
	if errors.As(err, &e) && e.Location == "" {
		c := *e
		c.Location = s.name
		return &c
	}
	return err
}
