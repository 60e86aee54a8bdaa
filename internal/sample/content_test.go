package sample

import (
	"archive/zip"
	"io"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/peterstace/simplefeatures/geom"
	"golang.org/x/text/encoding/charmap"
)

// TestShapefileIsWindows1256 reads the dBASE bytes themselves: the letters must be there in windows-1256, with the
// Arabic yeh, and survive the way there and back.
func TestShapefileIsWindows1256(t *testing.T) {
	t.Parallel()
	d := writeSample(t, 400, 1)
	z, err := zip.OpenReader(filepath.Join(d.dir, "registry", "cadastre-urban-IR-02-S01.zip"))
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	parts := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		parts[filepath.Ext(f.Name)] = string(data)
	}
	if !strings.Contains(parts[".cpg"], "1256") || !strings.Contains(parts[".prj"], "UTM_Zone_39N") {
		t.Errorf("cpg %q, prj %q", parts[".cpg"], parts[".prj"])
	}
	decoded, err := charmap.Windows1256.NewDecoder().String(parts[".dbf"])
	if err != nil {
		t.Fatal(err)
	}
	for _, word := range []string{"مسکوني", "ناحيه 1", "بخش 11", "شميم"} {
		if !strings.Contains(decoded, word) {
			t.Errorf("the table has no %q", word)
		}
		back, err := charmap.Windows1256.NewEncoder().String(word)
		if err != nil || !strings.Contains(parts[".dbf"], back) {
			t.Errorf("%q does not survive the way back: %v", word, err)
		}
	}
	for _, c := range urbanColumns() {
		if len(c.name) > 10 {
			t.Errorf("field %s is longer than ten bytes", c.name)
		}
	}
}

// TestShapefileIsInTheRightPlace compares parcels in UTM with the addresses in degrees: each address lies in a parcel
// of the county, after PROJ has brought the parcels to degrees.
func TestShapefileIsInTheRightPlace(t *testing.T) {
	t.Parallel()
	d := writeSample(t, 400, 1)
	var rings [][]xy
	var points []xy
	for _, del := range d.manifest.Deliveries {
		switch {
		case del.Theme == "cadastre-urban" && del.Territory == "IR-09-S01":
			for _, row := range d.read(t, del) {
				_, ring := row.vertices(t)
				rings = append(rings, ring)
			}
		case del.Theme == "gnaf-address" && del.Territory == "IR-09":
			for _, row := range d.read(t, del) {
				if strings.HasPrefix(row.attrs["address_id"], "IR-09-S01-C1-") {
					_, p := row.vertices(t)
					points = append(points, p...)
				}
			}
		}
	}
	if len(points) == 0 {
		t.Fatal("no address to look for")
	}
	for _, p := range points {
		hits := 0
		for _, ring := range rings {
			if contains(ring, p) {
				hits++
			}
		}
		if hits != 1 {
			t.Fatalf("address at %v lies in %d parcels", p, hits)
		}
	}
}

// TestNothingIsCompleteOrEmpty estimates each measurable obligation from the files: none may be at 0 or 100.
func TestNothingIsCompleteOrEmpty(t *testing.T) {
	t.Parallel()
	d := writeSample(t, 2000, 1)
	sum, expected, addresses := map[string]float64{}, 0, 0
	for _, del := range d.manifest.Deliveries {
		if del.Dirty {
			continue
		}
		for _, row := range d.read(t, del) {
			switch schema := themeSchemas()[del.Theme]; {
			case del.Theme == "expected-addresses":
				n, err := strconv.Atoi(row.attrs["count"])
				if err != nil {
					t.Fatal(err)
				}
				expected += n
			case del.Theme == "gnaf-address":
				addresses++
			case schema.geometry == "Polygon":
				_, ring := row.vertices(t)
				name := del.Theme
				if name == "base-map-sheet" {
					name += row.attrs["scale"]
					if strings.HasPrefix(row.attrs["sheet_no"], "R-") {
						name = "base-map-rest"
					}
				}
				if row.attrs["code"] == "IR" {
					name = "country"
				}
				sum[name] += area(ring)
			}
		}
	}
	for _, ratio := range []struct {
		name, part, whole string
		low, high         float64
	}{
		{"urban base maps 1:500", "base-map-sheet500", "urban-boundary", 0.2, 0.8},
		{"urban base maps 1:2000", "base-map-sheet2000", "urban-boundary", 0.3, 1.5},
		{"base maps of the rest", "base-map-rest", "country", 0.2, 0.6},
		{"urban cadastre", "cadastre-urban", "urban-boundary", 0.2, 0.8},
		{"rural cadastre", "cadastre-rural", "village", 0.05, 0.8},
		{"range and forest cadastre", "cadastre-range-forest", "range-forest", 0.2, 0.8},
		{"marine cadastre", "cadastre-marine", "territorial-sea", 0.2, 0.8},
	} {
		if got := sum[ratio.part] / sum[ratio.whole]; got < ratio.low || got > ratio.high {
			t.Errorf("%s: %.0f %%", ratio.name, 100*got)
		}
	}
	if got := float64(addresses) / float64(expected); got < 0.6 || got > 0.8 {
		t.Errorf("addresses: %.0f %%", 100*got)
	}
}

func TestDirtyDeliveriesHaveTheirDefects(t *testing.T) {
	t.Parallel()
	d := writeSample(t, 300, 1)
	town := limitsOf(t, d, "IR-02-S01-C9")
	found := map[string]int{}
	for _, del := range d.manifest.Deliveries {
		if !del.Dirty {
			continue
		}
		if del.Agency != "municipality-ir-02-s01-c9" || del.Territory != "IR-02-S01-C9" {
			t.Errorf("a dirty delivery for %s of %s", del.Territory, del.Agency)
		}
		keys := map[string]bool{}
		if del.Mapping != "" {
			found["windows-1256"] += strings.Count(decode1256(t, readFile(t, d.dir, del.Files[0])), "مدرسه")
			continue
		}
		for _, row := range d.read(t, del) {
			if del.Theme == "gnaf-address" {
				if codeProblem(row.attrs["postal_code"]) != "" {
					found["bad code"]++
				}
				if row.attrs["street"] == "" {
					found["no street"]++
				}
				if keys[row.attrs["postal_code"]] {
					found["repeated code"]++
				}
				keys[row.attrs["postal_code"]] = true
				if lon, _ := strconv.ParseFloat(row.attrs["lon"], 64); lon < 40 {
					found["exchanged"]++
				}
				continue
			}
			key := row.attrs["building_id"]
			switch {
			case key == "":
				found["no key"]++
			case keys[key]:
				found["repeated key"]++
			}
			keys[key] = true
			if strings.Contains(key, "A0013") {
				if _, err := geom.UnmarshalGeoJSON(row.geometry); err != nil {
					found["bow-tie"]++
				}
				continue
			}
			_, ring := row.vertices(t)
			if !contains(town, ring[0]) {
				found["outside"]++
			}
		}
	}
	for defect, want := range map[string]int{
		"windows-1256": 2, "bad code": 3, "no street": 1, "repeated code": 1, "exchanged": 1,
		"no key": 1, "repeated key": 1, "bow-tie": 1, "outside": 1,
	} {
		if found[defect] != want {
			t.Errorf("%s: %d times, want %d", defect, found[defect], want)
		}
	}
}

func limitsOf(t *testing.T, d *sampleDir, code string) []xy {
	t.Helper()
	for _, row := range d.read(t, d.manifest.Deliveries[0]) {
		if row.attrs["code"] == code {
			_, ring := row.vertices(t)
			return ring
		}
	}
	t.Fatalf("no unit %s", code)
	return nil
}

func decode1256(t *testing.T, s string) string {
	t.Helper()
	out, err := charmap.Windows1256.NewDecoder().String(s)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestMemoryDoesNotGrow compares the highest heap of a run with that of a run eight times as large.
func TestMemoryDoesNotGrow(t *testing.T) {
	small, large := peakHeap(t, 10_000), peakHeap(t, 80_000)
	if ratio := float64(large) / float64(small); ratio > 1.5 || large > 64<<20 {
		t.Errorf("heap %d bytes for 10,000 addresses, %d for 80,000: ratio %.2f", small, large, ratio)
	}
}

func peakHeap(t *testing.T, addresses int) uint64 {
	t.Helper()
	var peak, calls uint64
	_, err := Write(t.Context(), Options{Dir: filepath.Join(t.TempDir(), "sample"), Addresses: addresses, Progress: func(int, int) {
		if calls++; calls%8 == 1 {
			runtime.GC()
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			peak = max(peak, m.HeapAlloc)
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	return peak
}
