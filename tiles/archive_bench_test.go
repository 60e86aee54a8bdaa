package tiles

import (
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"nsdi/tiles/archive"
)

// BenchmarkArchive makes the tiles of a million points and 300,000 parcels beforehand, zooms 3 to 14, and then those that a town's change touches. It tells the processor's
// time of the program and of the database, the memory of the program and the size of the files.
func BenchmarkArchive(b *testing.B) {
	pool := publishedCountry(b)
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
		pack := func(when string) {
			began := processTime(b)
			require.NoError(b, store.Pack("gnaf-address", func() bool { return true }))
			fmt.Printf("addresses by brotli, %s: processor %.1f s\n", when, (processTime(b) - began).Seconds())
		}
		pack("at first")
		publishCity(b, pool)
		_, err = g.Step(b.Context())
		require.NoError(b, err)
		began, own, theirs := time.Now(), processTime(b), databaseTime(b, pool)
		require.NoError(b, keeper.bring(b.Context(), "gnaf-address"))
		after := store.Summary()
		fmt.Printf("2,000 addresses of a city: %.2f s, processor %.2f s and %.2f s, %.1f KB more\n", time.Since(began).Seconds(), (processTime(b) - own).Seconds(), (databaseTime(b, pool) - theirs).Seconds(),
			float64(after.Bytes-sum.Bytes)/1e3)
		require.NoError(b, store.Compact("gnaf-address", nil))
		pack("after the files were made one")
	}
}
