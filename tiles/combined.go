package tiles

import (
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"math"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"nsdi/internal/pg"
	"nsdi/tiles/mvt"
)

// BaseMap is the layer that is all layers of a base map in one tile.
const BaseMap = "base-map"

// baseMap are the layers of the base map, from the ground up.
func baseMap() []string {
	return []string{AdminUnit, "urban-boundary", "village", "green-space", "road", "building", "place"}
}

// combined makes the base map of the catalogue's layers.
func (c *catalogue) combined() *layer {
	l := &layer{code: BaseMap, name: BaseMap, geometry: "mixed", titleFA: "نقشه پایه", titleEN: "Base map", minZoom: maxZoom}
	var versions []string
	for _, code := range baseMap() {
		part := c.layers[code]
		if part == nil || part.geometry == "none" {
			continue
		}
		l.parts = append(l.parts, part)
		l.minZoom, l.maxZoom, l.position = min(l.minZoom, part.minZoom), max(l.maxZoom, part.maxZoom), max(l.position, part.position)
		versions = append(versions, part.version)
	}
	if l.parts == nil {
		return nil
	}
	l.version = fmt.Sprintf("%d-%08x", l.position, crc32.ChecksumIEEE([]byte(strings.Join(versions, " "))))
	return l
}

// all are the layers that a tile has.
func (l *layer) all() []*layer {
	if l.parts != nil {
		return l.parts
	}
	return []*layer{l}
}

func (l *layer) partsAt(z int) []*layer {
	var parts []*layer
	for _, part := range l.parts {
		if z >= part.minZoom && z <= part.maxZoom {
			parts = append(parts, part)
		}
	}
	return parts
}

// readAll draws what several layers have in a tile, asked for in one round trip. A layer with features to be mended, which are rare, is asked for again.
func (e *encoder) readAll(ctx context.Context, tx pgx.Tx, layers []*layer, at Address) error {
	drawn := make([][]byte, len(layers))
	var again []int
	batch := &pgx.Batch{}
	for i, l := range layers {
		broken := false
		// The driver asks for types that it knows in binary; geometry is none of them.
		batch.Queue(strings.Replace(l.sql(at.Z), " as geom", "::bytea as geom", 1), at.Z, at.X, at.Y).Query(func(rows pgx.Rows) (err error) {
			if e.fields, err = fieldsOf(rows.FieldDescriptions()[2:], e.fields[:0]); err != nil {
				return err
			}
			e.layer.Begin(at.Z, at.X, at.Y, e.fields)
			err = eachRow(rows, func(id int64, row [][]byte) error {
				outcome, err := e.layer.Add(uint64(max(id, 0)), row[1], row[2:])
				broken = broken || outcome == mvt.Broken
				return err
			})
			if broken {
				again = append(again, i)
			}
			drawn[i] = e.layer.Append(nil, l.code)
			return err
		})
	}
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return err
	}
	for _, i := range again {
		if err := e.read(ctx, tx, layers[i], at); err != nil {
			return err
		}
		drawn[i] = append([]byte(nil), e.body...)
	}
	e.body = e.body[:0]
	for _, one := range drawn {
		e.body = append(e.body, one...)
	}
	return nil
}

// extentOfAll is where any of the layers has features; its center is that of the last that has some: the base map ends with places.
func (s *Service) extentOfAll(ctx context.Context, layers []*layer) (*whereabouts, error) {
	var all *whereabouts
	for _, l := range layers {
		one, err := s.extent(ctx, l)
		if err != nil {
			return nil, err
		}
		switch {
		case one == nil:
		case all == nil:
			all = &whereabouts{one.bounds, one.center}
		default:
			for i := range 2 {
				all.bounds[i], all.bounds[i+2] = math.Min(all.bounds[i], one.bounds[i]), math.Max(all.bounds[i+2], one.bounds[i+2])
			}
			all.center = one.center
		}
	}
	return all, nil
}

// datasetPrefix begins the names of layers that are of one dataset.
const datasetPrefix = "dataset-"

// find answers a layer by its name, nil where there is none: a theme's, the base map, or that of one dataset of a theme, dataset-ID. Of a restricted theme it is the problem
// for whoever may not read the dataset.
func (s *Service) find(ctx context.Context, c *catalogue, name string) (*layer, error) {
	number, ok := strings.CutPrefix(name, datasetPrefix)
	if !ok {
		return c.layers[name], nil
	}
	if kept, ok := c.datasets.Load(name); ok {
		return kept.(*layer), nil
	}
	if kept, ok := c.closed.Load(name); ok {
		return s.closed(ctx, kept.(*layer))
	}
	id, err := strconv.ParseInt(number, 10, 64)
	if err != nil || strconv.FormatInt(id, 10) != number { // one layer has one name
		return nil, nil
	}
	var theme, agencyFA, agencyEN string
	var agency int64
	err = pg.InScope(ctx, s.pool, pg.Public, pgx.TxOptions{AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		return tx.QueryRow(ctx, `
			select d.theme, a.id, a.name_fa, a.name_en
			from layers.dataset d
			join access.agency a on a.id = d.agency_id
			where d.id = $1`, id).Scan(&theme, &agency, &agencyFA, &agencyEN)
	})
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading dataset %d: %w", id, err)
	}
	whole, kept := c.layers[theme], &c.datasets
	if whole == nil {
		whole, kept = c.restricted[theme], &c.closed
	}
	if whole == nil || whole.geometry == "none" || theme == AdminUnit {
		return nil, nil
	}
	l := *whole
	l.name, l.dataset, l.agency, l.made, l.madeBy = name, id, agency, 0, ""
	l.titleFA, l.titleEN = l.titleFA+"، "+agencyFA, l.titleEN+", "+agencyEN
	l.minZoom = max(l.minZoom, l.splitZoom) // cells are those of the whole theme
	if l.position, err = s.positionOf(ctx, &l); err != nil {
		return nil, err
	}
	if l.restricted { // what a publication changes in it is told to its agency only
		l.raw = &dirt{since: l.position}
	}
	l.setVersion()
	kept.Store(name, &l)
	if l.restricted {
		return s.closed(ctx, &l)
	}
	return &l, nil
}

func (l *layer) ofDataset() string {
	if l.dataset == 0 {
		return ""
	}
	return "\n      and dataset_id = " + strconv.FormatInt(l.dataset, 10)
}
