package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"

	"nsdi/access"
)

// userCommand is “nsdi user”.
type userCommand struct {
	Add     userAddCommand     `cmd:"" help:"Add a person; the generated password is shown once."`
	List    userListCommand    `cmd:"" help:"List the people and what they are where."`
	Role    userRoleCommand    `cmd:"" help:"Give a person a role in an agency, or take it away."`
	Reset   userResetCommand   `cmd:"" help:"Give a person a new password, shown once; ends the sessions and lifts a lock."`
	Disable userDisableCommand `cmd:"" help:"Close an account and end its sessions, or open it again."`
}

// withDatabase runs what needs the database.
func withDatabase(ctx context.Context, c *cli, t terminal, do func(*database) error) (err error) {
	db, err := openDatabase(ctx, c, false, t.err)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.close()) }()
	return do(db)
}

// tellPassword shows a generated password, the only time that it is seen.
func tellPassword(t terminal, login, password string) {
	fmt.Fprintf(t.out, "\n  account   %s\n  password  %s   (shown once; has to be changed at the first sign-in)\n\n", login, password)
}

type userAddCommand struct {
	Login   string `arg:"" help:"Small Latin letters, digits, dots, hyphens and underscores."`
	Agency  string `required:"" help:"Code of the agency."`
	Role    string `required:"" enum:"uploader,reviewer,publisher,inquirer,committee-member,administrator,auditor" help:"Role: ${enum}."`
	Name    string `help:"Name of the person, as shown."`
	Issuer  string `env:"NSDI_OIDC_ISSUER" help:"Identity provider of --subject."`
	Subject string `help:"Who the person is at the identity provider (the claim sub). The account then has no password."`
}

// Run adds the person.
func (u *userAddCommand) Run(ctx context.Context, c *cli, t terminal) error {
	account := access.Account{Login: u.Login, Name: u.Name, Agency: u.Agency, Role: access.Role(u.Role)}
	switch {
	case u.Subject == "":
		account.Password, account.MustChangePassword = access.GeneratePassword(), true
	case u.Issuer == "":
		return errors.New("--subject needs --issuer or NSDI_OIDC_ISSUER: a subject is unique within its issuer only")
	default:
		account.Issuer, account.Identity = u.Issuer, u.Subject
	}
	return withDatabase(ctx, c, t, func(db *database) error {
		if _, err := access.Create(ctx, db.pool, account); err != nil {
			return err
		}
		if account.Password == "" {
			fmt.Fprintf(t.out, "%s signs in at %s\n", u.Login, u.Issuer)
			return nil
		}
		tellPassword(t, u.Login, account.Password)
		return nil
	})
}

type userListCommand struct{}

// Run lists the people.
func (userListCommand) Run(ctx context.Context, c *cli, t terminal) error {
	return withDatabase(ctx, c, t, func(db *database) error {
		people, err := access.People(ctx, db.pool)
		if err != nil {
			return err
		}
		w := tabwriter.NewWriter(t.out, 0, 8, 2, ' ', 0)
		fmt.Fprintln(w, "LOGIN\tSTATE\tMEMBERSHIPS\tNAME")
		for _, p := range people {
			state := "open"
			switch {
			case p.DisabledAt != nil:
				state = "closed"
			case p.MustChangePassword:
				state = "must change the password"
			}
			var memberships []string
			for _, m := range p.Memberships {
				for _, r := range m.Roles {
					memberships = append(memberships, m.Agency+":"+string(r))
				}
			}
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", p.Login, state, strings.Join(memberships, " "), p.Name)
		}
		return w.Flush()
	})
}

type userRoleCommand struct {
	Login  string `arg:""`
	Agency string `required:"" help:"Code of the agency."`
	Role   string `required:"" enum:"uploader,reviewer,publisher,inquirer,committee-member,administrator,auditor" help:"Role: ${enum}."`
	Remove bool   `help:"Take the role away."`
}

// Run gives or takes the role.
func (u *userRoleCommand) Run(ctx context.Context, c *cli, t terminal) error {
	return withDatabase(ctx, c, t, func(db *database) error {
		change := access.Grant
		if u.Remove {
			change = access.Withdraw
		}
		return change(ctx, db.pool, u.Login, u.Agency, access.Role(u.Role))
	})
}

type userResetCommand struct {
	Login string `arg:""`
}

// Run gives a new password.
func (u *userResetCommand) Run(ctx context.Context, c *cli, t terminal) error {
	return withDatabase(ctx, c, t, func(db *database) error {
		password, err := access.ResetPassword(ctx, db.pool, u.Login)
		if err != nil {
			return err
		}
		tellPassword(t, u.Login, password)
		return nil
	})
}

type userDisableCommand struct {
	Login  string `arg:""`
	Enable bool   `help:"Open the account again."`
}

// Run closes or opens the account.
func (u *userDisableCommand) Run(ctx context.Context, c *cli, t terminal) error {
	return withDatabase(ctx, c, t, func(db *database) error {
		return access.Disable(ctx, db.pool, u.Login, !u.Enable)
	})
}
