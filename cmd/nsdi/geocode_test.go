package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nsdi/gnaf"
	"nsdi/internal/errs"
	"nsdi/internal/fixture"
	"nsdi/internal/pgtest"
)

// A file of addresses goes through the command: rows in their order with what was found, a summary of levels beside it, and no half-written file.
func TestGeocodeFile(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	address := map[string]any{"city": "یزد", "street": "خیابان لاله", "number": 7}
	address["way_id"] = gnaf.Derive(address)["way_id"]
	fixture.Publish(t, pool, "gnaf-address", "post", func(tx pgx.Tx) error { return gnaf.AfterPublish(t.Context(), tx) }, fixture.Feature{Key: "1", WKT: "POINT(54.36 31.89)", Attributes: address})
	dir := t.TempDir()
	in, out := filepath.Join(dir, "in.csv"), filepath.Join(dir, "out.csv")
	require.NoError(t, os.WriteFile(in, []byte("کد,آدرس\n=1,یزد خیابان لاله پلاک ۷\n2,یزد خیابان لاله پلاک ۹۹\n3,\n"), 0o600))
	url := pool.Config().ConnString()

	var stdout, stderr bytes.Buffer
	require.NoError(t, run(t.Context(), []string{"--data", dir, "--database-url", url, "geocode", "--lang", "en", "-o", out, in}, &stdout, &stderr))
	assert.Empty(t, stdout.String())
	assert.Contains(t, stderr.String(), "rows: 3")
	for _, line := range []string{"site                  1  33.3 %", "way                   1  33.3 %", "error                 1  33.3 %"} {
		assert.Contains(t, stderr.String(), line)
	}
	written, err := os.ReadFile(out)
	require.NoError(t, err)
	lines := strings.Split(strings.TrimSpace(string(written)), "\n")
	require.Len(t, lines, 4)
	assert.True(t, strings.HasPrefix(lines[0], "کد,آدرس,match_level,"))
	assert.True(t, strings.HasPrefix(lines[1], "'=1,یزد خیابان لاله پلاک ۷,8,site,0.9"), lines[1])

	err = run(t.Context(), []string{"--data", dir, "--database-url", url, "geocode", "-o", filepath.Join(dir, "other.csv"), "--column", "address=نیست", in}, &stdout, &stderr)
	require.Equal(t, "column-unknown", errs.Code(err))
	left, err := filepath.Glob(filepath.Join(dir, "other*"))
	require.NoError(t, err)
	assert.Empty(t, left, "what is not whole has no name")

	err = run(t.Context(), []string{"--data", dir, "--database-url", url, "geocode", filepath.Join(dir, "mistyped.csv")}, &stdout, &stderr)
	require.Equal(t, "file-missing", errs.Code(err), "it is no address")

	require.NoError(t, run(t.Context(), []string{"--data", dir, "--database-url", url, "geocode", "یزد خیابان لاله ۷"}, &stdout, &stderr))
	assert.Contains(t, stdout.String(), `"level": "site"`)
}
