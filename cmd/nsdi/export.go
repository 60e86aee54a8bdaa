package main

import (
	"context"
	"errors"
	"fmt"

	"nsdi/layers"
	"nsdi/tiles"
)

// exportCommand is “nsdi export”.
type exportCommand struct {
	PMTiles bool     `name:"pmtiles" required:"" help:"As a PMTiles file of vector tiles, which any web server or object store with ranges can serve."`
	Output  string   `short:"o" type:"path" required:"" help:"The file; it has this name only when it is whole."`
	Layers  []string `arg:"" name:"layer" help:"Codes of layers, as in /v1/themes; each is a layer of the tiles."`
}

// Run writes the file and says how large it is.
func (x *exportCommand) Run(ctx context.Context, c *cli, t terminal) (err error) {
	db, err := openDatabase(ctx, c, false, t.err)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.close()) }()
	bar := newProgressBar(t.err)
	bar.unit = "places"
	done, err := tiles.New(db.pool).Export(ctx, x.Output, x.Layers, func(e tiles.Exported) {
		bar.show(layers.Progress{Stage: fmt.Sprintf("zoom %d/%d", e.Zoom, e.MaxZoom), Rows: int64(e.Looked), Total: int64(e.Of)})
	})
	bar.end()
	if err != nil {
		return err
	}
	fmt.Fprintf(t.out, "%s: %d tiles, %.1f MiB\n", x.Output, done.Tiles, float64(done.Bytes)/(1<<20))
	return nil
}
