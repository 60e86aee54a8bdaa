package main

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"nsdi/gnaf"
	"nsdi/gnaf/search"
)

// geocodeCommand is “nsdi geocode”.
type geocodeCommand struct {
	Limit  int               `default:"5" help:"At most this many answers to one address."`
	Output string            `short:"o" type:"path" help:"Of a file: where the answers go; by default to the standard output."`
	Format string            `enum:"csv,jsonl," default:"" help:"Of a file: csv or jsonl; by its name by default."`
	Column map[string]string `help:"Of a file: which column is what, such as --column address=TEXT; by their names by default. One of address, province, county, city, neighbourhood, street_before, street, number, unit, postal_code, lon, lat."`
	Lang   string            `enum:"fa,en," default:"" env:"NSDI_LANG" help:"Language of the summary: fa or en; that of the locale by default."`
	Query  string            `arg:"" name:"address or file" help:"The address, as people write it; or a file of addresses, CSV with the names of columns in its first line or JSON lines, “-” for the standard input."`
}

// Run prints the answers as GeocodeJSON, or the rows of a file with what was found for each.
func (g *geocodeCommand) Run(ctx context.Context, c *cli, t terminal) (err error) {
	isFile, err := g.isFile()
	if err != nil {
		return err
	}
	db, err := openDatabase(ctx, c, false, t.err)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.close()) }()
	engine := newSearch(db.pool, c.Data, nil)
	engine.Time = time.Minute
	defer engine.Close()
	if err := engine.Follow(ctx); err != nil {
		return err
	}
	if isFile {
		return g.file(ctx, engine, t)
	}
	answer, err := (&gnaf.Geocoder{Pool: db.pool, Search: engine}).Geocode(ctx, search.Query{Text: g.Query, Limit: g.Limit})
	if err != nil {
		return err
	}
	e := json.NewEncoder(t.out)
	e.SetIndent("", "  ")
	return e.Encode(answer)
}
