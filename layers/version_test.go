package layers

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"nsdi/internal/pg"
	"nsdi/internal/pgtest"
)

// spot is what a test publishes under a key.
type spot struct {
	name string
	x, y int // hundredths of a degree
}

// shelf publishes without files, and reads versions.
type shelf struct {
	pool     *pgxpool.Pool
	versions *Versions
	now      time.Time
	agency   string
	dataset  int64
}

func newShelf(t *testing.T) *shelf {
	t.Helper()
	s := &shelf{pool: pgtest.Application(t, pgtest.New(t), pg.Everything), now: time.Date(2026, 3, 21, 0, 0, 0, 0, time.UTC), agency: "ncc"}
	s.versions = &Versions{Stores: []Store{FeatureStore()}, Now: func() time.Time { return s.now }}
	return s
}

// again begins with another dataset.
func (s *shelf) again(ctx context.Context) error {
	s.agency = fmt.Sprintf("a%d", s.dataset+1)
	_, err := s.pool.Exec(ctx, `insert into access.agency (code, kind, name_fa, name_en) values ($1, 'ministry', $1, $1)`, s.agency)
	return err
}

// publish makes the dataset be these features, through the publication that deliveries go through.
func (s *shelf) publish(ctx context.Context, features map[string]spot) (*Report, error) {
	s.now = s.now.Add(time.Hour)
	report := &Report{}
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		theme, err := findTheme(ctx, tx, "place")
		if err != nil {
			return err
		}
		set, err := openDataset(ctx, tx, "place", s.agency, "")
		if err != nil {
			return err
		}
		s.dataset = set.id
		if err := tx.QueryRow(ctx, `insert into layers.submission (dataset_id, agency_id, state, files) select id, agency_id, 'published', '[]' from layers.dataset where id = $1 returning id`, set.id).Scan(&report.Submission); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `
			create temp table staged (ord bigint, key text collate "C", hash bytea, attributes jsonb, derived jsonb, geom public.geometry, refused boolean default false) on commit drop`)
		if err != nil {
			return err
		}
		for i, key := range slices.Sorted(maps.Keys(features)) {
			f := features[key]
			body, err := json.Marshal(map[string]string{"code": key, "name_fa": f.name})
			if err != nil {
				return err
			}
			_, err = tx.Exec(ctx, `
				insert into pg_temp.staged (ord, key, hash, attributes, geom)
				select $1, $2, sha256(convert_to($3::text || $4::int || ' ' || $5::int, 'UTF8')), $3::text::jsonb, public.st_setsrid(public.st_makepoint($4 / 100.0, $5 / 100.0), 4326)`,
				i, key, string(body), f.x, f.y)
			if err != nil {
				return err
			}
		}
		st := &staging{theme: theme, store: &s.versions.Stores[0], tables: tables{staged: "pg_temp.staged", difference: tablesOf(0).difference}}
		_, err = (&publication{staging: st, tx: tx, dataset: set, report: report, based: -1, at: s.now}).publish(ctx, true)
		return err
	})
	return report, err
}

func (s *shelf) rollback(ctx context.Context, version int) (v Version, changed bool, err error) {
	s.now = s.now.Add(time.Hour)
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		v, changed, err = s.versions.Rollback(ctx, tx, Decision{Dataset: s.dataset, Version: version, Reason: "آزمون"})
		return err
	})
	return v, changed, err
}

// read pages through a version.
func (s *shelf) read(ctx context.Context, seq, page int) (map[string]spot, error) {
	set, err := s.versions.Open(ctx, s.pool, s.dataset)
	if err != nil {
		return nil, err
	}
	v := Version{}
	if seq > 0 {
		if v, err = set.Version(ctx, s.pool, seq); err != nil {
			return nil, err
		}
	}
	got := map[string]spot{}
	w := Window{Limit: page}
	for more := true; more; {
		var list []Feature
		if list, more, err = set.Features(ctx, s.pool, v, w); err != nil {
			return nil, err
		}
		for _, f := range list {
			if f.Key <= w.After {
				return nil, fmt.Errorf("key %q after %q", f.Key, w.After)
			}
			w.After = f.Key
			var p struct {
				Code string
				Name string `json:"name_fa"`
			}
			var g struct{ Coordinates [2]float64 }
			if err := json.Unmarshal(f.Properties, &p); err != nil {
				return nil, err
			}
			if err := json.Unmarshal(f.Geometry, &g); err != nil {
				return nil, err
			}
			if p.Code != f.Key {
				return nil, fmt.Errorf("%s is %s", f.Key, p.Code)
			}
			got[f.Key] = spot{p.Name, int(g.Coordinates[0]*100 + .5), int(g.Coordinates[1]*100 + .5)}
		}
	}
	return got, nil
}

// rows answers where the present rows lie, so that a row that was written again shows.
func (s *shelf) rows(ctx context.Context) (map[string]string, error) {
	rows, err := s.pool.Query(ctx, `select key, id || ' ' || ctid::text || ' ' || xmin::text from layers.feature where theme = 'place' and dataset_id = $1`, s.dataset)
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	var key, place string
	_, err = pgx.ForEachRow(rows, []any{&key, &place}, func() error {
		out[key] = place
		return nil
	})
	return out, err
}

func someSpots() *rapid.Generator[map[string]spot] {
	one := rapid.Custom(func(t *rapid.T) spot {
		return spot{rapid.SampledFrom([]string{"الف", "ب", "پ"}).Draw(t, "name"), rapid.IntRange(5100, 5103).Draw(t, "x"), rapid.IntRange(3500, 3501).Draw(t, "y")}
	})
	return rapid.MapOfN(rapid.StringMatching(`[a-f]`), one, 0, 6)
}

// After any sequence of publications, roll-backs and withdrawals every version reads back as what it was then, however it is paged, and rolling back writes
// only what differs.
func TestEveryVersionReadsBack(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	ctx := t.Context()
	rapid.Check(t, func(r *rapid.T) {
		require.NoError(r, s.again(ctx))
		history := []map[string]spot{{}} // by version
		for range rapid.IntRange(1, 8).Draw(r, "steps") {
			head := history[len(history)-1]
			if len(history) == 1 || rapid.Bool().Draw(r, "publish") {
				next := someSpots().Draw(r, "features")
				report, err := s.publish(ctx, next)
				require.NoError(r, err)
				require.Equal(r, !maps.Equal(head, next), report.Version > 0)
				if report.Version > 0 {
					history = append(history, next)
					require.Equal(r, len(history)-1, report.Version)
				}
				continue
			}
			to := rapid.IntRange(0, len(history)-1).Draw(r, "to")
			before, err := s.rows(ctx)
			require.NoError(r, err)
			v, changed, err := s.rollback(ctx, to)
			require.NoError(r, err)
			require.Equal(r, !maps.Equal(head, history[to]), changed)
			after, err := s.rows(ctx)
			require.NoError(r, err)
			for key, f := range history[to] {
				if head[key] == f {
					require.Equal(r, before[key], after[key], "%s is the same and was touched", key)
				}
			}
			require.Len(r, after, len(history[to]))
			if changed {
				history = append(history, history[to])
				require.Equal(r, len(history)-1, v.Seq)
				require.Equal(r, len(history[to]), v.Features)
				require.Equal(r, to, *v.Restores)
			}
		}
		for seq, want := range history {
			got, err := s.read(ctx, seq, rapid.IntRange(1, 7).Draw(r, "page"))
			require.NoError(r, err)
			require.Equal(r, want, got, "version %d", seq)
		}
		s.compared(ctx, r, history)
	})
}

// compared checks the comparison of two versions with what the test knows of them.
func (s *shelf) compared(ctx context.Context, r *rapid.T, history []map[string]spot) {
	if len(history) < 2 {
		return
	}
	from, to := rapid.IntRange(1, len(history)-1).Draw(r, "from"), rapid.IntRange(1, len(history)-1).Draw(r, "to")
	set, err := s.versions.Open(ctx, s.pool, s.dataset)
	require.NoError(r, err)
	a, err := set.Version(ctx, s.pool, from)
	require.NoError(r, err)
	b, err := set.Version(ctx, s.pool, to)
	require.NoError(r, err)
	want, got := map[string]string{}, map[string]string{}
	for key, f := range history[from] {
		switch g, ok := history[to][key]; {
		case !ok:
			want[key] = "removed"
		case f != g:
			want[key] = fmt.Sprintf("altered name:%v shape:%v", f.name != g.name, f.x != g.x || f.y != g.y)
		}
	}
	for key := range history[to] {
		if _, ok := history[from][key]; !ok {
			want[key] = "added"
		}
	}
	w := Window{Limit: 2}
	for more := true; more; {
		c, err := set.Compare(ctx, s.pool, a, b, w, true)
		require.NoError(r, err)
		require.Equal(r, len(want), c.Added+c.Altered+c.Removed)
		more = c.More
		for _, d := range c.List {
			w.After = d.Key
			got[d.Key] = d.Op
			if d.Op == "altered" {
				_, renamed := d.Fields["name_fa"]
				got[d.Key] += fmt.Sprintf(" name:%v shape:%v", renamed, d.Geometry != nil)
			}
			require.Equal(r, d.Op != "added", len(d.Before) > 0)
			require.Equal(r, d.Op != "removed", len(d.After) > 0)
		}
	}
	require.Equal(r, want, got)
}

func TestAsOf(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	ctx := t.Context()
	var at []time.Time
	for i := range 3 {
		_, err := s.publish(ctx, map[string]spot{"a": {"الف", 5100 + i, 3500}})
		require.NoError(t, err)
		at = append(at, s.now)
	}
	set, err := s.versions.Open(ctx, s.pool, s.dataset)
	require.NoError(t, err)
	for i, moment := range at {
		for moment, want := range map[time.Time]int{moment: i + 1, moment.Add(-time.Second): i, moment.Add(time.Minute): i + 1} {
			v, err := set.AsOf(ctx, s.pool, moment)
			require.NoError(t, err)
			require.Equal(t, want, v.Seq)
		}
	}
	_, err = set.Version(ctx, s.pool, 4)
	refused(t, err, "version-unknown")
	_, err = s.versions.Open(ctx, s.pool, s.dataset+1)
	refused(t, err, "dataset-unknown")
}

func TestFeaturesOfABox(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	ctx := t.Context()
	_, err := s.publish(ctx, map[string]spot{"a": {"الف", 5100, 3500}, "b": {"ب", 5200, 3500}, "c": {"پ", 5300, 3500}})
	require.NoError(t, err)
	_, err = s.publish(ctx, map[string]spot{"a": {"الف", 5300, 3500}, "b": {"ب", 5200, 3500}})
	require.NoError(t, err)
	set, err := s.versions.Open(ctx, s.pool, s.dataset)
	require.NoError(t, err)
	for seq, want := range map[int][]string{1: {"a", "b"}, 2: {"b"}} {
		v, err := set.Version(ctx, s.pool, seq)
		require.NoError(t, err)
		list, more, err := set.Features(ctx, s.pool, v, Window{Box: &[4]float64{50.9, -90, 52.1, 90}, Limit: 10})
		require.NoError(t, err)
		require.False(t, more)
		var keys []string
		for _, f := range list {
			keys = append(keys, f.Key)
		}
		require.Equal(t, want, keys)
	}
}

// What a roll-back leaves behind: nothing that was is lost, and what comes back has the id that it had.
func TestARollbackIsAVersionLikeOthers(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	ctx := t.Context()
	one := map[string]spot{"a": {"الف", 5100, 3500}, "b": {"ب", 5200, 3500}, "c": {"پ", 5300, 3500}}
	_, err := s.publish(ctx, one)
	require.NoError(t, err)
	before, err := s.rows(ctx)
	require.NoError(t, err)
	_, err = s.publish(ctx, map[string]spot{"a": {"ت", 5100, 3500}, "c": {"پ", 5300, 3500}, "d": {"ث", 5100, 3500}})
	require.NoError(t, err)
	_, _, err = s.versions.Rollback(ctx, nil, Decision{Dataset: s.dataset, Version: 1, Reason: " "})
	refused(t, err, "reason-missing")
	_, _, err = s.rollback(ctx, 3)
	refused(t, err, "version-unknown")
	v, changed, err := s.rollback(ctx, 1)
	require.NoError(t, err)
	require.True(t, changed)
	require.Equal(t, []int{3, 1, 1, 1, 3}, []int{v.Seq, v.Added, v.Altered, v.Removed, v.Features})
	after, err := s.rows(ctx)
	require.NoError(t, err)
	id := func(row string) (n int64) {
		_, err := fmt.Sscan(row, &n)
		require.NoError(t, err)
		return n
	}
	for key := range one {
		require.Equal(t, id(before[key]), id(after[key]), key)
	}
	require.Equal(t, before["c"], after["c"])
	var log string
	require.NoError(t, s.pool.QueryRow(ctx, `
		select string_agg(c.op, '' order by c.id)
		from layers.change c
		join layers.version v on v.id = c.version_id
		where v.seq = 3`).Scan(&log))
	require.ElementsMatch(t, []rune("+~-"), []rune(log))
	_, changed, err = s.rollback(ctx, 1)
	require.NoError(t, err)
	require.False(t, changed, "it is so already")
	v, changed, err = s.rollback(ctx, 0)
	require.NoError(t, err)
	require.True(t, changed)
	require.Zero(t, v.Features)
	got, err := s.read(ctx, 1, 10)
	require.NoError(t, err)
	require.Equal(t, one, got, "a withdrawn dataset's past stays readable")
}
