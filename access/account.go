package access

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"nsdi/internal/errs"
)

// Grant gives a person a role in an agency; a role that is held already stays.
func Grant(ctx context.Context, pool *pgxpool.Pool, login, agency string, role Role) error {
	return pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
		person, agencyID, err := member(ctx, tx, login, agency)
		if err != nil {
			return err
		}
		tag, err := tx.Exec(ctx, `
			insert into access.membership (person_id, agency_id, role)
			values ($1, $2, $3)
			on conflict do nothing`, person, agencyID, string(role))
		var pgErr *pgconn.PgError
		if errors.As(err, &pgErr) && pgErr.Code == "23514" {
			return &errs.Error{
				Code: "role-unknown", Status: 422, Op: "access.Grant", Value: string(role), Err: err,
				Title:  errs.T("چنین نقشی نیست", "There is no such role"),
				Detail: errs.Tf("نقش «%s» شناخته نیست.", "The role %q is not known.", role),
				Next:   errs.Tf("یکی از این‌ها را بدهید: %v", "Give one of %v.", Roles()),
			}
		}
		if err == nil && tag.RowsAffected() > 0 {
			err = permissionChanged(ctx, tx, agency, "person:"+login, "role given: "+string(role))
		}
		return wrap(err, "granting a role")
	})
}

// Withdraw takes a role in an agency from a person. It holds from the next request on.
func Withdraw(ctx context.Context, pool *pgxpool.Pool, login, agency string, role Role) error {
	return pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
		person, agencyID, err := member(ctx, tx, login, agency)
		if err != nil {
			return err
		}
		var taken bool
		err = keepingAdministrator(ctx, tx, "access.Withdraw", func() error {
			tag, err := tx.Exec(ctx, `delete from access.membership where person_id = $1 and agency_id = $2 and role = $3`, person, agencyID, string(role))
			taken = err == nil && tag.RowsAffected() > 0
			return err
		})
		if err == nil && taken {
			err = permissionChanged(ctx, tx, agency, "person:"+login, "role taken away: "+string(role))
		}
		return wrap(err, "withdrawing a role")
	})
}

func member(ctx context.Context, tx pgx.Tx, login, agency string) (personID, agencyID int64, err error) {
	if personID, err = idOf(ctx, tx, login); err != nil {
		return 0, 0, err
	}
	err = tx.QueryRow(ctx, `select id from access.agency where code = $1`, agency).Scan(&agencyID)
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, 0, agencyUnknown(agency)
	}
	return personID, agencyID, wrap(err, "reading the agency")
}

func idOf(ctx context.Context, q Querier, login string) (id int64, err error) {
	err = q.QueryRow(ctx, `select id from access.person where login = $1`, login).Scan(&id)
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, &errs.Error{
			Code: "login-unknown", Status: 404, Op: "access", Value: login,
			Title:  errs.T("چنین حسابی نیست", "There is no such account"),
			Detail: errs.Tf("حساب «%s» یافت نشد.", "The account %q was not found.", login),
			Next:   errs.T("صفحه اداره و nsdi user list حساب‌ها را نشان می‌دهند.", "The page of administration and nsdi user list show the accounts."),
		}
	}
	return id, wrap(err, "reading the account")
}

// ResetPassword gives a person a new password, which is answered this once and has to be changed at the next sign-in. It ends the person's sessions,
// forgets the browsers that were trusted, and lifts a lock.
func ResetPassword(ctx context.Context, pool *pgxpool.Pool, login string) (password string, err error) {
	password = GeneratePassword()
	hash := Hash(password)
	err = pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
		id, err := idOf(ctx, tx, login)
		if err != nil {
			return err
		}
		if err := endSessions(ctx, tx, id); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `delete from access.browser where person_id = $1`, id); err != nil {
			return wrap(err, "forgetting browsers")
		}
		if _, err := tx.Exec(ctx, `delete from access.sign_in_failure where key = $1`, failureKey("login", login)); err != nil {
			return wrap(err, "lifting the lock")
		}
		if _, err := tx.Exec(ctx, `update access.person set password_hash = $2, must_change_password = true where id = $1`, id, hash); err != nil {
			return wrap(err, "setting the password")
		}
		return administered(ctx, tx, Entry{Event: "password", Resource: "person:" + login, Detail: "reset; its sessions ended"})
	})
	if err != nil {
		return "", err
	}
	return password, nil
}

// Disable closes an account and ends its sessions at once; with disabled false it opens the account again.
func Disable(ctx context.Context, pool *pgxpool.Pool, login string, disabled bool) error {
	return pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
		id, err := idOf(ctx, tx, login)
		if err != nil {
			return err
		}
		if !disabled {
			tag, err := tx.Exec(ctx, `update access.person set disabled_at = null where id = $1 and disabled_at is not null`, id)
			if err == nil && tag.RowsAffected() > 0 {
				err = permissionChanged(ctx, tx, "", "person:"+login, "account opened again")
			}
			return wrap(err, "opening the account")
		}
		if err := endSessions(ctx, tx, id); err != nil {
			return err
		}
		var closed bool
		err = keepingAdministrator(ctx, tx, "access.Disable", func() error {
			tag, err := tx.Exec(ctx, `update access.person set disabled_at = now() where id = $1 and disabled_at is null`, id)
			closed = err == nil && tag.RowsAffected() > 0
			return err
		})
		if err == nil && closed {
			err = permissionChanged(ctx, tx, "", "person:"+login, "account closed; its sessions ended")
		}
		return wrap(err, "closing the account")
	})
}

func wrap(err error, doing string) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", doing, err)
}
