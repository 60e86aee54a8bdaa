package gnaf_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"nsdi/gnaf"
	"nsdi/internal/errs"
	"nsdi/internal/fixture"
	"nsdi/internal/pg"
	"nsdi/internal/pgtest"
	"nsdi/layers"
	"nsdi/layers/reading"
)

// publisher delivers addresses, one version after the other.
type publisher struct {
	pool *pgxpool.Pool
	im   *layers.Importer
	n    int
}

func newPublisher(t *testing.T) *publisher {
	t.Helper()
	pool := pgtest.New(t)
	sandbox, err := fixture.Sandbox()
	require.NoError(t, err)
	return &publisher{pool: pool, im: &layers.Importer{Pool: pool, Reader: &reading.Reader{Sandbox: sandbox}, Stores: []layers.Store{gnaf.Store()}, Now: time.Now}}
}

// publish makes the rows (key, street, number, unit, code) all that there is.
func (p *publisher) publish(t *testing.T, rows ...[5]string) {
	t.Helper()
	lines := []string{"address_id,city,street,number,unit,postal_code,lon,lat"}
	for i, r := range rows {
		lines = append(lines, fmt.Sprintf("%s,تهران,%s,%s,%s,%s,%.6f,35.70", r[0], r[1], r[2], r[3], r[4], 51.4+float64(i)/1e6))
	}
	p.n++
	file := filepath.Join(t.TempDir(), "addresses.csv")
	require.NoError(t, os.WriteFile(file, []byte(strings.Join(lines, "\n")+"\n"), 0o600))
	report, err := p.im.Import(t.Context(), layers.Request{Theme: "gnaf-address", Agency: "post", Files: []string{file}, AllowRemovals: true})
	require.NoError(t, err)
	require.EqualValues(t, len(rows), report.Accepted, "%+v", report.Rules)
}

// What is published is answered at once, from memory or not, and what is held comes to it without being read anew.
func TestDirectoryFollowsPublications(t *testing.T) {
	t.Parallel()
	p := newPublisher(t)
	codes := validCodes(t, 4)
	p.publish(t, [5]string{"a1", "خیابان آزادی", "12", "1", codes[0]}, [5]string{"a2", "خیابان آزادی", "12", "2", codes[1]}, [5]string{"a3", "خیابان آزادی", "14", "", ""})
	app := pgtest.Application(t, p.pool, pg.Nothing)
	d, plain := gnaf.NewDirectory(app, 0, nil), gnaf.NewDirectory(app, 0, nil)
	ctx, stop := context.WithCancel(t.Context())
	var running errgroup.Group
	running.Go(func() error { return d.Run(ctx) })
	defer func() {
		stop()
		require.ErrorIs(t, running.Wait(), context.Canceled)
	}()
	find := func(d *gnaf.Directory) string {
		v, err := d.Now(t.Context())
		require.NoError(t, err)
		found, err := v.Find(t.Context(), codes...)
		require.NoError(t, err)
		var all []string
		for i, units := range found {
			for _, u := range units {
				require.Equal(t, codes[i], u.Code)
				all = append(all, fmt.Sprintf("%d:%s %d/%s", i, u.Address, u.Number, u.Unit))
			}
		}
		return strings.Join(all, "; ")
	}
	held := func() {
		t.Helper()
		require.Eventually(t, func() bool {
			v, err := d.Now(t.Context())
			return err == nil && v.InMemory()
		}, time.Minute, 10*time.Millisecond)
	}
	first := "0:تهران، خیابان آزادی، پلاک 12، واحد 1 12/1; 1:تهران، خیابان آزادی، پلاک 12، واحد 2 12/2"
	held()
	require.Equal(t, first, find(d))
	require.Equal(t, first, find(plain))

	// One unit's code becomes another, one is withdrawn, one comes, one moves: right at the moment when the publication has ended, and again from memory.
	p.publish(t, [5]string{"a1", "خیابان آزادی", "12", "1", codes[2]}, [5]string{"a3", "خیابان آزادی", "14", "", codes[3]})
	second := "2:تهران، خیابان آزادی، پلاک 12، واحد 1 12/1; 3:تهران، خیابان آزادی، پلاک 14 14/"
	require.Equal(t, second, find(d))
	held()
	require.Equal(t, second, find(d))
	require.Equal(t, second, find(plain))

	// What there was once exists, and is not active; a code one digit off leads to the ones in use only.
	for name, d := range map[string]*gnaf.Directory{"memory": d, "database": plain} {
		v, err := d.Now(t.Context())
		require.NoError(t, err)
		for code, want := range map[string][3]bool{codes[2]: {true, true, true}, codes[0]: {true, true, false}, "1111111112": {false, false, false}} {
			a, err := v.Validate(t.Context(), code, "")
			require.NoError(t, err)
			require.True(t, a.FormatValid)
			require.Equal(t, want, [3]bool{*a.PrefixKnown, *a.Exists, *a.Active}, "%s: %s", name, code)
		}
		slip := codes[2][:9] + string(rune('0'+(codes[2][9]-'0'+5)%10))
		a, err := v.Validate(t.Context(), slip, "تهران")
		require.NoError(t, err)
		require.NotEmpty(t, a.Suggestions, slip)
		for _, s := range a.Suggestions {
			require.Contains(t, []string{codes[2], codes[3]}, s.Code, "%s suggests what is not in use", name)
			require.True(t, s.SameCity)
		}
	}
}

// While publications follow each other, nobody is ever answered by what was before the one that had ended when he asked.
func TestDirectoryIsNeverBehind(t *testing.T) {
	t.Parallel()
	p := newPublisher(t)
	code := validCodes(t, 1)[0]
	p.publish(t, [5]string{"a", "خیابان آزادی", "1", "", code})
	d := gnaf.NewDirectory(pgtest.Application(t, p.pool, pg.Nothing), 0, nil)
	ctx, stop := context.WithCancel(t.Context())
	var g errgroup.Group
	g.Go(func() error {
		if err := d.Run(ctx); !errors.Is(err, context.Canceled) {
			return err
		}
		return nil
	})
	var announced atomic.Int64
	announced.Store(1)
	var fromMemory atomic.Int64
	g.Go(func() error {
		for ctx.Err() == nil {
			least := announced.Load()
			v, err := d.Now(t.Context())
			if err != nil {
				return err
			}
			found, err := v.Find(t.Context(), code)
			if err != nil {
				return err
			}
			if len(found[0]) != 1 || int64(found[0][0].Number) < least {
				return fmt.Errorf("answered %v after %d was announced", found[0], least)
			}
			if v.InMemory() {
				fromMemory.Add(1)
			}
		}
		return nil
	})
	for n := 2; n <= 8; n++ {
		p.publish(t, [5]string{"a", "خیابان آزادی", fmt.Sprint(n), "", code})
		announced.Store(int64(n))
		if before := fromMemory.Load(); n%3 == 0 { // let it catch up now and then
			require.Eventually(t, func() bool { return fromMemory.Load() > before }, time.Minute, 10*time.Millisecond)
		}
	}
	stop()
	require.NoError(t, g.Wait())
}

// Where there are more than may be held, the database answers.
func TestDirectoryThatWouldBeTooLarge(t *testing.T) {
	t.Parallel()
	p := newPublisher(t)
	codes := validCodes(t, 3)
	p.publish(t, [5]string{"a", "خیابان آزادی", "1", "", codes[0]}, [5]string{"b", "خیابان آزادی", "2", "", codes[1]})
	d := gnaf.NewDirectory(pgtest.Application(t, p.pool, pg.Nothing), 1, nil)
	ctx, stop := context.WithTimeout(t.Context(), time.Second)
	defer stop()
	require.ErrorIs(t, d.Run(ctx), context.DeadlineExceeded)
	v, err := d.Now(t.Context())
	require.NoError(t, err)
	require.False(t, v.InMemory())
	found, err := v.Find(t.Context(), codes[1], "", "x", codes[0])
	require.NoError(t, err)
	require.Equal(t, []int{1, 0, 0, 1}, []int{len(found[0]), len(found[1]), len(found[2]), len(found[3])})
}

// Replaying the feed of codes from zero gives the codes that there are, whatever the size of its pages.
func TestCodeFeed(t *testing.T) {
	t.Parallel()
	p := newPublisher(t)
	codes := validCodes(t, 4)
	p.publish(t, [5]string{"a", "خیابان آزادی", "1", "", codes[0]}, [5]string{"b", "خیابان آزادی", "2", "", codes[1]}, [5]string{"c", "خیابان آزادی", "3", "", ""})
	p.publish(t, [5]string{"a", "خیابان آزادی", "1", "", codes[2]}, [5]string{"b", "خیابان آزادی", "20", "", codes[1]}, [5]string{"c", "خیابان آزادی", "3", "", codes[0]})
	p.publish(t, [5]string{"a", "خیابان آزادی", "1", "", ""}, [5]string{"c", "خیابان آزادی", "3", "", codes[0]}, [5]string{"d", "خیابان آزادی", "4", "", codes[3]})
	for _, limit := range []int{1, 2, 1000} {
		bearer := map[string]int64{}
		var log []string
		var since int64
		for more := true; more; {
			err := pg.InScope(t.Context(), pgtest.Application(t, p.pool, pg.Nothing), pg.Public, pgx.TxOptions{AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
				list, next, follows, err := gnaf.CodeChanges(t.Context(), tx, since, limit)
				for _, c := range list {
					log = append(log, fmt.Sprintf("%d %s %d", c.Version, c.Op, strings.Index(strings.Join(codes, ""), c.Code)/10))
					switch {
					case c.Op == "added":
						bearer[c.Code] = c.Feature
					case c.Op == "removed" && bearer[c.Code] == c.Feature:
						delete(bearer, c.Code)
					}
				}
				since, more = next, follows
				return err
			})
			require.NoError(t, err)
		}
		require.ElementsMatch(t, []string{"1 added 0", "1 added 1", "2 removed 0", "2 added 2", "2 altered 1", "2 added 0", "3 removed 2", "3 removed 1", "3 altered 0", "3 added 3"}, log, "pages of %d; c has moved, too", limit)
		require.Len(t, bearer, 2)
		for code, id := range bearer {
			var now string
			require.NoError(t, p.pool.QueryRow(t.Context(), `select postal_code from gnaf.address where id = $1`, id).Scan(&now))
			require.Equal(t, code, now)
		}
	}
	require.Equal(t, "changes-ahead", errs.Code(pg.InScope(t.Context(), pgtest.Application(t, p.pool, pg.Nothing), pg.Public, pgx.TxOptions{}, func(tx pgx.Tx) error {
		_, _, _, err := gnaf.CodeChanges(t.Context(), tx, 1_000_000, 1)
		return err
	})))
}
