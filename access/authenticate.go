package access

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"nsdi/internal/errs"
)

// maxPassword bounds the work that one attempt can ask for; in bytes.
const maxPassword = 1024

// minPassword is the fewest characters of a password that a person is given or chooses.
const minPassword = 12

// Authenticate answers the person whose login and password these are, or one and the same error whatever was wrong.
// An unknown login, a closed account and one without a password cost as much time as a wrong password, so that time does not tell which logins exist.
// Guard slows guessing down; this does not.
func Authenticate(ctx context.Context, q Querier, login, password string) (*Person, error) {
	return authenticate(ctx, q, login, password, Verify)
}

func authenticate(ctx context.Context, q Querier, login, password string, verify func(password, hash string) (bool, error)) (*Person, error) {
	var p Person
	var stored *string
	if !possible(login) {
		login = ""
	}
	err := q.QueryRow(ctx, `select `+personColumns+`, p.password_hash from access.person p where p.login = $1`, login).Scan(append(p.fields(), &stored)...)
	unknown := errors.Is(err, pgx.ErrNoRows)
	if err != nil && !unknown {
		return nil, fmt.Errorf("reading the account: %w", err)
	}
	hash := decoy
	if stored != nil {
		hash = *stored
	}
	unknown = unknown || stored == nil || p.DisabledAt != nil
	if len(password) > maxPassword {
		password, unknown = password[:maxPassword], true
	}
	ok, err := verify(password, hash)
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

// possible reports whether PostgreSQL can be asked for the login at all.
func possible(login string) bool { return utf8.ValidString(login) && !strings.Contains(login, "\x00") }

// decoy is a hash of the present cost that belongs to no password.
const decoy = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

func checkPassword(password, login string) error {
	if utf8.RuneCountInString(password) < minPassword || len(password) > maxPassword {
		return &errs.Error{
			Code: "password-length", Status: 422, Op: "access", Location: "new",
			Title:  errs.T("گذرواژه پذیرفته نیست", "The password is not accepted"),
			Detail: errs.Tf("گذرواژه دست‌کم %d نویسه و دست‌بالا %d بایت است.", "A password has at least %d characters, and at most %d bytes.", minPassword, maxPassword),
			Next:   errs.T("گذرواژه دیگری برگزینید.", "Choose another password."),
		}
	}
	if password == login {
		return &errs.Error{
			Code: "password-is-login", Status: 422, Op: "access", Location: "new",
			Title:  errs.T("گذرواژه پذیرفته نیست", "The password is not accepted"),
			Detail: errs.T("گذرواژه همان نام کاربری است.", "The password is the login."),
			Next:   errs.T("گذرواژه دیگری برگزینید.", "Choose another password."),
		}
	}
	return nil
}
