package reading

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding/charmap"
)

const csvText1 = "id,lon,lat\n1,51.4,35.7\n"

func TestArchivesThatAreRefused(t *testing.T) {
	t.Parallel()
	good := entry{name: "good.csv", content: csvText1}
	var many []entry
	for i := range 6 {
		many = append(many, entry{name: fmt.Sprintf("f%d.csv", i), content: csvText1})
	}
	zeros := strings.Repeat("0", freeBytes+3<<20)
	whole := pack(t, good, entry{name: "b.csv", content: strings.Repeat("a,b,c\n", 1000)})
	flipped := bytes.Clone(whole)
	flipped[bytes.Index(flipped, []byte("good.csv"))+12] ^= 0xff
	for _, tc := range []struct {
		name   string
		zip    []byte
		limits Limits
		says   string
	}{
		{"too many files", pack(t, many...), Limits{Entries: 5}, "more than 5 files"},
		{"too large", pack(t, good, entry{name: "b.csv", content: zeros}), Limits{Bytes: 1 << 20}, "larger than allowed"},
		{"too large together", pack(t, entry{name: "a.csv", content: zeros[:600]}, entry{name: "b.csv", content: zeros[:600]}), Limits{Bytes: 1000}, `"b.csv" is larger`},
		{"bomb", pack(t, entry{name: "b.csv", content: zeros}), Limits{}, "larger than allowed"},
		{"parent folder", pack(t, good, entry{name: "../evil.csv", content: csvText1}), Limits{}, "../evil.csv"},
		{"parent folder deeper", pack(t, entry{name: "a/../../evil.csv", content: csvText1}), Limits{}, "evil.csv"},
		{"absolute", pack(t, entry{name: "/etc/evil.csv", content: csvText1}), Limits{}, "/etc/evil.csv"},
		{"backslash", pack(t, entry{name: `..\evil.csv`, content: csvText1}), Limits{}, "evil.csv"},
		{"null byte", pack(t, entry{name: "a\x00.csv", content: csvText1}), Limits{}, "a"},
		{"link", pack(t, entry{name: "link.csv", content: "/etc/passwd", mode: fs.ModeSymlink}), Limits{}, "link.csv"},
		{"device", pack(t, entry{name: "device.csv", mode: fs.ModeDevice}), Limits{}, "device.csv"},
		{"same name twice", pack(t, good, good), Limits{}, "good.csv"},
		{"same name in other letters", pack(t, good, entry{name: "GOOD.csv", content: csvText1}), Limits{}, "GOOD.csv"},
		{"nested zip", pack(t, good, entry{name: "inner.zip", content: "PK"}), Limits{}, "inner.zip"},
		{"nested kmz", pack(t, good, entry{name: "inner.KMZ", content: "PK"}), Limits{}, "inner.KMZ"},
		{"cut off", whole[:len(whole)-30], Limits{}, "damaged"},
		{"not a zip", []byte("hello"), Limits{}, "damaged"},
		{"a byte flipped", flipped, Limits{}, "damaged"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			outside := t.TempDir()
			r := newReader(t, tc.limits)
			r.TempDir = filepath.Join(outside, "in")
			require.NoError(t, os.Mkdir(r.TempDir, 0o700))
			_, _, err := read(t, r, Options{}, write(t, "delivery.zip", tc.zip))
			refused(t, err, "archive-refused", "delivery.zip")
			require.Contains(t, err.Error(), tc.says)
			left, err := os.ReadDir(outside)
			require.NoError(t, err)
			require.Len(t, left, 1, "nothing is written beside the folder")
		})
	}
}

func TestGzip(t *testing.T) {
	t.Parallel()
	compress := func(text string) []byte {
		var b bytes.Buffer
		w := gzip.NewWriter(&b)
		_, err := w.Write([]byte(text))
		require.NoError(t, err)
		require.NoError(t, w.Close())
		return b.Bytes()
	}
	r := newReader(t, Limits{Bytes: 1 << 20})
	rows, _, err := read(t, r, Options{}, write(t, "points.csv.gz", compress(csvText1)))
	require.NoError(t, err)
	require.Len(t, rows, 1)
	require.Equal(t, "points.csv", rows[0].File)
	require.Equal(t, "points", rows[0].Layer)

	_, _, err = read(t, r, Options{}, write(t, "bomb.csv.gz", compress(strings.Repeat("0", 2<<20))))
	refused(t, err, "archive-refused", "bomb.csv")
	_, _, err = read(t, r, Options{}, write(t, "cut.csv.gz", compress(csvText1)[:20]))
	refused(t, err, "archive-refused", "cut.csv")
	_, _, err = read(t, r, Options{}, write(t, "not.csv.gz", []byte("hello")))
	refused(t, err, "archive-refused", "not.csv")
}

func TestNamesOfPersianWindows(t *testing.T) {
	t.Parallel()
	name, err := charmap.Windows1256.NewEncoder().String("معابر شهر")
	require.NoError(t, err)
	files := shapefile(t, "UTF-8", "آزادی")
	var entries []entry
	for ext, content := range files {
		entries = append(entries, entry{name: name + ext, content: string(content)})
	}
	rows, d, err := read(t, newReader(t, Limits{}), Options{}, write(t, "d.zip", pack(t, append(entries, entry{name: "__MACOSX/._x.shp", content: "x"}, entry{name: "readme.txt", content: "x"})...)))
	require.NoError(t, err)
	require.Len(t, rows, 1)
	require.Equal(t, "d.zip/معابر شهر.shp", rows[0].File)
	require.Equal(t, "معابر شهر", rows[0].Layer)
	require.Equal(t, "آزادی", value(t, rows[0], "name"))
	require.Equal(t, "EPSG:4326", rows[0].CRS)
	require.Equal(t, []string{"d.zip/readme.txt"}, d.Ignored)
}

func TestFileGeodatabase(t *testing.T) {
	t.Parallel()
	rows, d, err := read(t, newReader(t, Limits{}), Options{}, shared(t, "addresses/nj-statewide.gdb.zip"))
	require.NoError(t, err)
	require.NotEmpty(t, rows)
	total := int64(0)
	for _, l := range d.Layers {
		total += l.Features
	}
	require.EqualValues(t, total, len(rows))
	require.Contains(t, rows[0].File, "nj-statewide.gdb")
	points := 0
	for _, row := range rows {
		if row.Layer == "AddressPoints_NJ" {
			points++
			require.NotEmpty(t, row.CRS)
			require.Len(t, row.Geoms, 1)
		}
	}
	require.Positive(t, points)
}

func TestFileGeodatabaseWithAForbiddenName(t *testing.T) {
	t.Parallel()
	_, _, err := read(t, newReader(t, Limits{}), Options{}, write(t, "d.zip", pack(t, entry{name: "a.gdb/-rf x", content: "x"})))
	refused(t, err, "archive-refused", "a.gdb")
}

func TestNothingIsLeftOfAnOpenDelivery(t *testing.T) {
	t.Parallel()
	r := newReader(t, Limits{})
	_, _, err := read(t, r, Options{}, write(t, "d.zip", pack(t, entry{name: "a.csv", content: csvText1})))
	require.NoError(t, err)
	left, err := os.ReadDir(r.TempDir)
	require.NoError(t, err)
	require.Empty(t, left)
}
