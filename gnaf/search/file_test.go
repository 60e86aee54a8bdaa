package search_test

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"nsdi/gnaf/search"
)

// Whatever byte of a generation is another one, it is refused, and built anew.
func TestDamagedGenerationIsRefused(t *testing.T) {
	t.Parallel()
	e, pool := openTown(t)
	path := filepath.Join(e.Folder, search.FileName)
	right, err := os.ReadFile(path)
	require.NoError(t, err)
	random := rand.New(rand.NewPCG(7, 7))
	places := []int{0, 8, 12, 16, 20, len(right) - 1}
	for range 300 {
		places = append(places, random.IntN(len(right)))
	}
	folder := t.TempDir()
	for _, at := range places {
		wrong := bytes.Clone(right)
		wrong[at] ^= 1 << random.IntN(8)
		require.Error(t, search.Check(wrong), "byte %d", at)
	}
	for _, length := range []int{0, 1, 100, len(right) - 1} {
		require.Error(t, search.Check(right[:length]), "%d bytes", length)
	}
	require.NoError(t, search.Check(right))
	require.Error(t, search.Check(append(bytes.Clone(right), 0)))

	right[len(right)/2]++
	require.NoError(t, os.WriteFile(filepath.Join(folder, search.FileName), right, 0o600))
	again := &search.Engine{Folder: folder, DB: pool, Time: time.Minute}
	require.NoError(t, again.Open(t.Context()))
	defer again.Close()
	got, err := again.Search(t.Context(), search.Query{Text: "یزد، خیابان کاشانی، پلاک ۱۰"})
	require.NoError(t, err)
	require.NotEmpty(t, got.Results)
	left, err := filepath.Glob(filepath.Join(folder, "*.new"))
	require.NoError(t, err)
	require.Empty(t, left)
}
