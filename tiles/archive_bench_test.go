package tiles

import (
	"bytes"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"nsdi/internal/fixture"
	"nsdi/internal/pgtest"
	"nsdi/tiles/archive"
)

// BenchmarkArchive makes the tiles of a million points and 300,000 parcels beforehand, zooms 3 to 14, and then those that a town's change touches. It tells the processor's
// time of the program and of the database, the memory of the program and the size of the files.
func BenchmarkArchive(b *testing.B) {
	load, err := os.ReadFile(filepath.Join("..", "..", "shared", "bench", "tiles", "01_generate.sql"))
	if err != nil {
		b.Skip("needs the shared bench folder beside the checkout, which is not there")
	}
	pool := pgtest.New(b)
	benchData(b, pool, string(load))
	log := slog.New(slog.DiscardHandler)
	g := &Generaliser{Pool: pool, Log: log}
	for b.Loop() {
		_, err := g.Step(b.Context())
		require.NoError(b, err)
		store, err := archive.Open(b.TempDir())
		require.NoError(b, err)
		defer store.Close()
		keeper := &Archivist{Service: NewWith(pool, Settings{Archive: store}), Log: log, Reserve: 1}
		for _, theme := range []string{"gnaf-address", "cadastre-urban"} {
			began, own, theirs := time.Now(), processTime(b), databaseTime(b, pool)
			require.NoError(b, keeper.bring(b.Context(), theme))
			fmt.Printf("%s: %.1f s, processor %.1f s of the program and %.1f s of the database\n", theme, time.Since(began).Seconds(), (processTime(b) - own).Seconds(), (databaseTime(b, pool) - theirs).Seconds())
		}
		sum := store.Summary()
		fmt.Printf("%d files, %.1f MB; the program's memory was %.0f MB at most\n", sum.Files, float64(sum.Bytes)/1e6, peak(b))
		var city []fixture.Feature
		for i := range 2000 {
			city = append(city, fixture.Feature{
				Key: fmt.Sprint("new", i), WKT: fmt.Sprintf("POINT(%f %f)", 24.5+float64(i%50)*4e-4, 57+float64(i/50)*4e-4), Attributes: map[string]any{"city": "c", "street": "s"},
			})
		}
		fixture.Publish(b, pool, "gnaf-address", "post", nil, city...)
		_, err = g.Step(b.Context())
		require.NoError(b, err)
		began, own, theirs := time.Now(), processTime(b), databaseTime(b, pool)
		require.NoError(b, keeper.bring(b.Context(), "gnaf-address"))
		after := store.Summary()
		fmt.Printf("2,000 addresses of a city: %.2f s, processor %.2f s and %.2f s, %.1f KB more\n", time.Since(began).Seconds(), (processTime(b) - own).Seconds(), (databaseTime(b, pool) - theirs).Seconds(),
			float64(after.Bytes-sum.Bytes)/1e3)
	}
}

// databaseTime is what the database's processes for this pool have used of the processors.
func databaseTime(b *testing.B, pool *pgxpool.Pool) (all time.Duration) {
	rows, err := pool.Query(b.Context(), `select pid from pg_stat_activity where datname = current_database()`)
	require.NoError(b, err)
	pids, err := pgx.CollectRows(rows, pgx.RowTo[int])
	require.NoError(b, err)
	for _, pid := range pids {
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if err != nil {
			continue // it has ended
		}
		fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+2:])
		for _, i := range []int{11, 12} { // utime and stime, in hundredths of a second
			n, err := strconv.Atoi(string(fields[i]))
			require.NoError(b, err)
			all += time.Duration(n) * 10 * time.Millisecond
		}
	}
	return all
}

// peak is the most memory that the program had, in MB.
func peak(b *testing.B) float64 {
	status, err := os.ReadFile("/proc/self/status")
	require.NoError(b, err)
	var kb float64
	_, err = fmt.Sscanf(string(status[bytes.Index(status, []byte("VmHWM:"))+6:]), "%f", &kb)
	require.NoError(b, err)
	return kb / 1e3
}
