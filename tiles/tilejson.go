package tiles

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"nsdi/internal/pg"
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
	where, err := s.extent(ctx, l)
	if err != nil {
		return nil, err
	}
	doc := &TileJSON{
		TileJSON: "3.0.0", Tiles: []string{base + "/tiles/" + l.name + "/{z}/{x}/{y}?v=" + l.version}, Name: l.name,
		Description: l.titleFA + " | " + l.titleEN, Version: fmt.Sprintf("1.0.%d", l.position), Scheme: "xyz",
		MinZoom: l.minZoom, MaxZoom: l.maxZoom,
	}
	if where != nil {
		doc.Bounds = &where.bounds
		doc.Center = &[3]float64{where.center[0], where.center[1], float64(l.minZoom)}
	}
	for _, part := range l.all() {
		doc.VectorLayers = append(doc.VectorLayers, part.describe())
	}
	return doc, nil
}

// describe names what features of the layer carry, alone and together.
func (l *layer) describe() VectorLayer {
	fields := map[string]string{}
	all := l.fields()
	if l.completion != nil {
		all = append(l.completionFields(l.minZoom), l.completionFields(l.maxZoom)...)
	}
	for _, f := range all {
		fields[f.name] = strings.Join([]string{f.kind, f.title}, ": ")
	}
	if l.together(l.minZoom) {
		for _, f := range l.sketchFields() {
			if _, both := fields[f.name]; !both {
				fields[f.name] = strings.Join([]string{f.kind, f.title}, ": ")
			}
		}
	}
	return VectorLayer{ID: l.code, Description: l.titleFA + " | " + l.titleEN, MinZoom: l.minZoom, MaxZoom: l.maxZoom, Fields: fields}
}

type extentKey struct {
	layer    string
	position int64
}

// whereabouts is where a layer's features are, in degrees. Its center lies on the feature that is nearest to the middle of the bounds: the middle itself may be empty.
type whereabouts struct {
	bounds [4]float64 // west, south, east, north
	center [2]float64
}

// Bounds answers west, south, east and north of a layer in degrees, nil when it is empty.
func (s *Service) Bounds(ctx context.Context, code string) (*[4]float64, error) {
	l, err := s.layer(ctx, code)
	if err != nil {
		return nil, err
	}
	where, err := s.extent(ctx, l)
	if err != nil || where == nil {
		return nil, err
	}
	return &where.bounds, nil
}

// extent reads every box of the layer once after each publication to it. It is nil for an empty layer.
func (s *Service) extent(ctx context.Context, l *layer) (*whereabouts, error) {
	if l.parts != nil {
		return s.extentOfAll(ctx, l.parts)
	}
	key := extentKey{l.name, l.position}
	if l.completion != nil {
		key.position += l.made
	}
	if e, ok := s.extents.GetIfPresent(key); ok {
		return e, nil
	}
	return once(ctx, &s.flight, fmt.Sprintf("extent/%s/%d", l.name, key.position), func(ctx context.Context) (*whereabouts, error) {
		where := l.from(l.maxZoom) + " geom is not null"
		if l.completion != nil { // units reach farther than the ground that is measured
			where = "layers.admin_unit where geom is not null"
		}
		var bounds, center []float64
		// Not every index of places gives an order by distance: the nearest is looked for about the middle first.
		err := pg.InScope(ctx, s.pool, l.scope(), pgx.TxOptions{AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
			return tx.QueryRow(ctx, `
			with box as (select st_extent(geom)::geometry as g from `+where+`),
			amid as (select st_transform(st_setsrid(st_centroid(g), 4326), 3857) as c, 2e5 * greatest(st_xmax(g) - st_xmin(g), st_ymax(g) - st_ymin(g)) / 64 as r from box),
			middle as (
				select coalesce(
					(select geom from `+where+` and geom_3857 && (select st_expand(c, r) from amid) and geom_3857 <-> (select c from amid) <= (select r from amid)
						order by geom_3857 <-> (select c from amid) limit 1),
					(select geom from `+where+` order by geom_3857 <-> (select c from amid) limit 1)) as geom
			)
			select case when g is null then null else array[st_xmin(g), st_ymin(g), st_xmax(g), st_ymax(g)] end,
				(select array[st_x(p), st_y(p)] from middle, st_pointonsurface(geom) p where geom is not null)
			from box`).Scan(&bounds, &center)
		})
		if err != nil {
			return nil, fmt.Errorf("reading the extent of %s: %w", l.code, err)
		}
		var e *whereabouts
		if len(bounds) == 4 && len(center) == 2 {
			e = &whereabouts{bounds: [4]float64(bounds), center: [2]float64(center)}
		}
		s.extents.Set(key, e)
		return e, nil
	})
}
