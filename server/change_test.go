package server_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nsdi/access"
	"nsdi/internal/fixture"
	"nsdi/internal/pg"
	"nsdi/internal/pgtest"
	"nsdi/layers"
	"nsdi/server"
)

// follower keeps a copy of a theme in another database, by the feed only. Its position is kept in the transaction of what it did.
type follower struct {
	site string
	copy *pgxpool.Pool
}

func newFollower(t *testing.T, site string) *follower {
	t.Helper()
	f := &follower{site: site, copy: pgtest.New(t)}
	_, err := f.copy.Exec(t.Context(), `
		create schema mirror;
		create table mirror.place (dataset bigint, id bigint primary key, key text, properties jsonb, geom public.geometry);
		create table mirror.position (since bigint);
		insert into mirror.position values (0)`)
	require.NoError(t, err)
	return f
}

var errKilled = errors.New("killed")

// step applies one page and tells whether there are more. With killedAt not negative it is killed after so many changes.
func (f *follower) step(ctx context.Context, limit, killedAt int) (more bool, err error) {
	err = pgx.BeginFunc(ctx, f.copy, func(tx pgx.Tx) error {
		var since int64
		if err := tx.QueryRow(ctx, `select since from mirror.position`).Scan(&since); err != nil {
			return err
		}
		r, err := http.NewRequestWithContext(ctx, "GET", fmt.Sprintf("%s/v1/themes/place/changes?content=full&since=%d&limit=%d", f.site, since, limit), nil)
		if err != nil {
			return err
		}
		answer, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(r)
		if err != nil {
			return err
		}
		defer answer.Body.Close()
		var page struct {
			Changes []layers.Change
			Next    int64
			More    bool
		}
		if err := json.NewDecoder(answer.Body).Decode(&page); err != nil || answer.StatusCode != 200 {
			return fmt.Errorf("%s: %w", answer.Status, err)
		}
		if len(page.Changes) > limit {
			return fmt.Errorf("%d changes in a page of %d", len(page.Changes), limit)
		}
		for i, c := range page.Changes {
			if i == killedAt {
				return errKilled
			}
			if c.ID <= since {
				return fmt.Errorf("change %d after %d", c.ID, since)
			}
			since = c.ID
			if err := apply(ctx, tx, c); err != nil {
				return err
			}
		}
		if page.Next != since {
			return fmt.Errorf("next is %d and not %d", page.Next, since)
		}
		more = page.More
		_, err = tx.Exec(ctx, `update mirror.position set since = $1`, since)
		return err
	})
	return more, err
}

// apply does to the copy what one change says, and notices when the copy was not as it has to be.
func apply(ctx context.Context, tx pgx.Tx, c layers.Change) error {
	sql := map[string]string{
		"added":   `insert into mirror.place values ($1, $2, $3, $4, public.st_setsrid(public.st_geomfromgeojson($5::text), 4326))`,
		"altered": `update mirror.place set properties = $4, geom = public.st_setsrid(public.st_geomfromgeojson($5::text), 4326) where dataset = $1 and id = $2 and key = $3`,
		"removed": `delete from mirror.place where dataset = $1 and id = $2 and key = $3`,
	}[c.Op]
	args := []any{c.Dataset, c.Feature, c.Key}
	if c.Op != "removed" {
		args = append(args, string(c.Properties), string(c.Geometry))
	}
	tag, err := tx.Exec(ctx, sql, args...)
	if err == nil && tag.RowsAffected() != 1 {
		err = fmt.Errorf("change %d: %s %s touched %d rows", c.ID, c.Op, c.Key, tag.RowsAffected())
	}
	return err
}

// rows answers all that a table of features holds, geometries to the bit.
func contents(t *testing.T, pool *pgxpool.Pool, sql string) map[string]bool {
	t.Helper()
	rows, err := pool.Query(t.Context(), sql)
	require.NoError(t, err)
	lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(t, err)
	all := map[string]bool{}
	for _, line := range lines {
		all[line] = true
	}
	require.Len(t, all, len(lines))
	return all
}

func (f *follower) compare(t *testing.T, p *press) {
	t.Helper()
	for more := true; more; {
		var err error
		more, err = f.step(t.Context(), 1000, -1)
		require.NoError(t, err)
	}
	want := contents(t, p.pool, `select concat_ws(' ', dataset_id, id, key, attributes, encode(st_asewkb(geom), 'hex')) from layers.feature where theme = 'place'`)
	got := contents(t, f.copy, `select concat_ws(' ', dataset, id, key, properties, encode(public.st_asewkb(geom), 'hex')) from mirror.place`)
	require.Equal(t, want, got)
}

// A copy that follows the feed while a hundred publications and roll-backs of two agencies run, and that is killed over and over, is equal whenever they rest.
func TestACopyStaysEqual(t *testing.T) {
	t.Parallel()
	p := newPress(t, func(d *server.Deps) { d.Keys = &access.Keys{Pool: d.System} })
	f := newFollower(t, p.URL)
	r := rand.New(rand.NewPCG(1, 2))
	var published, killed, steps atomic.Int64
	var running atomic.Bool
	versions := &layers.Versions{Stores: p.importer.Stores, Now: time.Now}
	system := pgtest.Application(t, p.pool, pg.Everything)
	for round := range 4 {
		running.Store(true)
		done := make(chan error, 1)
		go func() { // the follower, restarted whenever it was killed
			dice := rand.New(rand.NewPCG(3, uint64(round)))
			for running.Load() {
				killAt := -1
				if dice.IntN(2) == 0 {
					killAt = dice.IntN(6)
				}
				_, err := f.step(t.Context(), 1+dice.IntN(40), killAt)
				switch {
				case errors.Is(err, errKilled):
					killed.Add(1)
				case err != nil:
					done <- err
					return
				}
				steps.Add(1)
				time.Sleep(20 * time.Millisecond) // the publications are what the time is for
			}
			done <- nil
		}()
		for range 25 {
			agency := []string{"post", "ncc"}[r.IntN(2)]
			if r.IntN(5) > 1 && published.Load() > 10 {
				id := p.dataset(t, agency)
				require.NoError(t, pgx.BeginFunc(t.Context(), system, func(tx pgx.Tx) error {
					var head int
					if err := tx.QueryRow(t.Context(), `select max(seq) from layers.version where dataset_id = $1`, id).Scan(&head); err != nil {
						return err
					}
					_, _, err := versions.Rollback(t.Context(), tx, layers.Decision{Dataset: id, Version: r.IntN(head + 1), Reason: "x"})
					return err
				}))
			} else {
				lines := []string{}
				for i := range 40 {
					if r.IntN(3) > 0 {
						lines = append(lines, fmt.Sprintf("k%d,%s,%v,%v", i, []string{"الف", "ب"}[r.IntN(2)], 51+float64(r.IntN(2))/3+float64(i)/70, 35+float64(r.IntN(2))/7))
					}
				}
				p.places(t, agency, append(lines, "always,پ,51.1,35.1")...)
			}
			published.Add(1)
		}
		running.Store(false)
		require.NoError(t, <-done)
		f.compare(t, p)
	}
	t.Logf("%d publications; the follower took %d steps and was killed %d times", published.Load(), steps.Load(), killed.Load())
	require.EqualValues(t, 100, published.Load())
	require.Positive(t, killed.Load())
	// One that begins at the end gets the same.
	late := newFollower(t, p.URL)
	late.compare(t, p)
}

func TestChangeFeed(t *testing.T) {
	t.Parallel()
	p := newPress(t, func(d *server.Deps) { d.Keys = &access.Keys{Pool: d.System} })
	p.places(t, "post", "a,الف,52,35", "b,ب,51,35")
	p.places(t, "ncc", "a,الف,51,35")
	p.places(t, "post", "a,ت,51,35")
	ops := func(path string) (found string) {
		for _, c := range p.json(t, path)["changes"].([]any) {
			change := c.(map[string]any)
			found += fmt.Sprintf("%s %s v%v;", change["op"], change["key"], change["version"])
		}
		return found
	}
	require.Equal(t, "added a v1;added b v1;added a v1;", ops("/v1/themes/place/changes?limit=3"))
	all := ops("/v1/themes/place/changes")
	require.Contains(t, all, "altered a v2;")
	require.Contains(t, all, "removed b v2;")
	path := fmt.Sprintf("/v1/datasets/%d/changes", p.dataset(t, "post"))
	require.Equal(t, "added a v1;added b v1;", ops(path+"?limit=2"))
	body := p.json(t, path+"?limit=2")
	require.Equal(t, true, body["more"])
	rest := p.json(t, fmt.Sprintf("%s?since=%v", path, body["next"]))
	require.Len(t, rest["changes"], 2)
	require.Equal(t, false, rest["more"])
	require.NotContains(t, rest["changes"].([]any)[0], "properties")

	end := fmt.Sprintf("/v1/themes/place/changes?since=%v", rest["next"])
	r, _ := p.do(t, "GET", end)
	require.Equal(t, "no-cache", r.Header.Get("Cache-Control"))
	tag := r.Header.Get("ETag")
	r, text := p.do(t, "GET", end, "If-None-Match", tag)
	require.Equal(t, 304, r.StatusCode)
	require.Empty(t, text)
	p.places(t, "ncc", "a,ث,51,35")
	r, _ = p.do(t, "GET", end, "If-None-Match", tag)
	require.Equal(t, 200, r.StatusCode)

	for path, want := range map[string]string{
		"/v1/themes/nothing/changes": "theme-unknown", "/v1/datasets/999/changes": "dataset-unknown", "/v1/themes/place/changes?since=-1": "request-invalid",
		"/v1/themes/place/changes?since=99999999": "changes-ahead", "/v1/themes/place/changes?limit=0": "request-invalid", "/v1/themes/place/changes?content=x": "request-invalid",
	} {
		r, text := p.do(t, "GET", path)
		assert.Contains(t, []int{404, 409, 422}, r.StatusCode, path)
		assert.Contains(t, string(text), `"code":"`+want+`"`, path)
	}
}

func TestChangesOfRestrictedData(t *testing.T) {
	t.Parallel()
	p := newPress(t, func(d *server.Deps) { d.Keys = &access.Keys{Pool: d.System} })
	fixture.Publish(t, p.pool, "electricity", "energy", nil, fixture.Feature{Key: "l", WKT: "LINESTRING(51 35,52 35)", Attributes: map[string]any{"line_id": "l"}})
	var id int64
	require.NoError(t, p.pool.QueryRow(t.Context(), `select id from layers.dataset where theme = 'electricity'`).Scan(&id))
	for name, c := range map[string]struct {
		key            string
		theme, dataset int
	}{
		"public": {"", 401, 401}, "its agency": {p.key(t, "energy", access.Reviewer), 403, 200}, "another": {p.key(t, "ncc", access.Reviewer), 403, 403},
		"committee": {p.key(t, "committee", access.CommitteeMember), 200, 200},
	} {
		for path, want := range map[string]int{"/v1/themes/electricity/changes?content=full": c.theme, fmt.Sprintf("/v1/datasets/%d/changes?content=full", id): c.dataset} {
			r, body := p.do(t, "GET", path, "x-api-key", c.key)
			assert.Equal(t, want, r.StatusCode, "%s %s: %s", name, path, body)
			if want == 200 {
				assert.Contains(t, string(body), `"coordinates":[[51,35],[52,35]]`, "%s %s", name, path)
			}
		}
	}
}
