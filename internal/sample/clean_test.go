package sample

import (
	"strings"
	"testing"
)

// cleanDeliveriesHaveNoDefect reads every clean delivery back and holds it against the schema of its theme.
func cleanDeliveriesHaveNoDefect(t *testing.T, d *sampleDir) {
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
	for theme, schema := range schemas {
		if themes[theme] == 0 && !schema.large {
			t.Errorf("theme %s is not in the sample", theme)
		}
	}
	parcels := themes["cadastre-urban"] + themes["cadastre-rural"] + themes["cadastre-range-forest"] + themes["cadastre-marine"]
	if parcels != d.summary.Parcels || themes["gnaf-address"] != d.summary.Addresses || d.summary.Addresses != sampleSize {
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
