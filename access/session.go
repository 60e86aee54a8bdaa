package access

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"nsdi/internal/errs"
)

// How long a session lives without being used, and however much it is used.
const (
	SessionIdle = time.Hour
	SessionLife = 12 * time.Hour
)

// seenEvery is how exactly the last use is kept: a write at each request would cost more than it tells.
const seenEvery = time.Minute

// browserTime is how long a browser in which a person signed in is remembered.
const browserTime = 180 * 24 * time.Hour

// The ways to sign in.
const (
	ByPassword = "password"
	ByProvider = "provider"
)

// Sessions are signed-in browsers, in PostgreSQL: every process knows them, and ending one holds at once.
type Sessions struct {
	Pool *pgxpool.Pool
	Now  func() time.Time
}

// Session is a signed-in browser.
type Session struct {
	Person Person
	Method string
}

// Pending reports whether the session may do nothing but change the password that somebody else chose.
func (s *Session) Pending() bool { return s.Method == ByPassword && s.Person.MustChangePassword }

// newToken makes 256 random bits and what is kept of them.
func newToken() (token string, hash []byte) {
	b := make([]byte, 32)
	rand.Read(b) // never fails: see crypto/rand
	sum := sha256.Sum256(b)
	return base64.RawURLEncoding.EncodeToString(b), sum[:]
}

// tokenHash answers what is kept of a token, and false for what newToken cannot have made.
func tokenHash(token string) ([]byte, bool) {
	b, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil || len(b) != 32 {
		return nil, false
	}
	sum := sha256.Sum256(b)
	return sum[:], true
}

type execer interface {
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
}

// Begin signs a person in and answers the new session's token. The session that the browser had before ends: a token from before a sign-in is worth nothing after it.
func (s *Sessions) Begin(ctx context.Context, personID int64, method, before string) (token string, err error) {
	err = pgx.BeginFunc(ctx, s.Pool, func(tx pgx.Tx) error {
		if hash, ok := tokenHash(before); ok {
			if _, err := tx.Exec(ctx, `delete from access.session where token_hash = $1`, hash); err != nil {
				return err
			}
		}
		now := s.Now()
		if _, err := tx.Exec(ctx, `delete from access.session where expires_at <= $1 or person_id = $2 and seen_at <= $3`, now, personID, now.Add(-SessionIdle)); err != nil {
			return err
		}
		token, err = begin(ctx, tx, personID, method, now)
		return err
	})
	return token, wrap(err, "beginning a session")
}

func begin(ctx context.Context, e execer, personID int64, method string, now time.Time) (string, error) {
	token, hash := newToken()
	_, err := e.Exec(ctx, `
		insert into access.session (token_hash, person_id, method, created_at, seen_at, expires_at)
		values ($1, $2, $3, $4, $4, $5)`, hash, personID, method, now, now.Add(SessionLife))
	return token, err
}

// Find answers the session of a token: nil when there is none, or no more, or its person's account is closed.
func (s *Sessions) Find(ctx context.Context, token string) (*Session, error) {
	hash, ok := tokenHash(token)
	if !ok {
		return nil, nil
	}
	now := s.Now()
	var session Session
	var seen time.Time
	err := s.Pool.QueryRow(ctx, `
		select `+personColumns+`, s.method, s.seen_at
		from access.session s
		join access.person p on p.id = s.person_id
		where s.token_hash = $1 and s.expires_at > $2 and s.seen_at > $3 and p.disabled_at is null`,
		hash, now, now.Add(-SessionIdle)).Scan(append(session.Person.fields(), &session.Method, &seen)...)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, wrap(err, "reading the session")
	}
	if now.Sub(seen) >= seenEvery {
		if _, err := s.Pool.Exec(ctx, `update access.session set seen_at = $2 where token_hash = $1`, hash, now); err != nil {
			return nil, wrap(err, "reading the session")
		}
	}
	return &session, nil
}

// End signs a person out of one browser.
func (s *Sessions) End(ctx context.Context, p *Person, token string) error {
	hash, ok := tokenHash(token)
	if !ok {
		return nil
	}
	return wrap(s.out(ctx, p, "this browser", `delete from access.session where person_id = $1 and token_hash = $2`, p.ID, hash), "ending the session")
}

// EndAll signs a person out everywhere, and forgets the browsers in which the person signed in.
func (s *Sessions) EndAll(ctx context.Context, p *Person) error {
	return wrap(s.out(ctx, p, "everywhere", `
		with known as (
			delete from access.browser
			where person_id = $1
		)
		delete from access.session
		where person_id = $1`, p.ID), "ending the sessions")
}

func (s *Sessions) out(ctx context.Context, p *Person, where, sql string, args ...any) error {
	return pgx.BeginFunc(ctx, s.Pool, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, sql, args...)
		if err != nil || tag.RowsAffected() == 0 {
			return err
		}
		return inPersonDone(ctx, tx, p, "sign-out", "session", where)
	})
}

func endSessions(ctx context.Context, e execer, personID int64) error {
	_, err := e.Exec(ctx, `delete from access.session where person_id = $1`, personID)
	return wrap(err, "ending the sessions")
}

// ChangePassword sets the password that the person chose, after Guard accepted the present one. All sessions of the person end; the answer is a new one's token.
func (s *Sessions) ChangePassword(ctx context.Context, p *Person, present, chosen string) (token string, err error) {
	if err := checkPassword(chosen, p.Login); err != nil {
		return "", err
	}
	if chosen == present {
		return "", &errs.Error{
			Code: "password-unchanged", Status: 422, Op: "access.ChangePassword", Location: "new",
			Title:  errs.T("گذرواژه پذیرفته نیست", "The password is not accepted"),
			Detail: errs.T("گذرواژه تازه همان گذرواژه کنونی است.", "The new password is the present one."),
			Next:   errs.T("گذرواژه دیگری برگزینید.", "Choose another password."),
		}
	}
	hash := Hash(chosen)
	err = pgx.BeginFunc(ctx, s.Pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `update access.person set password_hash = $2, must_change_password = false where id = $1`, p.ID, hash); err != nil {
			return err
		}
		if err := endSessions(ctx, tx, p.ID); err != nil {
			return err
		}
		if token, err = begin(ctx, tx, p.ID, ByPassword, s.Now()); err != nil {
			return err
		}
		return inPersonDone(ctx, tx, p, "password", "person:"+p.Login, "changed by the person")
	})
	return token, wrap(err, "changing the password")
}

// Remember answers the token of a browser in which the person just signed in; before is the one that the browser had.
func (s *Sessions) Remember(ctx context.Context, personID int64, before string) (token string, err error) {
	now := s.Now()
	if hash, ok := tokenHash(before); ok {
		tag, err := s.Pool.Exec(ctx, `update access.browser set seen_at = $3 where token_hash = $1 and person_id = $2 and seen_at > $4`, hash, personID, now, now.Add(-browserTime))
		if err != nil || tag.RowsAffected() == 1 {
			return before, wrap(err, "remembering the browser")
		}
	}
	token, hash := newToken()
	_, err = s.Pool.Exec(ctx, `
		with old as (
			delete from access.browser
			where person_id = $2 and seen_at <= $4
		)
		insert into access.browser (token_hash, person_id, seen_at)
		values ($1, $2, $3)`, hash, personID, now, now.Add(-browserTime))
	return token, wrap(err, "remembering the browser")
}

// Left reports whether nobody who signed in is remembered in a browser that had been given this token: the person signed out everywhere, has a new password,
// or did not come for long.
func (s *Sessions) Left(ctx context.Context, token string) (bool, error) {
	hash, ok := tokenHash(token)
	if !ok {
		return false, nil
	}
	var left bool
	err := s.Pool.QueryRow(ctx, `
		select not exists (
			select
			from access.browser
			where token_hash = $1 and seen_at > $2
		)`, hash, s.Now().Add(-browserTime)).Scan(&left)
	return left, wrap(err, "reading the browser")
}
