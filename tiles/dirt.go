package tiles

import (
	"context"
	"fmt"
	"maps"
	"math"

	"github.com/jackc/pgx/v5"
)

// dirt tells the tiles apart in which something was changed while the process runs, so that the others may be kept: by tile, the change log's end when it was
// changed last. It is not altered once readers have it.
type dirt struct {
	since int64 // of tiles that are not told apart
	last  map[Address]int64
}

const (
	// mostChanges and mostTiles bound what is told apart. Beyond that, as after a theme's first publication, all tiles are new.
	mostChanges = 20_000
	mostTiles   = 100_000
)

func (d *dirt) of(at Address) int64 {
	if d == nil {
		return 0
	}
	if n, changed := d.last[at]; changed {
		return n
	}
	return d.since
}

// box is the place of a change: of the whole square of Web Mercator, from its north-western corner.
type box struct{ West, North, East, South float64 }

// with answers the dirt after some changes. margin is how far beyond its edge a tile shows what lies there, as a share of its side.
func (d *dirt) with(changes []box, end int64, minZoom, maxZoom int, margin float64) *dirt {
	after := &dirt{since: d.since, last: maps.Clone(d.last)}
	if after.last == nil {
		after.last = map[Address]int64{}
	}
	for _, b := range changes {
		for z := minZoom; z <= maxZoom; z++ {
			n := math.Exp2(float64(z))
			at := func(v, beyond float64) int { return int(math.Max(0, math.Min(n-1, math.Floor(v*n+beyond)))) }
			x0, x1, y0, y1 := at(b.West, -margin), at(b.East, margin), at(b.North, -margin), at(b.South, margin)
			if (x1-x0+1)*(y1-y0+1) > mostTiles {
				return &dirt{since: end}
			}
			for x := x0; x <= x1; x++ {
				for y := y0; y <= y1; y++ {
					after.last[Address{z, x, y}] = end
				}
			}
		}
		if len(after.last) > mostTiles {
			return &dirt{since: end}
		}
	}
	return after
}

const (
	// edge is how far beyond its edge a tile shows features.
	edge = 1.0 / 64
	// cellEdge is the same for cells: a change alters all of a cell's row, which reaches beyond the cell.
	cellEdge = 4.0 / cellsAcross
)

// soil tells the layer's tiles apart that were changed since before, which is the layer as this process saw it last.
func (l *layer) soil(ctx context.Context, q querier, before *layer) error {
	l.raw, l.cells = &dirt{since: l.position}, &dirt{since: l.made}
	if before == nil || before.raw == nil {
		return nil
	}
	for _, part := range []struct {
		dirt             **dirt
		known            *dirt
		from, to         int64
		minZoom, maxZoom int
		margin           float64
	}{
		{&l.raw, before.raw, before.position, l.position, max(l.minZoom, l.splitZoom), l.maxZoom, edge},
		{&l.cells, before.cells, before.made, l.made, l.minZoom, l.splitZoom - 1, cellEdge},
	} {
		if part.from > part.to { // after a restored backup
			continue
		}
		if part.from == part.to {
			*part.dirt = part.known
			continue
		}
		changes, all, err := l.changes(ctx, q, part.from, part.to)
		if err != nil {
			return err
		}
		if all {
			*part.dirt = part.known.with(changes, part.to, part.minZoom, part.maxZoom, part.margin)
		}
	}
	return nil
}

// changes are the places of what was published between two places of the change log, and whether they are all: beyond mostChanges they are not read.
func (l *layer) changes(ctx context.Context, q querier, from, to int64) (places []box, all bool, err error) {
	rows, err := q.Query(ctx, `
		select (st_xmin(g) / `+earth+`) + 0.5, 0.5 - st_ymax(g) / `+earth+`, (st_xmax(g) / `+earth+`) + 0.5, 0.5 - st_ymin(g) / `+earth+`
		from unnest($1::text[]) theme (code)
		cross join lateral (
			select st_transform(box, 3857) as g
			from layers.changes_of(theme.code, 0, $2, $4)
			where id <= $3
		) c`, l.sources(), from, to, mostChanges+1)
	if err != nil {
		return nil, false, fmt.Errorf("reading the change log of %s: %w", l.code, err)
	}
	read := 0
	var west, north, east, south *float64 // nil: it has no place
	_, err = pgx.ForEachRow(rows, []any{&west, &north, &east, &south}, func() error {
		if read++; west != nil {
			places = append(places, box{*west, *north, *east, *south})
		}
		return nil
	})
	if err != nil {
		return nil, false, fmt.Errorf("reading the change log of %s: %w", l.code, err)
	}
	return places, read <= mostChanges, nil
}

// sources are the themes whose publications alter what the layer draws: a name that a unit had not can come with the official hierarchy, too.
func (l *layer) sources() []string {
	if l.code == AdminUnit {
		return []string{AdminUnit, "admin-division"}
	}
	return []string{l.code}
}

// state names what a tile of the layer shows: tiles of one state are the same.
func (l *layer) state(at Address) state {
	if l.parts != nil { // none of which goes back, so that their sum is another one when one of them is
		var all state
		for _, part := range l.partsAt(at.Z) {
			one := part.state(at)
			all.drawn, all.changed = all.drawn*31+one.drawn, all.changed+one.changed
		}
		return all
	}
	if l.together(at.Z) || l.completion != nil && at.Z < l.splitZoom {
		return state{l.drawn, l.cells.of(at)}
	}
	return state{l.drawn, l.raw.of(at)}
}

type state struct {
	drawn   uint32 // the way in which the layer is drawn
	changed int64
}
