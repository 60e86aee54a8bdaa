package gnaf

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"nsdi/internal/errs"
	"nsdi/internal/pg"
)

const (
	// MaxLimit is the largest number of answers that one question may ask for.
	MaxLimit = 50
	// questionTime is what the database may take for one statement of a question.
	questionTime = 2 * time.Second
	// maxWays is how many ways of a question are looked into; names that are more common need a city.
	maxWays = 24
)

// Geocoder answers where an address or a place is, from the published data.
type Geocoder struct {
	Pool *pgxpool.Pool
}

// Geocode finds what q names, the best answer first. limit is from 1 to MaxLimit.
func (g *Geocoder) Geocode(ctx context.Context, q string, limit int) (*Collection, error) {
	parsed, err := parseQuery(q)
	if err != nil {
		return nil, err
	}
	limit = min(max(limit, 1), MaxLimit)
	answer := newCollection(q)
	err = g.read(ctx, func(tx pgx.Tx) error {
		if answer.Geocoding.DataVersion, err = dataVersion(ctx, tx); err != nil {
			return err
		}
		answer.Features, err = find(ctx, tx, parsed, limit)
		return err
	})
	if err != nil {
		return nil, refuseSlow(fmt.Errorf("geocoding: %w", err))
	}
	return answer, nil
}

func newCollection(q string) *Collection {
	return &Collection{Type: "FeatureCollection", Geocoding: Geocoding{Version: "0.1.0", Query: q}, Features: []Feature{}}
}

// find asks in the order of certainty: the code of a unit, ways with their addresses, names of places.
func find(ctx context.Context, tx pgx.Tx, q *query, limit int) ([]Feature, error) {
	var found []Feature
	if q.postal != nil {
		units, err := findPostal(ctx, tx, q, limit)
		if err != nil {
			return nil, err
		}
		if len(units) > 0 {
			return finish(q, units, limit), nil
		}
	}
	ways, err := findWays(ctx, tx, q)
	if err != nil {
		return nil, err
	}
	if found, err = findAddresses(ctx, tx, q, ways, limit); err != nil {
		return nil, err
	}
	best := 0
	for _, f := range found {
		best = max(best, f.explained)
	}
	if best < len(q.tokens) || q.number == nil {
		places, err := findPlaces(ctx, tx, q, limit)
		if err != nil {
			return nil, err
		}
		for _, f := range places {
			if f.explained >= best {
				found = append(found, f)
			}
		}
	}
	return finish(q, found, limit), nil
}

// finish orders the answers, cuts them to the limit, and lowers the confidence where several are equally good.
func finish(q *query, found []Feature, limit int) []Feature {
	slices.SortStableFunc(found, func(a, b Feature) int {
		switch {
		case a.explained != b.explained:
			return b.explained - a.explained
		case a.Properties.Match.Confidence != b.Properties.Match.Confidence:
			if a.Properties.Match.Confidence > b.Properties.Match.Confidence {
				return -1
			}
			return 1
		}
		return a.rank - b.rank
	})
	if len(found) == 0 {
		return []Feature{}
	}
	top := found[0]
	equals := 0
	for _, f := range found {
		if f.explained == top.explained && f.Properties.Match.Level == top.Properties.Match.Level &&
			f.Properties.Match.Confidence == top.Properties.Match.Confidence {
			equals++
		}
	}
	for i := range found {
		match := &found[i].Properties.Match
		match.Confidence *= float64(found[i].explained) / float64(len(q.tokens))
		if i < equals && equals > 1 {
			match.Confidence *= math.Max(0.3, 1/math.Sqrt(float64(equals)))
			match.Reasons.add(errs.Tf("%d پاسخ به یک اندازه درست است؛ شهر، محله یا معبر پیش از آن را هم بنویسید.",
				"%d answers are equally good; add the city, the neighbourhood or the street before.", equals))
		}
		match.Confidence = math.Round(match.Confidence*1000) / 1000
	}
	return found[:min(limit, len(found))]
}

// read runs f in a read-only transaction whose statements have a time limit.
func (g *Geocoder) read(ctx context.Context, f func(tx pgx.Tx) error) error {
	return pg.InScope(ctx, g.Pool, pg.Public, pgx.TxOptions{AccessMode: pgx.ReadOnly}, f,
		"statement_timeout", strconv.FormatInt(questionTime.Milliseconds(), 10), "jit", "off")
}

func dataVersion(ctx context.Context, tx pgx.Tx) (string, error) {
	var id int64
	if err := tx.QueryRow(ctx, `select layers.change_end()`).Scan(&id); err != nil {
		return "", fmt.Errorf("reading the end of the change log: %w", err)
	}
	return strconv.FormatInt(id, 10), nil
}

// refuseSlow turns a statement that ran into its time limit into an answer that a client understands.
func refuseSlow(err error) error {
	var pgErr *pgconn.PgError
	if !errors.As(err, &pgErr) || pgErr.Code != "57014" {
		return err
	}
	return &errs.Error{
		Code: "question-too-slow", Status: 503, Op: "gnaf", Err: err,
		Title:  errs.T("پاسخ به موقع آماده نشد", "The answer took too long"),
		Detail: errs.Tf("جست‌وجو در %v تمام نشد.", "The search did not end within %v.", questionTime),
		Next:   errs.T("دوباره بپرسید یا نام شهر را به پرسش بیفزایید.", "Ask again, or add the name of the city."),
	}
}
