package sample

import (
	"archive/zip"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"
)

// shapefileIsWindows1256 reads the dBASE bytes themselves: the letters must be there in windows-1256, with the
// Arabic yeh, and survive the way there and back.
func shapefileIsWindows1256(t *testing.T, d *sampleDir) {
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

// shapefileIsInTheRightPlace compares parcels in UTM with the addresses in degrees: each address lies in a parcel
// of the county, after PROJ has brought the parcels to degrees.
func shapefileIsInTheRightPlace(t *testing.T, d *sampleDir) {
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
