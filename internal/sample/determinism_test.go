package sample

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestSameSeedSameFiles compares two runs byte by byte, and GeoPackages row by row.
func TestSameSeedSameFiles(t *testing.T) {
	t.Parallel()
	a, b, other := writeSample(t, 400, 7), writeSample(t, 400, 7), writeSample(t, 400, 8)
	files := listFiles(t, a.dir)
	if !slices.Equal(files, listFiles(t, b.dir)) {
		t.Fatalf("files %v and %v", files, listFiles(t, b.dir))
	}
	for _, file := range files {
		if !strings.HasSuffix(file, ".gpkg") && readFile(t, a.dir, file) != readFile(t, b.dir, file) {
			t.Errorf("%s differs between two runs", file)
		}
	}
	for i, del := range a.manifest.Deliveries {
		if !strings.HasSuffix(del.Files[0], ".gpkg") {
			continue
		}
		x, _ := json.Marshal(plain(a.read(t, del)))
		y, _ := json.Marshal(plain(b.read(t, b.manifest.Deliveries[i])))
		if string(x) != string(y) {
			t.Errorf("%s of %s differs between two runs", del.Theme, del.Files[0])
		}
	}
	const post = "post/gnaf-IR-02.csv"
	if readFile(t, a.dir, post) == readFile(t, other.dir, post) {
		t.Error("another seed gives the same addresses")
	}
}

func plain(rows []feature) []any {
	var out []any
	for _, r := range rows {
		out = append(out, []any{r.geometry, r.attrs})
	}
	return out
}

func listFiles(t *testing.T, dir string) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			rel, _ := filepath.Rel(dir, path)
			out = append(out, filepath.ToSlash(rel))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func readFile(t *testing.T, dir, file string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, file))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
