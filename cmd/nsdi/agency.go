package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"nsdi/access"
	"nsdi/progress"
)

// agencyCommand is “nsdi agency”.
type agencyCommand struct {
	Add      agencyAddCommand      `cmd:"" help:"Add an agency, or change one."`
	List     agencyListCommand     `cmd:"" help:"List agencies with what they may deliver and where, and their delegations."`
	Delegate agencyDelegateCommand `cmd:"" help:"Let a contractor deliver a theme for an agency until a date."`
	Revoke   agencyRevokeCommand   `cmd:"" help:"End a delegation at once."`
}

type agencyAddCommand struct {
	Code      string   `arg:"" help:"Lower-case code, such as municipality-sari."`
	Kind      string   `required:"" enum:"ministry,registry,post,cartographic-centre,municipality,committee,provincial-committee,contractor,consumer" help:"Kind: ${enum}."`
	NameFA    string   `name:"name-fa" required:"" help:"Persian name."`
	NameEN    string   `name:"name-en" required:"" help:"English name."`
	Parent    string   `help:"Agency that it belongs to; gives that one no right."`
	Territory []string `help:"Admin unit within which it may act. Can be repeated; none: the country, and no place for municipality, provincial-committee and contractor."`
	Theme     []string `help:"Theme that it may deliver, beside those of every municipality. Can be repeated; none: no change."`
}

// Run adds or changes the agency.
func (a *agencyAddCommand) Run(ctx context.Context, c *cli, t terminal) (err error) {
	db, err := openDatabase(ctx, c, false, t.err)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.close()) }()
	if err := access.EnsureAgency(ctx, db.pool, access.Agency{
		Code: a.Code, Kind: a.Kind, NameFA: a.NameFA, NameEN: a.NameEN, Parent: a.Parent, Territories: a.Territory, Themes: a.Theme,
	}); err != nil {
		return err
	}
	if err := progress.RecalculateLayers(ctx, db.pool); err != nil {
		return err
	}
	fmt.Fprintln(t.out, a.Code)
	return nil
}

type agencyListCommand struct{}

// Run lists agencies and delegations.
func (agencyListCommand) Run(ctx context.Context, c *cli, t terminal) (err error) {
	db, err := openDatabase(ctx, c, false, t.err)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.close()) }()
	agencies, err := access.Agencies(ctx, db.pool)
	if err != nil {
		return err
	}
	for _, a := range agencies {
		fmt.Fprintf(t.out, "%-28s %-20s %s · %s\n", a.Code, a.Kind, a.NameEN, a.NameFA)
		for _, line := range []struct{ what, value string }{
			{"belongs to", a.Parent}, {"territory", strings.Join(a.Territories, " ")}, {"delivers", strings.Join(a.Themes, " ")},
		} {
			if line.value != "" {
				fmt.Fprintf(t.out, "    %-11s %s\n", line.what, line.value)
			}
		}
	}
	all, err := delegations(db).List(ctx, "")
	if err != nil {
		return err
	}
	now := time.Now()
	for _, d := range all {
		territory, state := d.Territory, "in force"
		if territory == "" {
			territory = "all of its territory"
		}
		switch {
		case d.Revoked != nil:
			state = "revoked " + d.Revoked.UTC().Format(time.DateOnly)
		case !d.Until.After(now):
			state = "ended"
		}
		fmt.Fprintf(t.out, "delegation %d: %s → %s, %s in %s until %s, %s\n", d.ID, d.Agency, d.Contractor, d.Theme, territory, d.Until.UTC().Format(time.RFC3339), state)
	}
	return nil
}

type agencyDelegateCommand struct {
	Agency     string `arg:"" help:"Agency that delegates."`
	Contractor string `arg:"" help:"Agency that will deliver in its name."`
	Theme      string `required:"" help:"Theme, such as road."`
	Territory  string `help:"Admin unit; none: wherever the agency itself may."`
	Until      string `required:"" help:"First moment without it: 2027-03-21, which begins in Tehran, or 2027-03-21T00:00:00+03:30."`
}

// Run records a delegation and prints its number.
func (a *agencyDelegateCommand) Run(ctx context.Context, c *cli, t terminal) (err error) {
	until, err := moment(a.Until)
	if err != nil {
		return fmt.Errorf("--until: %w", err)
	}
	db, err := openDatabase(ctx, c, false, t.err)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.close()) }()
	id, err := delegations(db).Delegate(ctx, access.Delegation{Agency: a.Agency, Contractor: a.Contractor, Theme: a.Theme, Territory: a.Territory, Until: until}, operator)
	if err != nil {
		return err
	}
	fmt.Fprintln(t.out, id)
	return nil
}

type agencyRevokeCommand struct {
	Delegation int64 `arg:"" help:"Number of the delegation, as “nsdi agency list” shows it."`
}

// Run revokes a delegation.
func (a *agencyRevokeCommand) Run(ctx context.Context, c *cli, t terminal) (err error) {
	db, err := openDatabase(ctx, c, false, t.err)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.close()) }()
	return delegations(db).Revoke(ctx, a.Delegation, operator)
}

// operator is whoever runs this program: nobody who signs in.
const operator = 0

func delegations(db *database) *access.Delegations {
	return &access.Delegations{Pool: db.pool, Now: time.Now}
}

// moment reads a moment, or a day as its beginning in Tehran, which has had no summer time since 2022.
func moment(text string) (time.Time, error) {
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return at, nil
	}
	return time.ParseInLocation(time.DateOnly, text, time.FixedZone("Asia/Tehran", 3*3600+1800))
}
