package sample

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestCleanDeliveriesHaveNoDefect reads every clean delivery back and holds it against the schema of its theme.
func TestCleanDeliveriesHaveNoDefect(t *testing.T) {
	t.Parallel()
	d := writeSample(t, 3000, 3)
	units := map[string][]xy{}
	agencies := map[string]bool{}
	for _, a := range d.manifest.Agencies {
		agencies[a.Code] = true
	}
	for _, code := range []string{"planning", "ncc", "registry", "post", "interior", "forests", "ports", "statistics", "committee"} {
		agencies[code] = true
	}
	schemas := themeSchemas()
	keys, themes := map[string]bool{}, map[string]int{}
	dirtySeen := false
	for _, del := range d.manifest.Deliveries {
		if del.Dirty {
			dirtySeen = true
			continue
		}
		if dirtySeen {
			t.Errorf("%s of %s comes after a dirty delivery", del.Theme, del.Agency)
		}
		schema, ok := schemas[del.Theme]
		if !ok || !agencies[del.Agency] {
			t.Fatalf("unknown theme %q or agency %q", del.Theme, del.Agency)
		}
		rows := d.read(t, del)
		if len(rows) == 0 {
			t.Errorf("%s of %s is empty", del.Theme, del.Agency)
		}
		themes[del.Theme] += len(rows)
		if del.Theme == "admin-unit" {
			for _, row := range rows {
				_, units[row.attrs["code"]] = row.vertices(t)
			}
		}
		territory := units["IR"]
		if del.Territory != "" {
			territory = units[del.Territory]
		}
		if territory == nil {
			t.Fatalf("territory %q has no geometry", del.Territory)
		}
		for _, row := range rows {
			checkRow(t, del, schema, row, territory, keys)
		}
	}
	for theme := range schemas {
		if themes[theme] == 0 {
			t.Errorf("theme %s is not in the sample", theme)
		}
	}
	parcels := themes["cadastre-urban"] + themes["cadastre-rural"] + themes["cadastre-range-forest"] + themes["cadastre-marine"]
	if parcels != d.summary.Parcels || themes["gnaf-address"] != d.summary.Addresses || d.summary.Addresses != 3000 {
		t.Errorf("files have %d parcels and %d addresses, the summary says %+v", parcels, themes["gnaf-address"], d.summary)
	}
	if d.summary.Deliveries != len(d.manifest.Deliveries) || d.summary.Dirty == 0 || themes["urban-boundary"] != d.summary.Cities {
		t.Errorf("summary is %+v for %d deliveries", d.summary, len(d.manifest.Deliveries))
	}
}

func checkRow(t *testing.T, del delivery, schema themeSchema, row feature, territory []xy, keys map[string]bool) {
	t.Helper()
	key := del.Theme
	for _, name := range schema.key {
		key += "|" + row.attrs[name]
	}
	if keys[key] {
		t.Errorf("key %s comes twice", key)
	}
	keys[key] = true
	for _, name := range schema.required {
		if row.attrs[name] == "" {
			t.Errorf("%s: no %s", key, name)
		}
	}
	for name, value := range row.attrs {
		if strings.ContainsAny(value, "\uFFFD?") {
			t.Errorf("%s: %s is %q", key, name, value)
		}
	}
	if schema.geometry == "" {
		return
	}
	kind, points := row.vertices(t)
	if schema.geometry != "any" && kind != schema.geometry {
		t.Errorf("%s is a %s", key, kind)
	}
	if row.attrs["code"] == "IR" || row.attrs["level"] == "province" {
		return // their coverage has a test of its own; vertices on the border are neither in nor out
	}
	for _, p := range points {
		if !contains(territory, p) {
			t.Fatalf("%s: %v is outside %q", key, p, del.Territory)
		}
	}
}

func TestAddressesAreDistinctAndCarryValidCodes(t *testing.T) {
	t.Parallel()
	d := writeSample(t, 2500, 5)
	codes, places := map[string]bool{}, map[string]bool{}
	owner := map[string]string{}
	for _, p := range provinces() {
		for _, prefix := range prefixes(p.postal) {
			owner[prefix] = p.nameFA
		}
	}
	units, floors := 0, 0
	for _, del := range d.manifest.Deliveries {
		if del.Theme != "gnaf-address" || del.Dirty {
			continue
		}
		for _, row := range d.read(t, del) {
			a := row.attrs
			if problem := codeProblem(a["postal_code"]); problem != "" || codes[a["postal_code"]] {
				t.Fatalf("code %q: %q, or it is given twice", a["postal_code"], problem)
			}
			codes[a["postal_code"]] = true
			if owner[a["postal_code"][:5]] != a["province"] {
				t.Fatalf("code %s in %s", a["postal_code"], a["province"])
			}
			place := strings.Join([]string{
				a["city"], a["neighbourhood"], a["street_before"], a["street"], a["number"], a["number_suffix"], a["floor"], a["unit"],
			}, "|")
			if places[place] {
				t.Fatalf("address %s is given twice", place)
			}
			places[place] = true
			if n, err := strconv.Atoi(a["number"]); err != nil || n < 1 {
				t.Fatalf("number %q", a["number"])
			}
			if a["unit"] != "" {
				units++
			}
			if a["floor"] != "" {
				floors++
			}
		}
	}
	if len(codes) != 2500 || units < 500 || floors < 500 {
		t.Errorf("%d codes, %d rows with a unit, %d with a floor", len(codes), units, floors)
	}
}

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
		x, _ := json.Marshal(comparable(a.read(t, del)))
		y, _ := json.Marshal(comparable(b.read(t, b.manifest.Deliveries[i])))
		if string(x) != string(y) {
			t.Errorf("%s of %s differs between two runs", del.Theme, del.Files[0])
		}
	}
	const post = "post/gnaf-IR-02.csv"
	if readFile(t, a.dir, post) == readFile(t, other.dir, post) {
		t.Error("another seed gives the same addresses")
	}
}

func comparable(rows []feature) []any {
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

func TestFolderWithOtherContentIsRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	note := filepath.Join(dir, "note.txt")
	if err := os.WriteFile(note, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Write(t.Context(), Options{Dir: dir, Addresses: 100}); err == nil {
		t.Fatal("no error")
	}
	if got := listFiles(t, dir); !slices.Equal(got, []string{"note.txt"}) {
		t.Errorf("the folder now holds %v", got)
	}
}

func TestEarlierSampleIsReplaced(t *testing.T) {
	t.Parallel()
	d := writeSample(t, 300, 1)
	if _, err := Write(t.Context(), Options{Dir: d.dir, Addresses: 300, Seed: 2}); err != nil {
		t.Fatal(err)
	}
	fresh := writeSample(t, 300, 2)
	if a, b := listFiles(t, d.dir), listFiles(t, fresh.dir); !slices.Equal(a, b) {
		t.Errorf("%v, a fresh folder has %v", a, b)
	}
}

func TestCancelledRunLeavesNoManifest(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	dir := filepath.Join(t.TempDir(), "sample")
	_, err := Write(ctx, Options{Dir: dir, Addresses: 5000, Progress: func(done, _ int) {
		if done > 1000 {
			cancel()
		}
	}})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("error %v", err)
	}
	for _, file := range listFiles(t, dir) {
		if file == "manifest.json" || strings.HasPrefix(file, "work") {
			t.Errorf("%s is left", file)
		}
	}
}

func TestOptionsAreChecked(t *testing.T) {
	t.Parallel()
	for _, o := range []Options{{Dir: t.TempDir(), Addresses: 99}, {Dir: t.TempDir(), Addresses: MaxAddresses + 1}, {Addresses: 100}} {
		if _, err := Write(t.Context(), o); err == nil {
			t.Errorf("%+v is taken", o)
		}
	}
}
