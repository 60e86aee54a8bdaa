package main

import (
	"context"
	"errors"
	"fmt"

	"nsdi/access"
	"nsdi/progress"
)

// agencyCommand is “nsdi agency”.
type agencyCommand struct {
	Add agencyAddCommand `cmd:"" help:"Add an agency, or change one."`
}

type agencyAddCommand struct {
	Code      string   `arg:"" help:"Lower-case code, such as municipality-sari."`
	Kind      string   `required:"" enum:"ministry,registry,post,cartographic-centre,municipality,committee,consumer" help:"Kind: ${enum}."`
	NameFA    string   `name:"name-fa" required:"" help:"Persian name."`
	NameEN    string   `name:"name-en" required:"" help:"English name."`
	Territory []string `help:"Admin unit within which it may deliver. Can be repeated; none: not restricted."`
}

// Run adds or changes the agency.
func (a *agencyAddCommand) Run(ctx context.Context, c *cli, t terminal) (err error) {
	db, err := openDatabase(ctx, c, false, t.err)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.close()) }()
	if err := access.EnsureAgency(ctx, db.pool, access.Agency{Code: a.Code, Kind: a.Kind, NameFA: a.NameFA, NameEN: a.NameEN, Territories: a.Territory}); err != nil {
		return err
	}
	if err := progress.RecalculateLayers(ctx, db.pool); err != nil {
		return err
	}
	fmt.Fprintln(t.out, a.Code)
	return nil
}
