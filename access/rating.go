package access

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"nsdi/internal/errs"
)

// Ratings takes and sums up what callers think of services (Article 36): one rating a caller, service and day of Iran's clock, of which the last counts.
//
// A caller is kept as a hash under a secret of the day, which is removed once the day is over: then nobody can tell who rated, nor try out addresses. A
// rating with its comment is kept for RatingsKept; the sums of a day stay, which is a row a service and day.
type Ratings struct {
	Pool *pgxpool.Pool
	Now  func() time.Time // Defaults to time.Now.
	// PerNetwork bounds the callers without a name that rate a service from around one network, an IPv4 /24 or an IPv6 /48, a day. Defaults to 50.
	PerNetwork int
	// PerService bounds those from everywhere. Defaults to 2,000.
	PerService int
}

const (
	// RatingsKept is how long a rating is kept with its comment.
	RatingsKept = 400 * 24 * time.Hour
	// MaxComment is the length of a comment, in characters.
	MaxComment = 500
	// RecentRatings is what a card sums up beside everything.
	RecentRatings = 90

	defaultPerNetwork = 50
	defaultPerService = 2000
)

// Rating is what a caller thinks of a service.
type Rating struct {
	Service string
	Score   int // 1 to 5
	Comment string
	From    netip.Addr // of a caller without a name
}

// Rate takes a rating of the subject in the context, and answers whether it replaces one of the same day. The error is *errs.Error rating-limit (429) when too
// many without a name rated today.
func (r *Ratings) Rate(ctx context.Context, given Rating) (replaced bool, err error) {
	if _, err := FindService(given.Service); err != nil {
		return false, err
	}
	if given.Score < 1 || given.Score > 5 {
		return false, ratingInvalid("body.score", strconv.Itoa(given.Score), errs.T("امتیاز از ۱ تا ۵ است.", "The score is from 1 to 5."))
	}
	if given.Comment = plain(given.Comment); utf8.RuneCountInString(given.Comment) > MaxComment {
		return false, ratingInvalid("body.comment", "", errs.Tf("بیش از %d نویسه است.", "It has more than %d characters.", MaxComment))
	}
	now := moment(r.Now)
	today := Day(now)
	err = pgx.BeginFunc(ctx, r.Pool, func(tx pgx.Tx) error {
		secret, err := r.secret(ctx, tx, today)
		if err != nil {
			return err
		}
		kind, caller, network := callerOf(SubjectFrom(ctx), given.From, secret)
		// Whoever rates this service waits here for the one before, so that counts are exact.
		var public int
		err = tx.QueryRow(ctx, `
			insert into access.rating_day as d (service, day)
			values ($1, $2)
			on conflict (service, day) do update
			set public = d.public
			returning public`, given.Service, today).Scan(&public)
		if err != nil {
			return err
		}
		var before int
		err = tx.QueryRow(ctx, `
			select coalesce((
				select score
				from access.rating
				where service = $1
				  and day = $2
				  and caller = $3), 0)`, given.Service, today, caller).Scan(&before)
		if err != nil {
			return err
		}
		if replaced = before != 0; !replaced && network != nil {
			if err := r.bounded(ctx, tx, given.Service, today, network, public, now); err != nil {
				return err
			}
		}
		_, err = tx.Exec(ctx, `
			insert into access.rating (service, day, caller, network, kind, score, comment, at)
			values ($1, $2, $3, $4, $5, $6, $7, $8)
			on conflict (service, day, caller) do update
			set score = excluded.score, comment = excluded.comment, at = excluded.at`,
			given.Service, today, caller, network, kind, given.Score, given.Comment, now)
		if err != nil {
			return err
		}
		if replaced {
			if _, err = tx.Exec(ctx, `
				update access.rating_day
				set scores[$3::int] = scores[$3::int] - 1
				where service = $1
				  and day = $2`, given.Service, today, before); err != nil {
				return err
			}
		}
		_, err = tx.Exec(ctx, `
			update access.rating_day
			set scores[$3::int] = scores[$3::int] + 1, public = public + $4::int
			where service = $1
			  and day = $2`, given.Service, today, given.Score, added(!replaced && network != nil))
		return err
	})
	if _, ours := errs.As(err); err != nil && !ours {
		err = fmt.Errorf("rating of %s: %w", given.Service, err)
	}
	return replaced && err == nil, err
}

// plain leaves out what is no text: somebody else will read it.
func plain(comment string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' {
			return -1
		}
		return r
	}, strings.ToValidUTF8(comment, "")))
}

func ratingInvalid(location, value string, detail errs.Text) error {
	return &errs.Error{
		Code: "rating-invalid", Status: http.StatusUnprocessableEntity, Op: "access.Ratings", Location: location, Value: value,
		Title: errs.T("نظر پذیرفته نیست", "The rating is not accepted"), Detail: detail,
		Next: errs.T("آن را درست کنید و دوباره بفرستید.", "Correct it and send it again."),
	}
}

func added(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// Day writes the day of a moment by Iran's clock, such as 2026-11-21.
func Day(t time.Time) string { return t.In(Iran()).Format(time.DateOnly) }

// secret answers the day's secret. Whoever comes first makes it, and removes those of days before and what is no longer kept.
func (r *Ratings) secret(ctx context.Context, tx pgx.Tx, today string) (secret []byte, err error) {
	fresh := make([]byte, sha256.Size)
	rand.Read(fresh) // never fails: see crypto/rand
	made, err := tx.Exec(ctx, `insert into access.rating_secret (day, secret) values ($1, $2) on conflict do nothing`, today, fresh)
	if err != nil {
		return nil, err
	}
	if made.RowsAffected() == 1 {
		if _, err = tx.Exec(ctx, `delete from access.rating_secret where day < $1`, today); err != nil {
			return nil, err
		}
		if _, err = tx.Exec(ctx, `delete from access.rating where day < $1::date - $2::int`, today, int(RatingsKept.Hours()/24)); err != nil {
			return nil, err
		}
	}
	err = tx.QueryRow(ctx, `select secret from access.rating_secret where day = $1`, today).Scan(&secret)
	return secret, err
}

// callerOf answers who rates, as a hash, and what lies around the network of one without a name.
func callerOf(who Subject, from netip.Addr, secret []byte) (kind string, caller, around []byte) {
	hash := func(text string) []byte {
		h := hmac.New(sha256.New, secret)
		h.Write([]byte(text))
		return h.Sum(nil)
	}
	switch {
	case who.PersonID != 0:
		return "person", hash("person " + strconv.FormatInt(who.PersonID, 10)), nil
	case who.KeyID != 0:
		return "key", hash("key " + strconv.FormatInt(who.KeyID, 10)), nil
	}
	network := NetworkOf(from)
	wide := 48
	if network.Addr().Is4() {
		wide = 24
	}
	near, _ := network.Addr().Prefix(wide) // the zero Prefix of an address that is none, as network is
	return "public", hash("network " + network.String()), hash("around " + near.String())
}

// bounded refuses one more caller without a name where there were too many today.
func (r *Ratings) bounded(ctx context.Context, tx pgx.Tx, service, today string, network []byte, public int, now time.Time) error {
	most, near := r.PerService, r.PerNetwork
	if most <= 0 {
		most = defaultPerService
	}
	if near <= 0 {
		near = defaultPerNetwork
	}
	full := public >= most
	if !full {
		var around int
		err := tx.QueryRow(ctx, `
			select count(*)
			from access.rating
			where service = $1
			  and day = $2
			  and network = $3`, service, today, network).Scan(&around)
		if err != nil {
			return err
		}
		full = around >= near
	}
	if !full {
		return nil
	}
	return &errs.Error{
		Code: "rating-limit", Status: http.StatusTooManyRequests, Op: "access.Ratings", Err: &WaitError{untilTomorrow(now)},
		Title:  errs.T("امروز نظر بیشتری پذیرفته نمی‌شود", "No more ratings are taken today"),
		Detail: errs.T("شمار نظرهای بی‌نام امروز به این خدمت به سقف رسیده است.", "The number of today's ratings of this service without a name has reached its limit."),
		Next:   errs.T("فردا نظر دهید، یا وارد شوید و نظر دهید.", "Rate it tomorrow, or sign in and rate it."),
	}
}
