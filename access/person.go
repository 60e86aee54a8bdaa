package access

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"nsdi/internal/errs"
)

// Person is someone who can sign in. What he or she may do comes from the memberships in the database, never from what an identity provider says.
type Person struct {
	ID                 int64
	Login              string
	Name               string // for display; may be empty
	Memberships        []Membership
	MustChangePassword bool
	DisabledAt         *time.Time
}

// Subject answers the person as somebody who asks.
func (p *Person) Subject() Subject {
	name := p.Name
	if name == "" {
		name = p.Login
	}
	return Subject{PersonID: p.ID, Name: name, Memberships: p.Memberships}
}

// Account is what a new person begins with: one role in one agency, and a password or an identity at a provider.
type Account struct {
	Login              string
	Name               string
	Agency             string // code
	Role               Role
	Password           string // empty: signs in at the provider only
	MustChangePassword bool   // somebody else chose the password
	Issuer, Identity   string // who the person is at an identity provider, if anything
}

// Querier is a pool or a transaction.
type Querier interface {
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

// Create makes an account, in a transaction of its own or within the caller's.
func Create(ctx context.Context, b Beginner, a Account) (id int64, err error) {
	var hash *string
	if a.Password != "" || a.Issuer == "" {
		if err := checkPassword(a.Password, a.Login); err != nil {
			return 0, err
		}
		h := Hash(a.Password)
		hash = &h
	}
	err = pgx.BeginFunc(ctx, b, func(tx pgx.Tx) error {
		if id, err = insertAccount(ctx, tx, a, hash); err != nil {
			return err
		}
		detail := "account made, role given: " + string(a.Role)
		if a.Issuer != "" {
			detail += fmt.Sprintf(", linked with %q at %s", a.Identity, a.Issuer)
		}
		return permissionChanged(ctx, tx, a.Agency, "person:"+a.Login, detail)
	})
	if err != nil {
		return 0, err
	}
	return id, nil
}

func insertAccount(ctx context.Context, tx pgx.Tx, a Account, hash *string) (id int64, err error) {
	err = tx.QueryRow(ctx, `
		with a as (
			select id
			from access.agency
			where code = $1
		), p as (
			insert into access.person (login, name, password_hash, must_change_password)
			select $2, $3, $4, $5
			from a
			returning id
		), m as (
			insert into access.membership (person_id, agency_id, role)
			select p.id, a.id, $6
			from p, a
		), i as (
			insert into access.identity (issuer, subject, person_id)
			select $7, $8, p.id
			from p
			where $7 <> ''
		)
		select id
		from p`, a.Agency, a.Login, a.Name, hash, a.MustChangePassword && hash != nil, string(a.Role), a.Issuer, a.Identity).Scan(&id)
	var pgErr *pgconn.PgError
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return 0, agencyUnknown(a.Agency)
	case errors.As(err, &pgErr) && pgErr.Code == "23505" && pgErr.TableName == "identity":
		return 0, &errs.Error{
			Code: "identity-taken", Status: 409, Op: "access.Create", Value: a.Identity, Err: err,
			Title:  errs.T("این هویت از آنِ حساب دیگری است", "The identity belongs to another account"),
			Detail: errs.Tf("هویت «%s» نزد %s به حسابی پیوند دارد.", "The identity %q at %s is linked to an account.", a.Identity, a.Issuer),
			Next:   errs.T("nsdi user list پیوندها را نشان می‌دهد.", "nsdi user list shows the links."),
		}
	case errors.As(err, &pgErr) && pgErr.Code == "23505":
		return 0, &errs.Error{
			Code: "login-taken", Status: 409, Op: "access.Create", Value: a.Login, Err: err,
			Title:  errs.T("این نام کاربری گرفته شده است", "The login is taken"),
			Detail: errs.Tf("حساب «%s» از پیش هست.", "There already is an account %q.", a.Login),
			Next:   errs.T("نام دیگری برگزینید.", "Choose another one."),
		}
	case errors.As(err, &pgErr) && pgErr.Code == "23514":
		return 0, &errs.Error{
			Code: "account-invalid", Status: 422, Op: "access.Create", Value: a.Login, Err: err,
			Title:  errs.T("نام کاربری یا نقش پذیرفته نیست", "The login or the role is not accepted"),
			Detail: errs.T("نام کاربری ۲ تا ۶۳ نویسه از حروف کوچک لاتین، رقم، نقطه، خط تیره و زیرخط است و با حرف یا رقم آغاز می‌شود.", "A login has 2 to 63 small Latin letters, digits, dots, hyphens and underscores, and begins with a letter or digit."),
			Next:   errs.T("نام دیگری برگزینید.", "Choose another one."),
		}
	case err != nil:
		return 0, fmt.Errorf("creating the account %q: %w", a.Login, err)
	}
	return id, nil
}

func agencyUnknown(code string) error {
	return &errs.Error{
		Code: "agency-unknown", Status: 422, Op: "access", Value: code,
		Title:  errs.T("چنین دستگاهی ثبت نشده است", "There is no such agency"),
		Detail: errs.Tf("دستگاه «%s» یافت نشد.", "The agency %q was not found.", code),
		Next:   errs.T("نخست دستگاه را ثبت کنید.", "Register the agency first."),
	}
}

// personColumns reads a person p with the memberships as JSON; scan reads its row.
const personColumns = `
	p.id, p.login, p.name, p.must_change_password, p.disabled_at,
	coalesce((
		select json_agg(json_build_object('AgencyID', m.agency_id, 'Agency', m.code, 'Roles', m.roles) order by m.code)
		from (
			select m.agency_id, a.code, array_agg(m.role order by m.role) as roles
			from access.membership m
			join access.agency a on a.id = m.agency_id
			where m.person_id = p.id
			group by m.agency_id, a.code
		) m
	), '[]')`

func (p *Person) fields() []any {
	return []any{&p.ID, &p.Login, &p.Name, &p.MustChangePassword, &p.DisabledAt, &p.Memberships}
}

// People answers everybody who has an account.
func People(ctx context.Context, pool *pgxpool.Pool) ([]*Person, error) {
	rows, err := pool.Query(ctx, `select `+personColumns+` from access.person p order by p.login`)
	if err != nil {
		return nil, fmt.Errorf("reading the accounts: %w", err)
	}
	people, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (*Person, error) {
		var p Person
		return &p, row.Scan(p.fields()...)
	})
	if err != nil {
		return nil, fmt.Errorf("reading the accounts: %w", err)
	}
	return people, nil
}

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
		password = GeneratePassword()
		created = true
		_, err := Create(ctx, tx, Account{Login: login, Agency: "committee", Role: Administrator, Password: password, MustChangePassword: true})
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

// GeneratePassword answers a password of 128 bits and more, in letters and digits that can be read out.
func GeneratePassword() string { return rand.Text() }
