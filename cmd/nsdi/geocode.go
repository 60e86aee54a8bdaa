package main

import (
	"context"
	"encoding/json"
	"errors"

	"nsdi/gnaf"
)

// geocodeCommand is “nsdi geocode”.
type geocodeCommand struct {
	Limit int    `default:"5" help:"At most this many answers."`
	Query string `arg:"" help:"The address, as people write it."`
}

// Run prints the answers as GeocodeJSON.
func (g *geocodeCommand) Run(ctx context.Context, c *cli, t terminal) (err error) {
	db, err := openDatabase(ctx, c, false, t.err)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.close()) }()
	answer, err := (&gnaf.Geocoder{Pool: db.pool}).Geocode(ctx, g.Query, g.Limit)
	if err != nil {
		return err
	}
	e := json.NewEncoder(t.out)
	e.SetIndent("", "  ")
	return e.Encode(answer)
}
