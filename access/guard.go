package access

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"nsdi/internal/errs"
)

// How many attempts may be wrong before waiting begins. A network's and a login's limits are wider than those of one login from one network, because
// many honest people share a network, and because whoever knows a login could otherwise keep its owner out.
const (
	pairAttempts    = 5
	browserAttempts = 5
	networkAttempts = 30
	loginAttempts   = 50
)

// The wait doubles with each further wrong attempt and ends by itself; what nobody adds to is forgotten.
const (
	firstWait = 30 * time.Second
	lastWait  = 15 * time.Minute
	forgotten = 24 * time.Hour
)

// Guard checks passwords and slows guessing down: per login from one network, per network, and per login from everywhere. A browser in which
// the person signed in before has a count of its own, which strangers cannot add to, so that nobody can keep a person out of where he or she works.
// Logins that do not exist are counted alike. An attempt that has to wait is not counted: it cannot make the wait longer.
type Guard struct {
	Pool *pgxpool.Pool
	Now  func() time.Time
}

// Attempt is one attempt to sign in with a password.
type Attempt struct {
	Login, Password string
	Remote          netip.Addr
	Browser         string // token of a browser in which somebody signed in before, if any
}

// WaitError is the cause of a refusal that ends by itself.
type WaitError struct{ Wait time.Duration }

func (e *WaitError) Error() string { return "wait " + e.Wait.String() }

// Seconds answers the wait in whole seconds, rounded up.
func (e *WaitError) Seconds() int { return int((e.Wait + time.Second - 1) / time.Second) }

// Authenticate answers the person, sign-in-refused, or sign-in-wait with a *WaitError.
func (g *Guard) Authenticate(ctx context.Context, a Attempt) (*Person, error) {
	counts, err := g.counts(ctx, a)
	if err != nil {
		return nil, err
	}
	// The attempt counts as wrong before it is looked at, so that many at once cannot pass under the limit.
	if err := g.add(ctx, counts); err != nil {
		return nil, err
	}
	p, err := Authenticate(ctx, g.Pool, a.Login, a.Password)
	if err != nil {
		return nil, err
	}
	return p, g.undo(ctx, counts)
}

type count struct {
	key   []byte
	limit int
	own   bool // of this person alone: a right password ends it
}

func (g *Guard) counts(ctx context.Context, a Attempt) ([]count, error) {
	if hash, ok := tokenHash(a.Browser); ok && possible(a.Login) {
		var known bool
		err := g.Pool.QueryRow(ctx, `
			select exists (
				select
				from access.browser b
				join access.person p on p.id = b.person_id
				where b.token_hash = $1 and p.login = $2 and b.seen_at > $3
			)`, hash, a.Login, g.Now().Add(-browserTime)).Scan(&known)
		if err != nil {
			return nil, wrap(err, "reading the browser")
		}
		if known {
			return []count{{failureKey("browser", a.Browser), browserAttempts, true}}, nil
		}
	}
	network := Network(a.Remote).String()
	counts := []count{
		{failureKey("pair", network, a.Login), pairAttempts, true},
		{failureKey("network", network), networkAttempts, false},
		{failureKey("login", a.Login), loginAttempts, false},
	}
	slices.SortFunc(counts, func(a, b count) int { return bytes.Compare(a.key, b.key) }) // one order for all: no deadlock
	return counts, nil
}

// Network is what is counted as one place: an IPv4 address, or the /64 that an IPv6 host picks its addresses from.
func Network(a netip.Addr) netip.Prefix {
	a = a.Unmap().WithZone("")
	bits := a.BitLen()
	if a.Is6() {
		bits = 64
	}
	p, err := a.Prefix(bits)
	if err != nil {
		return netip.Prefix{} // no address: all of these are one place
	}
	return p
}

func failureKey(parts ...string) []byte {
	h := sha256.New()
	for _, part := range parts {
		fmt.Fprintf(h, "%d:%s", len(part), part)
	}
	return h.Sum(nil)
}

func (g *Guard) add(ctx context.Context, counts []count) error {
	now := g.Now()
	var wait *WaitError
	err := pgx.BeginFunc(ctx, g.Pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `
			delete from access.sign_in_failure
			where key in (
				select key
				from access.sign_in_failure
				where last_at < $1
				limit 100
				for update skip locked
			)`, now.Add(-forgotten)); err != nil {
			return err
		}
		for _, c := range counts {
			tag, err := tx.Exec(ctx, `
				insert into access.sign_in_failure as f (key, failures, last_at, blocked_until)
				values ($1, 1, $2, $2)
				on conflict (key) do update
				set failures = f.failures + 1,
					last_at = $2,
					blocked_until = $2 + case
						when f.failures + 1 < $3 then interval '0'
						else make_interval(secs => least($5::float8, $4::float8 * power(2, least(f.failures + 1 - $3, 30))))
					end
				where f.blocked_until <= $2`, c.key, now, c.limit, firstWait.Seconds(), lastWait.Seconds())
			if err != nil {
				return err
			}
			if tag.RowsAffected() == 1 {
				continue
			}
			var until time.Time
			if err := tx.QueryRow(ctx, `select blocked_until from access.sign_in_failure where key = $1`, c.key).Scan(&until); err != nil {
				return err
			}
			return &WaitError{until.Sub(now)} // nothing of this attempt is counted
		}
		return nil
	})
	if errors.As(err, &wait) {
		return &errs.Error{
			Code: "sign-in-wait", Status: 429, Op: "access.Guard", Err: wait,
			Title:  errs.T("اکنون نمی‌توان وارد شد", "Signing in has to wait"),
			Detail: errs.T("تلاش‌های نادرست بسیار بود.", "There were too many wrong attempts."),
			Next: errs.Tn(wait.Seconds(), "پس از %d ثانیه دوباره بکوشید یا از سرپرست سامانه گذرواژه تازه بخواهید.", "Try again after %d second, or ask the administrator for a new password.", "Try again after %d seconds, or ask the administrator for a new password.",
				wait.Seconds()),
		}
	}
	return wrap(err, "counting the attempt")
}

func (g *Guard) undo(ctx context.Context, counts []count) error {
	err := pgx.BeginFunc(ctx, g.Pool, func(tx pgx.Tx) error {
		for _, c := range counts {
			var err error
			if c.own {
				_, err = tx.Exec(ctx, `delete from access.sign_in_failure where key = $1`, c.key)
			} else { // whoever has an account must not wipe out the guesses at others
				_, err = tx.Exec(ctx, `update access.sign_in_failure set failures = greatest(failures - 1, 0), blocked_until = $2 where key = $1`, c.key, g.Now())
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	return wrap(err, "counting the attempt")
}
