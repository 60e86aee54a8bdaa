package reading

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// What a killed process left is removed by the next one; what a living one uses is not.
func TestFoldersOfKilledProcesses(t *testing.T) {
	t.Parallel()
	r := newReader(t, Limits{})
	old := time.Now().Add(-time.Hour)
	left, unlocked, young, other := filepath.Join(r.TempDir, "nsdi-delivery-1"), filepath.Join(r.TempDir, "nsdi-write-2"), filepath.Join(r.TempDir, "nsdi-delivery-3"), filepath.Join(r.TempDir, "photos")
	for _, dir := range []string{left, unlocked, young, other} {
		require.NoError(t, os.Mkdir(dir, 0o700))
		require.NoError(t, os.WriteFile(filepath.Join(dir, "m0001"), []byte("x"), 0o600))
	}
	require.NoError(t, os.WriteFile(filepath.Join(left, "lock"), nil, 0o600))
	alive, err := r.Open(t.Context(), []string{write(t, "a.csv", []byte(csvText1))}, Options{})
	require.NoError(t, err)
	for _, dir := range []string{left, unlocked, other, alive.folder.Dir} {
		require.NoError(t, os.Chtimes(dir, old, old))
	}
	next, err := r.Open(t.Context(), []string{write(t, "a.csv", []byte(csvText1))}, Options{})
	require.NoError(t, err)
	require.NoDirExists(t, left)
	require.NoDirExists(t, unlocked)
	require.DirExists(t, young)
	require.DirExists(t, other)
	require.NoError(t, alive.Read(t.Context(), func(*Row) error { return nil }))
	require.NoError(t, alive.Close())
	require.NoError(t, next.Close())
	require.NoDirExists(t, alive.folder.Dir)
}
