package main

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"text/tabwriter"
	"time"

	"nsdi/access"
)

// keyCommand is “nsdi key”.
type keyCommand struct {
	Add    keyAddCommand    `cmd:"" help:"Make an API key; it is shown once."`
	List   keyListCommand   `cmd:"" help:"List the keys, without what is secret."`
	Revoke keyRevokeCommand `cmd:"" help:"End a key at once and for good."`
}

type keyAddCommand struct {
	Name    string   `arg:"" help:"Which program uses it."`
	Agency  string   `required:"" help:"Code of the agency."`
	Role    []string `required:"" enum:"uploader,reviewer,publisher,inquirer,committee-member,auditor" help:"Role: ${enum}. Can be repeated."`
	Scope   []string `required:"" help:"What of the role it may use: action:theme, such as upload:road, read-restricted:* or *. Can be repeated."`
	Network []string `help:"From where it may be used, such as 192.0.2.0/24. Can be repeated; none: from everywhere."`
	Days    int      `default:"365" help:"Days until it expires; at most three years."`
}

// Run makes the key.
func (k *keyAddCommand) Run(ctx context.Context, c *cli, t terminal) error {
	key := access.Key{Name: k.Name, Agency: k.Agency, Scopes: k.Scope, ExpiresAt: time.Now().AddDate(0, 0, k.Days)}
	for _, r := range k.Role {
		key.Roles = append(key.Roles, access.Role(r))
	}
	for _, text := range k.Network {
		network, err := netip.ParsePrefix(text)
		if err != nil || network != network.Masked() {
			return errors.Join(fmt.Errorf("--network %s is not a network such as 192.0.2.0/24", text), err)
		}
		key.Networks = append(key.Networks, network)
	}
	return withDatabase(ctx, c, t, func(db *database) error {
		made, presented, err := (&access.Keys{Pool: db.pool}).Add(ctx, key)
		if err != nil {
			return err
		}
		fmt.Fprintf(t.out, "\n  key  %s   (shown once; it is kept as a hash only)\n  until %s\n\n", presented, made.ExpiresAt.UTC().Format(time.RFC3339))
		return nil
	})
}

type keyListCommand struct {
	Agency string `help:"Only the keys of this agency."`
}

// Run lists the keys.
func (k *keyListCommand) Run(ctx context.Context, c *cli, t terminal) error {
	return withDatabase(ctx, c, t, func(db *database) error {
		keys, err := (&access.Keys{Pool: db.pool}).List(ctx, k.Agency)
		if err != nil {
			return err
		}
		w := tabwriter.NewWriter(t.out, 0, 8, 2, ' ', 0)
		fmt.Fprintln(w, "PREFIX\tAGENCY\tSTATE\tROLES\tSCOPES\tNETWORKS\tUNTIL\tLAST USED\tNAME")
		for _, key := range keys {
			state, used := "in force", "never"
			switch {
			case key.RevokedAt != nil:
				state = "revoked"
			case !time.Now().Before(key.ExpiresAt):
				state = "expired"
			}
			if key.LastUsedAt != nil {
				used = key.LastUsedAt.UTC().Format(time.RFC3339)
			}
			var roles, networks []string
			for _, r := range key.Roles {
				roles = append(roles, string(r))
			}
			for _, n := range key.Networks {
				networks = append(networks, n.String())
			}
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", key.Prefix, key.Agency, state, strings.Join(roles, ","), strings.Join(key.Scopes, ","),
				strings.Join(networks, ","), key.ExpiresAt.UTC().Format(time.DateOnly), used, key.Name)
		}
		return w.Flush()
	})
}

type keyRevokeCommand struct {
	Prefix string `arg:"" help:"The part between the underscores, as “nsdi key list” shows it."`
}

// Run ends the key.
func (k *keyRevokeCommand) Run(ctx context.Context, c *cli, t terminal) error {
	return withDatabase(ctx, c, t, func(db *database) error {
		if err := (&access.Keys{Pool: db.pool}).Revoke(ctx, k.Prefix); err != nil {
			return err
		}
		fmt.Fprintf(t.out, "%s is revoked\n", k.Prefix)
		return nil
	})
}
