package access

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"nsdi/internal/errs"
)

// Signer makes and checks the tokens of downloads: HMAC-SHA256 over one version, whose token it is, until when, and a nonce, under a named key.
type Signer struct {
	Pool *pgxpool.Pool
	Now  func() time.Time // Defaults to time.Now.
	Life time.Duration    // of a token; MaxTokenLife where it is 0 or more than that.
}

const (
	// MaxTokenLife is what a token lives at most.
	MaxTokenLife = 15 * time.Minute
	// signingAge is how long new tokens are signed with one key.
	signingAge = 30 * 24 * time.Hour
	// skew is how far the clocks of two servers on one database may be apart.
	skew = time.Minute
	// lockSigning is the advisory lock under which a key is made: 7400 belongs to this package.
	lockSigning = 7400
)

// claim is what a token says.
type claim struct {
	version         int64
	personID, keyID int64 // whose it is; both 0: the public's
	expires         time.Time
	inside          bool // no token: nsdi itself asks
}

func (s *Signer) life() time.Duration {
	if s.Life <= 0 || s.Life > MaxTokenLife {
		return MaxTokenLife
	}
	return s.Life
}

// sign answers a token for one version, and when it ends.
func (s *Signer) sign(ctx context.Context, version int64, who Subject) (string, time.Time, error) {
	now := moment(s.Now)
	kid, secret, err := s.current(ctx, now)
	if err != nil {
		return "", time.Time{}, fmt.Errorf("signing key: %w", err)
	}
	expires := now.Add(s.life()).Truncate(time.Second)
	whose := "n"
	switch {
	case who.KeyID != 0:
		whose = "k" + strconv.FormatInt(who.KeyID, 10)
	case who.PersonID != 0:
		whose = "p" + strconv.FormatInt(who.PersonID, 10)
	}
	nonce := make([]byte, 12)
	rand.Read(nonce) // never fails: see crypto/rand
	said := strings.Join([]string{kid, strconv.FormatInt(version, 10), whose, strconv.FormatInt(expires.Unix(), 10), base64.RawURLEncoding.EncodeToString(nonce)}, ".")
	return said + "." + base64.RawURLEncoding.EncodeToString(mac(secret, said)), expires, nil
}

// mac also covers what the token is for, so that it is worth nothing elsewhere.
func mac(secret []byte, said string) []byte {
	h := hmac.New(sha256.New, secret)
	h.Write([]byte("GET|/v1/downloads|" + said))
	return h.Sum(nil)
}

// verify answers what a token says. One that this system did not sign is *errs.Error download-refused, whatever is wrong with it; one of its own that has ended
// is download-expired, as its holder may know that.
func (s *Signer) verify(ctx context.Context, token string) (claim, error) {
	now := moment(s.Now)
	said, signature, _ := cutLast(token[:min(len(token), 300)], '.')
	parts := strings.Split(said, ".")
	given, err := base64.RawURLEncoding.Strict().DecodeString(signature)
	if err != nil || len(parts) != 5 || len(token) > 300 || storable(token) != token {
		return claim{}, downloadRefused()
	}
	var secret []byte
	err = s.Pool.QueryRow(ctx, `
		select secret
		from access.signing_key
		where kid = $1
		  and (retired_at is null or retired_at > $2)`, parts[0], now.Add(-MaxTokenLife-2*skew)).Scan(&secret)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return claim{}, fmt.Errorf("signing key: %w", err)
	}
	if err != nil || !hmac.Equal(given, mac(secret, said)) {
		return claim{}, downloadRefused()
	}
	// From here on the token is as this system wrote it.
	var c claim
	var at int64
	c.version, err = strconv.ParseInt(parts[1], 10, 64)
	if err == nil {
		at, err = strconv.ParseInt(parts[3], 10, 64)
	}
	if err == nil && parts[2] != "n" {
		to := &c.personID
		if parts[2][0] == 'k' {
			to = &c.keyID
		}
		*to, err = strconv.ParseInt(parts[2][1:], 10, 64)
	}
	if err != nil {
		return claim{}, fmt.Errorf("reading a signed token: %w", err)
	}
	c.expires = time.Unix(at, 0)
	switch {
	case c.expires.After(now.Add(MaxTokenLife + skew)): // signed by a clock that is wrong: it would live longer than any may
		return claim{}, downloadRefused()
	case !now.Before(c.expires):
		return claim{}, &errs.Error{
			Code: "download-expired", Status: http.StatusForbidden, Op: "access.Downloads",
			Title:  errs.T("زمان این نشانی گذشته است", "The address has expired"),
			Detail: errs.Tf("این نشانی تا %s کار می‌کرد.", "The address worked until %s.", c.expires.UTC().Format(time.RFC3339)),
			Next:   errs.T("نشانی تازه‌ای برای همین نسخه بخواهید.", "Ask for a new address of the version."),
		}
	}
	return c, nil
}

func downloadRefused() *errs.Error {
	return &errs.Error{
		Code: "download-refused", Status: http.StatusForbidden, Op: "access.Downloads",
		Title:  errs.T("این نشانی بارگیری پذیرفته نیست", "The address of the download is not accepted"),
		Detail: errs.T("نشانی درست نیست یا از آنِ کس دیگری است.", "The address is not right, or somebody else's."),
		Next:   errs.T("نشانی تازه‌ای برای خود بخواهید.", "Ask for an address of your own."),
	}
}

// current answers the key that tokens are signed with. The first one is made when it is needed, and so is the next when it is too old; the old one still
// verifies until the last of its tokens has ended.
func (s *Signer) current(ctx context.Context, now time.Time) (kid string, secret []byte, err error) {
	const newest = `select kid, secret from access.signing_key where retired_at is null and created_at > $1`
	err = s.Pool.QueryRow(ctx, newest, now.Add(-signingAge)).Scan(&kid, &secret)
	if !errors.Is(err, pgx.ErrNoRows) {
		return kid, secret, err
	}
	err = pgx.BeginFunc(ctx, s.Pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `select pg_advisory_xact_lock($1, 0)`, lockSigning); err != nil {
			return err
		}
		err := tx.QueryRow(ctx, newest, now.Add(-signingAge)).Scan(&kid, &secret)
		if !errors.Is(err, pgx.ErrNoRows) {
			return err // another made it in between
		}
		if _, err := tx.Exec(ctx, `update access.signing_key set retired_at = $1 where retired_at is null`, now); err != nil {
			return err
		}
		random := make([]byte, 5+sha256.Size)
		rand.Read(random)
		kid, secret = letters(random[:5]), random[5:]
		_, err = tx.Exec(ctx, `insert into access.signing_key (kid, secret, created_at) values ($1, $2, $3)`, kid, secret, now)
		return err
	})
	return kid, secret, err
}

func cutLast(s string, sep byte) (before, after string, found bool) {
	if i := strings.LastIndexByte(s, sep); i >= 0 {
		return s[:i], s[i+1:], true
	}
	return s, "", false
}
