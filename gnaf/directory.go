package gnaf

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"nsdi/internal/pg"
	"nsdi/internal/together"
)

// Directory answers the units of postal codes, from memory where Run follows the change log.
//
// What it answers is never older than the question: each question first learns the end of the change log, by one query for all who ask at that moment, and what is
// held answers only when it has come as far. Otherwise, such as in the moment after a publication, the database answers. So memory is an aid of speed, and a
// directory that nothing follows is right as well.
type Directory struct {
	Pool *pgxpool.Pool
	Most int          // units that are held at most; 0: DefaultMost. Where more are published, the database answers
	Log  *slog.Logger // nil: none

	held  atomic.Pointer[holding]
	ends  *together.Group[struct{}, int64]
	stale chan struct{} // somebody was answered by the database
}

const (
	// DefaultMost is how many units are held where nothing else is said: some 300 MB.
	DefaultMost = 5_000_000

	followEvery  = 500 * time.Millisecond
	holdAgain    = time.Hour // after there were too many, or the database was away
	mostChanges  = 50_000    // lines of the change log that are taken one by one; more: all is read anew
	mostChanged  = 100_000   // codes that are kept beside the rows
	askersAtOnce = 4         // queries for the end of the log
)

// NewDirectory makes a directory that reads from pool.
func NewDirectory(pool *pgxpool.Pool, most int, log *slog.Logger) *Directory {
	d := &Directory{Pool: pool, Most: most, Log: log, stale: make(chan struct{}, 1)}
	if d.Most == 0 {
		d.Most = DefaultMost
	}
	d.ends = together.New(askersAtOnce, 10_000, func(ctx context.Context, all []struct{}) ([]int64, error) {
		var end int64
		if err := d.Pool.QueryRow(ctx, `select layers.change_end()`).Scan(&end); err != nil {
			return nil, fmt.Errorf("end of the change log: %w", err)
		}
		ends := make([]int64, len(all))
		for i := range ends {
			ends[i] = end
		}
		return ends, nil
	})
	return d
}

// View is the directory as it was when somebody asked, or later.
type View struct {
	Position int64 // of the change log
	held     *holding
	pool     *pgxpool.Pool
}

// Now answers the directory as it is now.
func (d *Directory) Now(ctx context.Context) (*View, error) {
	end, err := d.ends.Ask(ctx, struct{}{})
	if err != nil {
		return nil, err
	}
	v := &View{Position: end, pool: d.Pool}
	if h := d.held.Load(); h != nil {
		if h.position >= end {
			v.Position, v.held = h.position, h
			return v, nil
		}
		select {
		case d.stale <- struct{}{}:
		default:
		}
	}
	return v, nil
}

// Held answers the directory as it is held in memory, as of its position, which others may have published behind; nil where nothing is held.
func (d *Directory) Held() *View {
	h := d.held.Load()
	if h == nil || h.position == 0 {
		return nil
	}
	return &View{Position: h.position, held: h, pool: d.Pool}
}

// InMemory reports whether the view is answered from memory.
func (v *View) InMemory() bool { return v.held != nil }

// Find answers the units of each code, in the order of codes.
func (v *View) Find(ctx context.Context, codes ...string) ([][]CodedUnit, error) {
	all := make([][]CodedUnit, len(codes))
	if v.held != nil {
		for i, code := range codes {
			all[i] = v.held.find(code)
		}
		return all, nil
	}
	units, err := unitsByCode(ctx, v.pool, codes)
	if err != nil {
		return nil, err
	}
	by := make(map[string][]CodedUnit, len(units))
	for _, u := range units {
		by[u.Code] = append(by[u.Code], u)
	}
	for i, code := range codes {
		all[i] = by[code]
	}
	return all, nil
}

// Validate answers all that can be said about a code as written. A code that some unit bore once exists, and is not active; only active ones are suggested.
func (v *View) Validate(ctx context.Context, written, city string) (PostalAnswer, error) {
	asked := map[string]bool{}
	for _, code := range CheckPostalCode(written).Readings() {
		asked[code] = true
	}
	return CodeRegister{
		Codes: func(ctx context.Context, codes []string) (map[string]CodeStanding, error) {
			units, err := v.Find(ctx, codes...)
			if err != nil {
				return nil, err
			}
			known := map[string]CodeStanding{}
			var gone []string
			for i, code := range codes {
				switch {
				case len(units[i]) > 0:
					known[code] = CodeStanding{Active: true, City: units[i][0].City}
				case asked[code]:
					gone = append(gone, code)
				}
			}
			if len(gone) == 0 {
				return known, nil
			}
			retired, err := retiredCodes(ctx, v.pool, gone)
			for code, city := range retired {
				known[code] = CodeStanding{City: city}
			}
			return known, err
		},
		Prefixes: func(ctx context.Context, prefixes []string) (map[string]bool, error) {
			if v.held == nil {
				return knownPrefixes(ctx, v.pool, prefixes)
			}
			known := map[string]bool{}
			for _, prefix := range prefixes {
				known[prefix] = v.held.hasPrefix(prefix)
			}
			return known, nil
		},
	}.Validate(ctx, written, city)
}

// Run holds the directory in memory, and follows the change log until ctx ends. The database being away ends nothing: the next turn tries again.
func (d *Directory) Run(ctx context.Context) error {
	tick := time.NewTicker(followEvery)
	defer tick.Stop()
	var rest time.Time
	for {
		if time.Now().After(rest) {
			if again, err := d.follow(ctx); err != nil || again {
				if err != nil && ctx.Err() == nil && d.Log != nil {
					d.Log.WarnContext(ctx, "postal codes are not held in memory", "err", err)
				}
				rest = time.Now().Add(holdAgain)
				if err != nil {
					rest = time.Now().Add(10 * followEvery)
				}
			}
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		case <-d.stale:
		}
	}
}

// follow brings what is held to the end of the change log. It answers true when there is too much to hold.
func (d *Directory) follow(ctx context.Context) (tooMany bool, err error) {
	err = pg.InScope(ctx, d.Pool, pg.Public, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		was := d.held.Load()
		if was == nil || len(was.changed) > mostChanged {
			return d.hold(ctx, tx, &tooMany)
		}
		var end int64
		var lines int
		err := tx.QueryRow(ctx, `
			select e.at, (
				select count(*)
				from (
					select from layers.change c
					where c.theme in (select code from layers.theme where store = 'gnaf.address')
					  and c.id > $1
					  and c.id <= e.at
					limit $2
				) l
			)
			from (select layers.change_end() as at) e`, was.position, mostChanges+1).Scan(&end, &lines)
		switch {
		case err != nil:
			return fmt.Errorf("following codes: %w", err)
		case end < was.position || lines > mostChanges: // the database was put back to an earlier state, or there is too much to take one by one
			return d.hold(ctx, tx, &tooMany)
		case end == was.position:
			return nil
		}
		h := *was
		h.position = end
		if lines > 0 {
			if h.changed, err = changesSince(ctx, tx, was, end); err != nil {
				return err
			}
		}
		d.held.Store(&h)
		return nil
	})
	return tooMany, err
}

func (d *Directory) hold(ctx context.Context, tx pgx.Tx, tooMany *bool) error {
	h, err := hold(ctx, tx, d.Most)
	if err != nil {
		return err
	}
	*tooMany = h == nil
	d.held.Store(h)
	return nil
}

// changesSince answers what is kept beside the rows of a holding, with what changed up to end. A feature that changed may have had any code of its history.
func changesSince(ctx context.Context, tx pgx.Tx, was *holding, end int64) (map[uint64][]CodedUnit, error) {
	rows, err := tx.Query(ctx, `
		with changed as (
			select distinct feature_id
			from layers.change
			where theme in (select code from layers.theme where store = 'gnaf.address')
			  and id > $1
			  and id <= $2
		)
		select a.postal_code
		from changed c
		join gnaf.address a on a.id = c.feature_id
		where a.postal_code is not null
		union
		select h.postal_code
		from changed c
		join gnaf.address_history h on h.id = c.feature_id
		where h.postal_code is not null`, was.position, end)
	if err != nil {
		return nil, fmt.Errorf("following codes: %w", err)
	}
	codes, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, fmt.Errorf("following codes: %w", err)
	}
	units, err := unitsByCode(ctx, tx, codes)
	if err != nil {
		return nil, err
	}
	changed := maps.Clone(was.changed)
	for _, code := range codes {
		changed[numbered(code)] = nil
	}
	for _, u := range units {
		n := numbered(u.Code)
		changed[n] = append(changed[n], u)
	}
	return changed, nil
}
