package access

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"nsdi/internal/errs"
)

// maxPassword bounds the work that one attempt can ask for; in bytes.
const maxPassword = 1024

// minPassword is the fewest bytes of a password that a person is given.
const minPassword = 12

// Person is someone who signs in with a local account.
type Person struct {
	ID                 int64
	Login              string
	Agency             string // code
	Role               string
	MustChangePassword bool
}

// Querier is a pool or a transaction.
type Querier interface {
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

// Create makes an account. The person must change the password that someone else chose.
func Create(ctx context.Context, q Querier, p Person, password string) (int64, error) {
	if len(password) < minPassword || len(password) > maxPassword {
		return 0, &errs.Error{
			Code: "password-length", Status: 422, Op: "access.Create",
			Title:  errs.T("گذرواژه پذیرفته نیست", "The password is not accepted"),
			Detail: errs.Tf("گذرواژه باید از %d تا %d بایت باشد.", "A password has from %d to %d bytes.", minPassword, maxPassword),
			Next:   errs.T("گذرواژه دیگری برگزینید.", "Choose another password."),
		}
	}
	var id int64
	err := q.QueryRow(ctx, `
		insert into access.person (login, agency_id, role, password_hash, must_change_password)
		select $1, a.id, $2, $3, $4
		from access.agency a
		where a.code = $5
		returning id`, p.Login, p.Role, Hash(password), p.MustChangePassword, p.Agency).Scan(&id)
	var pgErr *pgconn.PgError
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return 0, &errs.Error{
			Code: "agency-unknown", Status: 422, Op: "access.Create", Value: p.Agency,
			Title:  errs.T("چنین دستگاهی ثبت نشده است", "There is no such agency"),
			Detail: errs.Tf("دستگاه «%s» یافت نشد.", "The agency %q was not found.", p.Agency),
			Next:   errs.T("نخست دستگاه را ثبت کنید.", "Register the agency first."),
		}
	case errors.As(err, &pgErr) && pgErr.Code == "23505":
		return 0, &errs.Error{
			Code: "login-taken", Status: 409, Op: "access.Create", Value: p.Login, Err: err,
			Title:  errs.T("این نام کاربری گرفته شده است", "The login is taken"),
			Detail: errs.Tf("حساب «%s» از پیش هست.", "There already is an account %q.", p.Login),
			Next:   errs.T("نام دیگری برگزینید.", "Choose another one."),
		}
	case err != nil:
		return 0, fmt.Errorf("creating the account %q: %w", p.Login, err)
	}
	return id, nil
}

// Authenticate answers the person whose login and password these are, or one and the same error whatever was wrong.
// An unknown login costs as much time as a wrong password, so that time does not tell which logins exist.
func Authenticate(ctx context.Context, q Querier, login, password string) (*Person, error) {
	var p Person
	var hash string
	// What is no text would be the database's error, and tell more than a wrong login does.
	login = strings.ReplaceAll(strings.ToValidUTF8(login, "\uFFFD"), "\x00", "\uFFFD")
	err := q.QueryRow(ctx, `
		select p.id, p.login, a.code, p.role, p.must_change_password, p.password_hash
		from access.person p
		join access.agency a on a.id = p.agency_id
		where p.login = $1`, login).Scan(&p.ID, &p.Login, &p.Agency, &p.Role, &p.MustChangePassword, &hash)
	unknown := errors.Is(err, pgx.ErrNoRows)
	if err != nil && !unknown {
		return nil, fmt.Errorf("reading the account: %w", err)
	}
	if unknown {
		hash = decoy
	}
	if len(password) > maxPassword {
		password, unknown = password[:maxPassword], true
	}
	ok, err := Verify(password, hash)
	if err != nil {
		return nil, fmt.Errorf("checking the password of %q: %w", login, err)
	}
	if !ok || unknown {
		return nil, &errs.Error{
			Code: "sign-in-refused", Status: 401, Op: "access.Authenticate",
			Title:  errs.T("ورود پذیرفته نشد", "Sign-in was refused"),
			Detail: errs.T("نام کاربری یا گذرواژه درست نیست.", "The login or the password is not right."),
			Next:   errs.T("دوباره وارد کنید یا از سرپرست سامانه گذرواژه تازه بخواهید.", "Enter them again, or ask the administrator for a new password."),
		}
	}
	return &p, nil
}

// decoy is a hash of the present cost that belongs to no password.
const decoy = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

// CreateAdministrator makes the account "admin" of the committee with a password that is answered this once, when there
// is no account yet. Several processes that start at once make one.
func CreateAdministrator(ctx context.Context, pool *pgxpool.Pool) (login, password string, created bool, err error) {
	login = "admin"
	err = pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
		var someone bool
		if _, err := tx.Exec(ctx, `lock table access.person in share row exclusive mode`); err != nil {
			return err
		}
		if err := tx.QueryRow(ctx, `select exists (select from access.person)`).Scan(&someone); err != nil || someone {
			return err
		}
		password = rand.Text() // 128 bits and more, in letters and digits that can be read out
		created = true
		_, err := Create(ctx, tx, Person{Login: login, Agency: "committee", Role: "administrator", MustChangePassword: true}, password)
		return err
	})
	if err != nil {
		return "", "", false, fmt.Errorf("creating the administrator: %w", err)
	}
	if !created {
		return "", "", false, nil
	}
	return login, password, true, nil
}
