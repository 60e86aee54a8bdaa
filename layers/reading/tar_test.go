package reading

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// tape makes a tar file; a name that ends with @ is a link, one with a slash a folder.
func tape(t testing.TB, entries ...entry) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, e := range entries {
		h := &tar.Header{Name: e.name, Mode: 0o644, Size: int64(len(e.content)), Typeflag: tar.TypeReg, Format: tar.FormatPAX}
		switch {
		case strings.HasSuffix(e.name, "@"):
			h.Typeflag, h.Linkname, h.Size = tar.TypeSymlink, "/etc/passwd", 0
		case strings.HasSuffix(e.name, "#"):
			h.Typeflag, h.Linkname, h.Size = tar.TypeLink, "good.csv", 0
		case strings.HasSuffix(e.name, "/"):
			h.Typeflag = tar.TypeDir
		}
		require.NoError(t, w.WriteHeader(h))
		if h.Size > 0 {
			_, err := w.Write([]byte(e.content))
			require.NoError(t, err)
		}
	}
	require.NoError(t, w.Close())
	return b.Bytes()
}

func squeezed(t testing.TB, b []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	_, err := w.Write(b)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return out.Bytes()
}

// What a zip may not hold a tar may not hold either.
func TestTarsThatAreRefused(t *testing.T) {
	t.Parallel()
	good := entry{name: "good.csv", content: csvText1}
	zeros := strings.Repeat("0", 2<<20)
	var many []entry
	for _, c := range "abcdef" {
		many = append(many, entry{name: string(c) + ".csv", content: csvText1})
	}
	bz, err := os.ReadFile(shared(t, "parcels/edigeo-25354000ZD01.tar.bz2"))
	require.NoError(t, err)
	for _, tc := range []struct {
		name, file string
		body       []byte
		limits     Limits
		says       string
	}{
		{"too many files", "d.tar", tape(t, many...), Limits{Entries: 5}, "more than 5 files"},
		{"too large", "d.tgz", squeezed(t, tape(t, good, entry{name: "b.csv", content: zeros})), Limits{Bytes: 1 << 20}, "larger than allowed"},
		{"too large together", "d.tar.gz", squeezed(t, tape(t, entry{name: "a.csv", content: zeros[:600]}, entry{name: "b.csv", content: zeros[:600]})), Limits{Bytes: 1000}, `"b.csv" is larger`},
		{"bomb", "d.tar.gz", squeezed(t, tape(t, entry{name: "b.csv", content: strings.Repeat("0", freeBytes+8<<20)})), Limits{}, "larger than allowed"},
		{"folders without end", "d.tar.gz", squeezed(t, bytes.Repeat(tape(t, entry{name: "a/"})[:512], 100_000)), Limits{Entries: 5}, "larger than allowed"},
		{"parent folder", "d.tar", tape(t, good, entry{name: "../evil.csv", content: csvText1}), Limits{}, "../evil.csv"},
		{"absolute", "d.tar", tape(t, entry{name: "/etc/evil.csv", content: csvText1}), Limits{}, "/etc/evil.csv"},
		{"backslash", "d.tar", tape(t, entry{name: `..\evil.csv`, content: csvText1}), Limits{}, "evil.csv"},
		{"link", "d.tar", tape(t, entry{name: "link@"}), Limits{}, "link@"},
		{"hard link", "d.tar", tape(t, good, entry{name: "link#"}), Limits{}, "link#"},
		{"same name in other letters", "d.tar", tape(t, good, entry{name: "GOOD.csv", content: csvText1}), Limits{}, "GOOD.csv"},
		{"nested", "d.tar", tape(t, good, entry{name: "inner.tar.bz2", content: "BZh9"}), Limits{}, "inner.tar.bz2"},
		{"cut off", "d.tar", tape(t, good)[:530], Limits{}, "damaged"},
		{"no tar", "d.tar", []byte(strings.Repeat("hello", 300)), Limits{}, "damaged"},
		{"no gzip", "d.tgz", []byte("hello"), Limits{}, "damaged"},
		{"no bzip2", "d.tar.bz2", []byte("hello"), Limits{}, "damaged"},
		{"bzip2 cut off", "d.tar.bz2", bz[:len(bz)/2], Limits{}, "damaged"},
		{"bzip2 too large", "d.tar.bz2", bz, Limits{Bytes: 1 << 16}, "larger than allowed"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			outside := t.TempDir()
			r := newReader(t, tc.limits)
			r.TempDir = filepath.Join(outside, "in")
			require.NoError(t, os.Mkdir(r.TempDir, 0o700))
			_, _, err := read(t, r, Options{}, write(t, tc.file, tc.body))
			refused(t, err, "archive-refused", tc.file)
			require.Contains(t, err.Error(), tc.says)
			left, err := os.ReadDir(outside)
			require.NoError(t, err)
			require.Len(t, left, 1, "nothing is written beside the folder")
		})
	}
}

func TestTarsThatAreTaken(t *testing.T) {
	t.Parallel()
	body := tape(t, entry{name: "in/"}, entry{name: "in/points.csv", content: csvText1}, entry{name: "in/.DS_Store", content: "x"}, entry{name: "in/readme.txt", content: "x"})
	for file, body := range map[string][]byte{"d.tar": body, "d.TGZ": squeezed(t, body), "d.tar.gz": squeezed(t, body)} {
		rows, d, err := read(t, newReader(t, Limits{}), Options{}, write(t, file, body))
		require.NoError(t, err)
		require.Len(t, rows, 1)
		require.Equal(t, file+"/in/points.csv", rows[0].File)
		require.Equal(t, []string{file + "/in/readme.txt"}, d.Ignored)
	}
}

// Whatever a tar holds, nothing is written outside its folder, no more is written than is allowed, and it ends.
func FuzzTar(f *testing.F) {
	f.Add(tape(f, entry{name: "a.csv", content: csvText1}), uint8(0))
	f.Add(squeezed(f, tape(f, entry{name: "../a.csv", content: csvText1})), uint8(1))
	f.Add([]byte("BZh91AY&SY"), uint8(2))
	f.Fuzz(func(t *testing.T, body []byte, packing uint8) {
		outside := t.TempDir()
		dir := filepath.Join(outside, "in")
		require.NoError(t, os.Mkdir(dir, 0o700))
		name := "d" + []string{".tar", ".tgz", ".tar.bz2"}[packing%3]
		host := filepath.Join(outside, name)
		require.NoError(t, os.WriteFile(host, body, 0o600))
		members, err := Limits{Entries: 10, Bytes: 1 << 16, Ratio: 10}.unpackTar(name, host, dir, int64(len(body)))
		left, readErr := os.ReadDir(outside)
		require.NoError(t, readErr)
		require.Len(t, left, 2)
		if err != nil {
			refused(t, err, "archive-refused", name)
			return
		}
		total := int64(0)
		for _, m := range members {
			info, err := os.Stat(m.host)
			require.NoError(t, err)
			require.Equal(t, m.size, info.Size())
			total += m.size
		}
		require.LessOrEqual(t, total, int64(1<<16))
	})
}
