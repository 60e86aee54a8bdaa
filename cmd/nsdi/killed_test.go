package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"nsdi/access"
	"nsdi/internal/pg"
	"nsdi/internal/pgtest"
)

// victim is a server that is killed and started again at the same address, with somebody who delivers to it.
type victim struct {
	*deliverer
	*running
	bin, data, temp, address, database string
	environment                        []string // besides
	within                             []string // the command that runs the server; none: it runs by itself
}

func newVictim(t testing.TB, database string) *victim {
	t.Helper()
	dir := t.TempDir()
	v := &victim{bin: program(t), data: filepath.Join(dir, "var"), temp: filepath.Join(dir, "tmp"), address: ownAddress(), database: database}
	require.NoError(t, os.Mkdir(v.temp, 0o700))
	v.deliverer = &deliverer{url: "http://" + v.address, agency: "ncc"}
	return v
}

var victims atomic.Int32

// ownAddress is one that nobody else has, so that it is free whenever the server is started again: of the loopback network the process has an address of its own,
// and each server a port below those that connections are given.
func ownAddress() string {
	pid := os.Getpid()
	return fmt.Sprintf("127.%d.%d.%d:%d", 64+pid>>16&63, pid>>8&255, pid&255, 20_000+victims.Add(1))
}

func (v *victim) command(args ...string) *exec.Cmd {
	cmd := exec.Command(v.bin, args...)
	cmd.Env = append(os.Environ(), "NSDI_LISTEN="+v.address, "NSDI_DATA="+v.data, "DATABASE_URL="+v.database, "TMPDIR="+v.temp)
	cmd.Env = append(cmd.Env, v.environment...)
	return cmd
}

func (v *victim) start(t testing.TB) {
	t.Helper()
	cmd := v.command("serve")
	if len(v.within) > 0 {
		inner := cmd
		cmd = exec.Command(v.within[0], slices.Concat(v.within[1:], inner.Args)...)
		cmd.Env = inner.Env
	}
	v.running = serving(t, cmd)
}

func (v *victim) kill(t *testing.T) {
	t.Helper()
	require.NoError(t, v.cmd.Process.Kill())
	_ = v.cmd.Wait()
}

// people makes the key that delivers, and signs the publisher and an uploader in.
func (v *victim) people(t testing.TB, pool *pgxpool.Pool) {
	t.Helper()
	v.pool = pool
	_, key, err := (&access.Keys{Pool: pool}).Add(t.Context(), access.Key{
		Name: "test", Agency: v.agency, Roles: []access.Role{access.Uploader}, Scopes: []string{"*"}, ExpiresAt: time.Now().Add(time.Hour),
	})
	require.NoError(t, err)
	v.key = key
	signIn := func(role access.Role) (cookie string) {
		id, err := access.Create(t.Context(), pool, access.Account{Login: string(role) + "-" + v.agency, Agency: v.agency, Role: role, Password: "correct horse battery 9"})
		require.NoError(t, err)
		token, err := (&access.Sessions{Pool: pool, Now: time.Now}).Begin(t.Context(), id, "password", "")
		require.NoError(t, err)
		return "nsdi-session=" + token
	}
	v.cookie, v.uploader = signIn(access.Publisher), signIn(access.Uploader)
}

// edition is a file of places that all tell which version they are.
func edition(rows, n int) []byte {
	var b strings.Builder
	b.WriteString("code,name_fa,lon,lat\n")
	for i := range rows {
		fmt.Fprintf(&b, "p%d,روستای ویرایش %d,%.5f,%.5f\n", i, n, 51+float64(i%1000)/1000, 35+float64(i/1000)/1000)
	}
	return []byte(b.String())
}

// whole requires that what is published is one edition, and that of the last version.
func (v *victim) whole(t *testing.T, rows int) (version int) {
	t.Helper()
	var features int
	var first, last *string
	err := v.pool.QueryRow(t.Context(), `
		select (select coalesce(max(seq), 0) from layers.version), count(*), min(attributes->>'name_fa'), max(attributes->>'name_fa')
		from layers.feature
		where theme = 'place'`).Scan(&version, &features, &first, &last)
	require.NoError(t, err)
	if version == 0 {
		require.Zero(t, features)
		return 0
	}
	require.Equal(t, rows, features, "version %d", version)
	require.Equal(t, *first, *last)
	require.Equal(t, fmt.Sprintf("روستای ویرایش %d", version), *first)
	return version
}

// tidy requires, after a restart, that nothing is left of what was killed.
func (v *victim) tidy(t *testing.T) {
	t.Helper()
	v.interrupt(t)
	long := time.Now().Add(-2 * time.Hour) // what is young may be about to be used
	for _, pattern := range []string{filepath.Join(v.temp, "*"), filepath.Join(v.data, "deliveries", "*"), filepath.Join(v.data, uploadsFolder, "*")} {
		paths, err := filepath.Glob(pattern)
		require.NoError(t, err)
		for _, p := range paths {
			require.NoError(t, os.Chtimes(p, long, long))
		}
	}
	v.start(t)
	names := func(sql string) (out []string) {
		rows, err := v.pool.Query(t.Context(), sql)
		require.NoError(t, err)
		out, err = pgx.CollectRows(rows, pgx.RowTo[string])
		require.NoError(t, err)
		return out
	}
	left := func() (out []string) {
		out = names(`select tablename from pg_tables where schemaname = 'staging'`)
		known := map[string]bool{}
		for _, f := range names(`select folder from layers.submission where folder is not null`) {
			known[f] = true
		}
		for _, id := range names(`select id from layers.upload where submission_id is null`) {
			known[id], known[id+".info"] = true, true
		}
		for _, dir := range []string{v.temp, filepath.Join(v.data, "deliveries"), filepath.Join(v.data, uploadsFolder)} {
			entries, err := os.ReadDir(dir)
			require.NoError(t, err)
			for _, e := range entries {
				if !known[e.Name()] {
					out = append(out, filepath.Join(filepath.Base(dir), e.Name()))
				}
			}
		}
		return out
	}
	for end := time.Now().Add(time.Minute); len(left()) > 0 && time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
	}
	require.Empty(t, left())
	require.Empty(t, names(`select tracking || ' ' || state from layers.submission where finished_at is null`))

	// What was kept is what was delivered.
	rows, err := v.pool.Query(t.Context(), `select folder, f->>'name', f->>'sha256' from layers.submission, jsonb_array_elements(files) f where folder is not null`)
	require.NoError(t, err)
	var folder, name, sum string
	files := 0
	_, err = pgx.ForEachRow(rows, []any{&folder, &name, &sum}, func() error {
		files++
		require.Equal(t, sum, fileSum(t, filepath.Join(v.data, "deliveries", folder, name)))
		return nil
	})
	require.NoError(t, err)
	require.Positive(t, files)
	out, err := v.command("doctor").CombinedOutput()
	require.NoError(t, err, "%s", out)
	require.Contains(t, string(out), "chain whole")
	require.Contains(t, string(out), "chains whole")
}

// kills is how often the server is killed; NSDI_TEST_KILLS says another number, and NSDI_TEST_SEED another seed.
func kills(t *testing.T) (n int, r *rand.Rand) {
	t.Helper()
	number := func(name string, fallback int) int {
		if s := os.Getenv(name); s != "" {
			n, err := strconv.Atoi(s)
			require.NoError(t, err)
			return n
		}
		return fallback
	}
	seed := number("NSDI_TEST_SEED", 1405)
	t.Logf("seed %d", seed)
	return number("NSDI_TEST_KILLS", 50), rand.New(rand.NewPCG(uint64(seed), 0))
}

// The server is killed at random points between the first byte of an upload and its publication, and started again. What it said it has, it has; what it was at,
// it goes on with; what it publishes is whole; and it leaves nothing lying about.
func TestKilledAtRandomPoints(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("kills a server many times")
	}
	const rows = 3000
	v := newVictim(t, pgtest.URL(t))
	pool, err := pg.Connect(t.Context(), v.database)
	require.NoError(t, err)
	t.Cleanup(pool.Close)
	v.start(t)
	v.people(t, pool)
	n, random := kills(t)

	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Minute)
	defer cancel()
	enough, ended := make(chan struct{}), make(chan error, 1)
	published := 0
	go func() {
		ended <- func() error {
			for {
				content := edition(rows, published+1)
				upload, err := v.send(ctx, "places.csv", content, 40_000)
				if err != nil {
					return err
				}
				tracking, err := v.hand(ctx, upload, `,"confirm":true,"submit":true`)
				if err != nil {
					return err
				}
				if err := v.publish(ctx, tracking); err != nil {
					return err
				}
				sum := sha256.Sum256(content)
				var kept string
				if err := v.pool.QueryRow(ctx, `select files->0->>'sha256' from layers.submission where tracking = $1`, tracking).Scan(&kept); err != nil {
					return err
				}
				if kept != hex.EncodeToString(sum[:]) {
					return fmt.Errorf("%s was kept as another file", tracking)
				}
				published++
				select {
				case <-enough:
					return nil
				default:
				}
			}
		}()
	}()
	at := map[string]int{}
	var hit string // the submission and the state that were hit last
	hits := 0      // how often in a row
	for range n {
		// What is begun ten times in one state is given up on, and a slow machine comes no further between two kills.
		for still := hit; hits >= 5 && still == hit && len(ended) == 0 && ctx.Err() == nil; time.Sleep(20 * time.Millisecond) {
			still = ""
			_ = v.pool.QueryRow(ctx, underWay).Scan(nil, &still)
		}
		v.await(ctx, random)
		select {
		case err := <-ended:
			require.NoError(t, err)
			t.Fatal("the deliverer ended")
		case <-time.After(time.Duration(random.IntN(60)) * time.Millisecond):
		}
		v.kill(t)
		state, now := "uploading", ""
		err := v.pool.QueryRow(ctx, underWay).Scan(&state, &now)
		if err != nil {
			require.ErrorIs(t, err, pgx.ErrNoRows)
		}
		if now == "" || now != hit {
			hit, hits = now, 0
		}
		hits++
		at[state]++
		if upload, acknowledged := v.under(); state == "uploading" && upload != "" {
			info, err := os.Stat(filepath.Join(v.data, uploadsFolder, upload[strings.LastIndex(upload, "/")+1:]))
			if err == nil { // it was published, and another is begun
				require.GreaterOrEqual(t, info.Size(), acknowledged)
			}
		}
		v.whole(t, rows)
		v.start(t)
	}
	close(enough)
	require.NoError(t, <-ended)
	t.Logf("%d kills, by the state that the last submission was in: %v; %d versions were published", n, at, published)
	require.Equal(t, published, v.whole(t, rows))
	require.Greater(t, len(at), 2, "the kills have to hit several steps")
	v.takeBack(t)
	v.tidy(t)
	v.interrupt(t)
}

// underWay is the state of the submission that is worked on, and which of its states that is.
const underWay = `select state, id || ' ' || state from layers.submission where finished_at is null order by id desc limit 1`

// await waits until the delivery has come to a step that is drawn by lot, so that the short ones are hit as well, or for some time.
func (v *victim) await(ctx context.Context, random *rand.Rand) {
	bytes := random.Int64N(120_000)
	step := []string{"", "uploading", "received", "confirmed", "submitted", "approved"}[random.IntN(6)]
	end := time.Now().Add(2 * time.Second)
	if step == "" {
		end = time.Now().Add(time.Duration(random.IntN(400)) * time.Millisecond)
	}
	before, _ := v.under()
	for ; time.Now().Before(end); time.Sleep(2 * time.Millisecond) {
		upload, acknowledged := v.under()
		is := false
		switch step {
		case "":
		case "uploading":
			is = upload != before && acknowledged >= bytes
		case "received": // about to be
			is = upload != before && acknowledged >= 120_000
		default:
			_ = v.pool.QueryRow(ctx, `select exists (select from layers.submission where state = $1)`, step).Scan(&is) // an error is seen by those who ask next
		}
		if is {
			return
		}
	}
}

// takeBack removes the uploads of which the deliverer never learnt the address.
func (v *victim) takeBack(t *testing.T) {
	t.Helper()
	a, err := v.ask(t.Context(), "GET", "/v1/uploads", nil)
	require.NoError(t, err)
	for _, u := range a.body["uploads"].([]any) {
		gone, err := v.tus(t.Context(), "DELETE", "/v1/uploads/"+u.(map[string]any)["id"].(string), nil)
		require.NoError(t, err)
		require.Equal(t, 204, gone.status)
	}
}
