package reading

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding/charmap"
)

// A list of keys has no separator, and is a table all the same.
func TestATableOfOneColumn(t *testing.T) {
	t.Parallel()
	r := newReader(t, Limits{})
	old, err := charmap.Windows1256.NewEncoder().String("نام\nميدان\n")
	require.NoError(t, err)
	for name, tc := range map[string]struct {
		text, column string
		want         []string
	}{
		"plain":        {"code\np0\np1\n", "code", []string{"p0", "p1"}},
		"Windows":      {"\xef\xbb\xbfcode\r\np0\r\np1", "code", []string{"p0", "p1"}},
		"quoted":       {"\"code\"\n\"p \"\"0\"\"\"\n\"two\nlines\"\n", "code", []string{`p "0"`, "two\nlines"}},
		"commas later": {"code\np0,x\n", "code", []string{"p0,x"}},
		"empty lines":  {"code\n\np0\n\n\"\"\n", "code", []string{"p0", "∅"}},
		"windows-1256": {old, "نام", []string{"ميدان"}},
		"header only":  {"code\n", "code", nil},
	} {
		rows, d, err := read(t, r, Options{}, write(t, "keys.csv", []byte(tc.text)))
		require.NoError(t, err, name)
		require.Equal(t, "keys", d.Layers[0].Name, name)
		var got []string
		for i, row := range rows {
			require.EqualValues(t, i+1, row.Number, name)
			require.Equal(t, "keys.csv", row.File, name)
			got = append(got, value(t, row, tc.column))
		}
		require.Equal(t, tc.want, got, name)
	}
	d, err := r.Open(t.Context(), []string{write(t, "keys.csv", []byte("code\np0\np1\n"))}, Options{})
	require.NoError(t, err)
	defer d.Close()
	sampled, err := d.Sample(t.Context(), 1)
	require.NoError(t, err)
	require.Equal(t, []string{"code"}, sampled[0].Columns)
	require.Len(t, sampled[0].Rows, 1)
	stop := errors.New("stop")
	require.Equal(t, stop, d.Read(t.Context(), func(*Row) error { return stop }))

	_, _, err = read(t, r, Options{}, write(t, "keys.csv", []byte("code\n\""+strings.Repeat("x", 2*maxRecord))))
	refused(t, err, "file-unreadable", "keys.csv")
}

// Each row is one value of the text, whatever that is.
func FuzzReadColumn(f *testing.F) {
	f.Add("code\np0\n\"a\nb\"\n")
	f.Add("\xef\xbb\xbf\"x\n\"\"\r\n\x1f\x00")
	f.Fuzz(func(t *testing.T, text string) {
		n := int64(0)
		_ = readColumn(strings.NewReader(text), func(row *Row) error {
			n++
			require.Equal(t, n, row.Number)
			require.Len(t, row.Columns, 1)
			require.Len(t, row.Values, 1)
			require.Equal(t, row.Values[0] == "", row.Null[0])
			require.LessOrEqual(t, len(row.Values[0]), 3*len(text))
			return nil
		})
		require.LessOrEqual(t, n, int64(len(text)))
	})
}
