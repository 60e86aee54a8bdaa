package sample

import (
	"strconv"
	"strings"
	"testing"

	"github.com/peterstace/simplefeatures/geom"
	"golang.org/x/text/encoding/charmap"
)

func dirtyDeliveriesHaveTheirDefects(t *testing.T, d *sampleDir) {
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
