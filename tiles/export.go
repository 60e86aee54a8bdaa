package tiles

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"slices"
	"sync"

	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"

	"nsdi/internal/errs"
	"nsdi/internal/pg"
	"nsdi/tiles/pmtiles"
)

const (
	// exportGroup is how many tiles are made before they are written: their bodies are in memory.
	exportGroup = 128
	// exportTime is what one statement of an export may take.
	exportTime = "600000"
)

// Exported says how far an export is, or what it made.
type Exported struct {
	Zoom, MaxZoom int
	Looked, Of    int // places of this zoom that were looked at, of those that may have something
	Tiles, Bytes  uint64
}

// Export writes all tiles of some layers to one PMTiles file: the state of one moment, in memory that does not grow with the layers. Tiles are those that the server
// answers, with a layer of the tile for each layer. show may be nil.
func (s *Service) Export(ctx context.Context, path string, codes []string, show func(Exported)) (*Exported, error) {
	x := &export{service: s, show: show}
	for _, code := range codes {
		l, err := s.layer(ctx, code)
		if err != nil {
			return nil, err
		}
		for _, part := range l.all() {
			if err := x.with(part); err != nil {
				return nil, err
			}
		}
	}
	about, err := x.describe(ctx)
	if err != nil {
		return nil, err
	}
	if x.file, err = pmtiles.Create(path); err != nil {
		return nil, err
	}
	defer x.file.Close()
	if err := x.run(ctx); err != nil {
		return nil, fmt.Errorf("exporting tiles: %w", err)
	}
	if err := x.file.Finish(*about); err != nil {
		return nil, err
	}
	return &x.done, nil
}

// export is one file that is being made.
type export struct {
	service *Service
	layers  []*layer
	file    *pmtiles.Writer
	done    Exported
	show    func(Exported)
}

// with has the file have one more layer. Layers of a tile have names of their own: what is called the same within tiles has to be in files of its own.
func (x *export) with(l *layer) error {
	for _, other := range x.layers {
		switch {
		case other.name == l.name:
			return nil
		case other.code == l.code:
			return &errs.Error{
				Code: "layers-alike", Status: 400, Op: "tiles.Export", Location: "layer", Value: l.name,
				Title:  errs.T("دو لایه در کاشی یک نام دارند", "Two of the layers have one name within tiles"),
				Detail: errs.Tf("«%s» و «%s» هر دو در کاشی «%s» نام دارند.", "Within tiles %s and %s are both called %s.", other.name, l.name, l.code),
				Next:   errs.T("هرکدام را در پرونده‌ای جدا صادر کنید.", "Export each to a file of its own."),
			}
		}
	}
	x.layers = append(x.layers, l)
	return nil
}

// job is a tile to be made by one of the workers.
type job struct {
	at     Address
	layers []*layer
	body   *[]byte
	wait   *sync.WaitGroup
}

// run makes zoom after zoom. Its transaction holds the moment that all workers see.
func (x *export) run(ctx context.Context) error {
	o := pgx.TxOptions{AccessMode: pgx.ReadOnly, IsoLevel: pgx.RepeatableRead}
	return pg.InScope(ctx, x.service.pool, pg.Public, o, func(tx pgx.Tx) error {
		var snapshot string
		if err := tx.QueryRow(ctx, `select pg_export_snapshot()`).Scan(&snapshot); err != nil {
			return err
		}
		group, ctx := errgroup.WithContext(ctx)
		jobs := make(chan job)
		for range runtime.GOMAXPROCS(0) {
			group.Go(func() error {
				return pg.InScope(ctx, x.service.pool, pg.Public, o, func(tx pgx.Tx) error {
					if _, err := tx.Exec(ctx, "set transaction snapshot '"+snapshot+"'"); err != nil {
						return err
					}
					return x.service.work(ctx, tx, jobs)
				}, "jit", "off", "statement_timeout", exportTime)
			})
		}
		group.Go(func() error {
			defer close(jobs)
			places := []uint64{0}
			for z := 0; z <= x.done.MaxZoom; z++ {
				var err error
				if places, err = x.zoom(ctx, tx, z, places, jobs); err != nil {
					return err
				}
			}
			return nil
		})
		return group.Wait()
	}, "jit", "off", "statement_timeout", exportTime)
}

// work makes tiles until there are no more.
func (s *Service) work(ctx context.Context, tx pgx.Tx, jobs <-chan job) error {
	var e encoder
	for j := range jobs {
		var all []byte
		for _, l := range j.layers {
			if err := e.read(ctx, tx, l, j.at); err != nil {
				return fmt.Errorf("making tile %s/%d/%d/%d: %w", l.code, j.at.Z, j.at.X, j.at.Y, err)
			}
			all = append(all, e.body...) // layers of a tile follow one another
		}
		if len(all) > 0 {
			var err error
			if *j.body, err = s.packers.pack(gzipped, all); err != nil {
				return err
			}
		}
		j.wait.Done()
	}
	return nil
}

// zoom makes the tiles of one zoom in the order of the file, and answers the places of the next zoom that may have something.
func (x *export) zoom(ctx context.Context, tx pgx.Tx, z int, places []uint64, jobs chan<- job) ([]uint64, error) {
	var next []uint64
	x.done.Zoom, x.done.Of = z, len(places)
	for begin := 0; begin < len(places); begin += exportGroup {
		group := places[begin:min(begin+exportGroup, len(places))]
		there, err := x.there(ctx, tx, z, group)
		if err != nil {
			return nil, err
		}
		var bodies [exportGroup][]byte
		var wait sync.WaitGroup
		for i, id := range group {
			if len(there[i]) == 0 {
				continue
			}
			if z < x.done.MaxZoom {
				first := pmtiles.Children(id)
				next = append(next, first, first+1, first+2, first+3)
			}
			drawn := slices.DeleteFunc(there[i], func(l *layer) bool { return z < l.minZoom })
			if len(drawn) == 0 {
				continue
			}
			_, px, py := pmtiles.Place(id)
			wait.Add(1)
			select {
			case jobs <- job{Address{Z: z, X: int(px), Y: int(py)}, drawn, &bodies[i], &wait}:
			case <-ctx.Done():
				return nil, ctx.Err()
			}
		}
		made := make(chan struct{})
		go func() { wait.Wait(); close(made) }()
		select {
		case <-made:
		case <-ctx.Done(): // a worker failed and does not end what it had; nobody reads bodies any more
			return nil, ctx.Err()
		}
		for i, id := range group {
			if bodies[i] == nil {
				continue
			}
			if err := x.file.Add(id, bodies[i]); err != nil {
				return nil, err
			}
		}
		x.done.Looked = begin + len(group)
		x.done.Tiles, x.done.Bytes = x.file.Size()
		if x.show != nil {
			x.show(x.done)
		}
	}
	return next, nil
}

// there tells which layers that have not ended before this zoom have something at places of it.
func (x *export) there(ctx context.Context, tx pgx.Tx, z int, places []uint64) ([][]*layer, error) {
	xs, ys := make([]int, len(places)), make([]int, len(places))
	for i, id := range places {
		_, px, py := pmtiles.Place(id)
		xs[i], ys[i] = int(px), int(py)
	}
	out := make([][]*layer, len(places))
	for _, l := range x.layers {
		if l.maxZoom < z {
			continue
		}
		rows, err := tx.Query(ctx, `
			select place.i
			from unnest($2::int[], $3::int[]) with ordinality as place (x, y, i)
			where exists (
			  select from `+l.from(l.maxZoom)+`
			    geom_3857 && st_tileenvelope($1, place.x, place.y, margin => `+margin+`))
			or `+fmt.Sprint(l.completion != nil)+` and exists (
			  select from `+l.from(z)+`
			    geom_3857 && st_tileenvelope($1, place.x, place.y, margin => `+margin+`))
			or `+fmt.Sprint(l.together(z))+` and exists (
			  select from layers.generalised
			  where `+l.onSheet(z)+`
			    and geom_3857 && st_tileenvelope($1, place.x, place.y, margin => `+margin+`))`, z, xs, ys)
		if err != nil {
			return nil, err
		}
		found, err := pgx.CollectRows(rows, pgx.RowTo[int])
		if err != nil {
			return nil, err
		}
		for _, i := range found {
			out[i-1] = append(out[i-1], l)
		}
	}
	return out, nil
}

// describe is what the file says of itself.
func (x *export) describe(ctx context.Context) (*pmtiles.Description, error) {
	d := &pmtiles.Description{Tiles: pmtiles.Gzip, Bounds: [4]float64{180, 90, -180, -90}}
	about := map[string]any{"type": "overlay", "format": "pbf", "generator": "nsdi"}
	var layers []VectorLayer
	var name, description string
	versions := map[string]string{}
	for _, l := range x.layers {
		doc, err := x.service.TileJSON(ctx, l.name, "")
		if err != nil {
			return nil, err
		}
		if doc.Bounds == nil {
			return nil, &errs.Error{
				Code: "layer-empty", Status: 404, Op: "tiles.Export", Location: "layer", Value: l.name,
				Title:  errs.T("این لایه چیزی ندارد", "The layer has nothing"),
				Detail: errs.Tf("در لایه «%s» چیزی منتشر نشده است.", "Nothing is published in the layer %s.", l.name),
				Next:   errs.T("لایه‌ای را نام ببرید که دادهٔ منتشرشده دارد.", "Name layers that have published data."),
			}
		}
		x.done.MaxZoom = max(x.done.MaxZoom, l.maxZoom)
		for i, degrees := range doc.Bounds {
			if i < 2 {
				d.Bounds[i] = math.Min(d.Bounds[i], degrees)
			} else {
				d.Bounds[i] = math.Max(d.Bounds[i], degrees)
			}
		}
		if d.Center == [3]float64{} {
			d.Center, name, description = *doc.Center, l.name, doc.Description
		} else {
			name, description = name+","+l.name, description+"; "+doc.Description
		}
		layers = append(layers, doc.VectorLayers...)
		versions[l.name] = l.version
	}
	if len(layers) == 0 {
		return nil, errors.New("no layers to export")
	}
	about["name"], about["description"], about["vector_layers"], about["versions"] = name, description, layers, versions
	d.Metadata = about
	return d, nil
}
