package tiles

import (
	"context"
	"fmt"
	"strings"
)

// TileJSON describes a layer's tiles as TileJSON 3.0.0 does.
type TileJSON struct {
	TileJSON     string        `json:"tilejson"`
	Tiles        []string      `json:"tiles"`
	VectorLayers []VectorLayer `json:"vector_layers"`
	Name         string        `json:"name"`
	Description  string        `json:"description"`
	Version      string        `json:"version"`
	Scheme       string        `json:"scheme"`
	Bounds       *[4]float64   `json:"bounds,omitempty"`
	Center       *[3]float64   `json:"center,omitempty"`
	MinZoom      int           `json:"minzoom"`
	MaxZoom      int           `json:"maxzoom"`
}

// VectorLayer names the attributes of the one layer in a tile.
type VectorLayer struct {
	ID          string            `json:"id"`
	Description string            `json:"description"`
	MinZoom     int               `json:"minzoom"`
	MaxZoom     int               `json:"maxzoom"`
	Fields      map[string]string `json:"fields"`
}

// TileJSON answers the description of a layer. base is the address of the server, without a slash at its end.
func (s *Service) TileJSON(ctx context.Context, code, base string) (*TileJSON, error) {
	l, err := s.layer(ctx, code)
	if err != nil {
		return nil, err
	}
	bounds, err := s.bounds(ctx, l)
	if err != nil {
		return nil, err
	}
	doc := &TileJSON{
		TileJSON: "3.0.0", Tiles: []string{base + "/tiles/" + l.code + "/{z}/{x}/{y}"}, Name: l.code,
		Description: l.titleFA + " | " + l.titleEN, Version: fmt.Sprintf("1.0.%d", l.position), Scheme: "xyz", Bounds: bounds,
		MinZoom: l.minZoom, MaxZoom: l.maxZoom,
	}
	if bounds != nil {
		doc.Center = &[3]float64{(bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2, float64(l.minZoom)}
	}
	fields := map[string]string{}
	for _, f := range l.fields() {
		fields[f.name] = strings.Join([]string{f.kind, f.title}, ": ")
	}
	doc.VectorLayers = []VectorLayer{{ID: l.code, Description: doc.Description, MinZoom: l.minZoom, MaxZoom: l.maxZoom, Fields: fields}}
	return doc, nil
}

type extentKey struct {
	layer    string
	position int64
}

// Bounds answers west, south, east and north of a layer in degrees, nil when it is empty.
func (s *Service) Bounds(ctx context.Context, code string) (*[4]float64, error) {
	l, err := s.layer(ctx, code)
	if err != nil {
		return nil, err
	}
	return s.bounds(ctx, l)
}

// bounds reads every box of the layer once after each publication to it.
func (s *Service) bounds(ctx context.Context, l *layer) (*[4]float64, error) {
	key := extentKey{l.code, l.position}
	if b, ok := s.extents.GetIfPresent(key); ok {
		return b, nil
	}
	return once(ctx, &s.flight, fmt.Sprintf("bounds/%s/%d", l.code, l.position), func(ctx context.Context) (*[4]float64, error) {
		where := l.from(maxZoom) + " geom is not null"
		var found []float64
		err := s.pool.QueryRow(ctx, `
			select case when e is null then null else array[st_xmin(e), st_ymin(e), st_xmax(e), st_ymax(e)] end
			from (select st_extent(geom) as e from `+where+`) t`).Scan(&found)
		if err != nil {
			return nil, fmt.Errorf("reading the bounds of %s: %w", l.code, err)
		}
		var b *[4]float64
		if len(found) == 4 {
			b = (*[4]float64)(found)
		}
		s.extents.Set(key, b)
		return b, nil
	})
}
