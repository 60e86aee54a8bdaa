package ogr

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

// TestMain also is the program that tries system calls within the sandbox.
func TestMain(m *testing.M) {
	if len(os.Args) > 2 && os.Args[1] == tryCalls {
		try(os.Args[2:])
		os.Exit(0)
	}
	goleak.VerifyTestMain(m)
}

// newSandbox makes a sandbox with the limits.
func newSandbox(t *testing.T, limits Limits) *Sandbox {
	t.Helper()
	s, err := NewSandbox(t.Context(), limits)
	require.NoError(t, err)
	return s
}

// fileOf writes content to a file and gives it to the sandbox under the name main.
func fileOf(t *testing.T, main, content string) File {
	t.Helper()
	host := filepath.Join(t.TempDir(), "delivered")
	require.NoError(t, os.WriteFile(host, []byte(content), 0o600))
	return File{Main: main, Files: map[string]string{main: host}, Bytes: int64(len(content))}
}

// record is a copy of a Row that outlives the callback.
type record struct {
	layer  string
	number int64
	values map[string]string // without nulls
	geoms  [][]byte
}

// readAll inspects and reads a file.
func readAll(t *testing.T, s *Sandbox, f File) ([]record, []Lost, error) {
	t.Helper()
	layers, err := s.Inspect(t.Context(), f)
	if err != nil {
		return nil, nil, err
	}
	var all []record
	lost, err := s.Read(t.Context(), f, layers, func(r *Row) error {
		all = append(all, recordOf(r))
		return nil
	})
	return all, lost, err
}

func recordOf(r *Row) record {
	values := make(map[string]string)
	for i, c := range r.Columns {
		if i < len(r.Values) && !r.Null[i] {
			values[c] = r.Values[i]
		}
	}
	return record{r.Layer, r.Number, values, r.Geoms}
}
