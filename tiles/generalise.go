package tiles

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"nsdi/internal/pg"
)

// generaliserLock keeps the generalisers of several processes from doing the same work: an arbitrary number of our own.
const generaliserLock = 0x6e736469_08

// Generaliser keeps the cells of the zooms below the split in step with the change log. Each theme has its own place in the log, which moves in the transaction
// that makes the cells: whatever is cut off is done again, and a theme without a place, or with cells of other rules, is made from the beginning.
type Generaliser struct {
	Pool *pgxpool.Pool
	Log  *slog.Logger
	// Every is the time between two looks at the change log. Defaults to half a second.
	Every time.Duration
	// Budget is what a tile may take, compressed. Defaults to Budget.
	Budget int
}

// Run follows until ctx ends, and answers ctx's error then.
func (g *Generaliser) Run(ctx context.Context) error {
	return pg.Follow(ctx, cmp.Or(g.Every, time.Second/2), g.Log, "drawing features together", func(ctx context.Context) error {
		_, err := g.Step(ctx)
		return err
	})
}

// Step brings every theme that is behind to the end of the change log, those with the least to do first, and answers how many it brought there. One that fails
// does not keep the others back.
func (g *Generaliser) Step(ctx context.Context) (brought int, err error) {
	_, err = pg.Alone(ctx, g.Pool, generaliserLock, func(conn *pgxpool.Conn) error {
		behind, err := g.behind(ctx, conn)
		if err != nil {
			return err
		}
		var failed []error
		for _, l := range behind {
			if err := g.follow(ctx, conn, l.code); err != nil {
				failed = append(failed, fmt.Errorf("generalising %s: %w", l.code, err))
			}
		}
		brought = len(behind) - len(failed)
		return errors.Join(failed...)
	})
	return brought, err
}

func (g *Generaliser) behind(ctx context.Context, q querier) ([]*layer, error) {
	all, err := readLayers(ctx, q, public)
	if err != nil {
		return nil, err
	}
	var behind []*layer
	for _, l := range all {
		if l.splitZoom > l.minZoom && l.geometry != "none" && l.position > 0 && (l.made < l.position || l.madeBy != l.rules()) {
			behind = append(behind, l)
		}
	}
	slices.SortFunc(behind, func(a, b *layer) int { return cmp.Compare(a.position-a.made, b.position-b.made) })
	return behind, nil
}

type database interface {
	querier
	Begin(ctx context.Context) (pgx.Tx, error)
	BeginTx(ctx context.Context, o pgx.TxOptions) (pgx.Tx, error)
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
}

// follow makes what has changed of a theme. The features, the log and the cells are read as they are at one moment.
func (g *Generaliser) follow(ctx context.Context, db database, code string) error {
	var rows int64
	err := pgx.BeginTxFunc(ctx, db, pgx.TxOptions{IsoLevel: pgx.RepeatableRead}, func(tx pgx.Tx) error {
		// Compiling a query costs more than running it here.
		if _, err := tx.Exec(ctx, `select set_config('jit', 'off', true), set_config('work_mem', '64MB', true)`); err != nil {
			return err
		}
		all, err := readLayers(ctx, tx, public)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(all, func(l *layer) bool { return l.code == code })
		if i < 0 {
			return nil
		}
		l := all[i]
		anew := l.madeBy != l.rules()
		if err := l.touch(ctx, tx, anew); err != nil {
			return err
		}
		for z := l.splitZoom - 1; z >= l.minZoom; z-- {
			n, err := l.remake(ctx, tx, z, anew)
			if err != nil {
				return fmt.Errorf("zoom %d: %w", z, err)
			}
			rows += n
			if z == l.splitZoom-1 {
				err = g.weigh(ctx, tx, l, l.splitZoom)
			}
			if err == nil {
				err = g.weigh(ctx, tx, l, z)
			}
			if err != nil {
				return fmt.Errorf("weighing tiles of zoom %d: %w", z, err)
			}
		}
		_, err = tx.Exec(ctx, `
			insert into layers.generalisation (theme, rules, position)
			values ($1, $2, $3)
			on conflict (theme) do update
			set rules = excluded.rules, position = excluded.position, made_at = now()`, l.code, l.rules(), l.position)
		return err
	})
	if err == nil && rows > 1000 { // the planner must not take a filled table for an empty one until autovacuum comes
		_, err = db.Exec(ctx, `select layers.gather_statistics('layers.generalised')`)
	}
	return err
}

// touch makes pg_temp.touched, the cells of the deepest zoom that have to be made. Anew: all, and what was there goes.
func (l *layer) touch(ctx context.Context, tx pgx.Tx, anew bool) error {
	z := l.splitZoom - 1
	if anew {
		for _, table := range []string{"generalised", "tile_too_large"} {
			if _, err := tx.Exec(ctx, `delete from layers.`+table+` where theme = $1`, l.code); err != nil {
				return err
			}
		}
		_, err := tx.Exec(ctx, `create temp table touched (cx int, cy int) on commit drop`)
		return err
	}
	cx, cy := cellAt("place.x + e.x", "place.y + e.y", z)
	// An altered feature was in the cell that its row in the history says; where the others were and are, the middle of their boxes tells. Boxes are kept in
	// degrees: near an edge between cells it may be the next one.
	_, err := tx.Exec(ctx, `
		create temp table touched on commit drop as
		with change as materialized (
			select feature_id, version_id, op, st_transform(box, 3857) as box
			from layers.changes_of(`+quote(l.code)+`, 0, `+fmt.Sprint(l.made)+`, 2147483647)
			where box is not null
		),
		place as (
			select `+middleX("box")+` as x, `+middleY("box")+` as y
			from change
			where op <> '~'
			union all
			select `+middleX("h.geom_3857")+`, `+middleY("h.geom_3857")+`
			from change c
			join `+l.table("_history")+` h on h.theme = `+quote(l.code)+` and h.id = c.feature_id and h.ended_by = c.version_id
			where h.geom_3857 is not null
			union all
			select `+middleX("f.geom_3857")+`, `+middleY("f.geom_3857")+`
			from change c
			join `+l.table("")+` f on f.theme = `+quote(l.code)+` and f.id = c.feature_id
			where f.geom_3857 is not null
		)
		select distinct `+cx+` as cx, `+cy+` as cy
		from place, (values (-0.01, -0.01), (-0.01, 0.01), (0.01, -0.01), (0.01, 0.01)) e (x, y)`)
	return err
}

// remake makes the touched cells of a zoom, and has those touched that they lie in. It answers how many rows it wrote.
func (l *layer) remake(ctx context.Context, tx pgx.Tx, z int, anew bool) (int64, error) {
	deepest := z == l.splitZoom-1
	if !deepest {
		if _, err := tx.Exec(ctx, `
			create temp table above on commit drop as
			select distinct cx >> 1 as cx, cy >> 1 as cy
			from pg_temp.touched`); err != nil {
			return 0, err
		}
		if _, err := tx.Exec(ctx, `drop table pg_temp.touched`); err != nil {
			return 0, err
		}
		if _, err := tx.Exec(ctx, `alter table pg_temp.above rename to touched`); err != nil {
			return 0, err
		}
	}
	if _, err := tx.Exec(ctx, `analyze pg_temp.touched`); err != nil {
		return 0, err
	}
	if !anew {
		if _, err := tx.Exec(ctx, `
			delete from layers.generalised g
			using pg_temp.touched t, generate_series(0, 2) k
			where g.theme = `+quote(l.code)+`
			  and g.z = `+fmt.Sprint(z)+`
			  and g.kind = k
			  and g.cx = t.cx
			  and g.cy = t.cy`); err != nil {
			return 0, err
		}
	}
	done, err := tx.Exec(ctx, l.fill(z, anew))
	if err == nil && deepest && anew {
		_, err = tx.Exec(ctx, `insert into pg_temp.touched select distinct cx, cy from layers.generalised where theme = $1 and z = $2`, l.code, z)
	}
	return done.RowsAffected(), err
}

func (l *layer) table(suffix string) string {
	schema, table, _ := strings.Cut(l.store, ".")
	return quotedName(schema, table+suffix)
}
