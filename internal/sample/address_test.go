package sample

import (
	"strconv"
	"strings"
	"testing"
)

func addressesAreDistinctAndCarryValidCodes(t *testing.T, d *sampleDir) {
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
	if len(codes) != sampleSize || units < 500 || floors < 500 {
		t.Errorf("%d codes, %d rows with a unit, %d with a floor", len(codes), units, floors)
	}
}
