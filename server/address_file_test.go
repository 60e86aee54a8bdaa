package server_test

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nsdi/cadastre"
	"nsdi/gnaf"
	"nsdi/internal/fixture"
	"nsdi/layers"
	"nsdi/server"
)

// unzipped are the files of a zip by name.
func unzipped(t *testing.T, body []byte) map[string]string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	require.NoError(t, err)
	files := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		require.NoError(t, err)
		text, err := io.ReadAll(r)
		require.NoError(t, err)
		files[f.Name] = string(text)
	}
	return files
}

// Settlements of one name, and streets and sites in them, are told apart by their province, and villages by their county too, whichever custodian tells it: in answers and in files.
func TestSettlementsOfOneName(t *testing.T) {
	t.Parallel()
	sandbox, err := fixture.Sandbox()
	require.NoError(t, err)
	q := newQuarter(t, func(d *server.Deps) {
		d.Exports = &layers.Downloads{Sandbox: sandbox, Folder: filepath.Join(t.TempDir(), "downloads"), Now: time.Now, Tables: gnaf.Formats()}
		d.Stores = []layers.Store{gnaf.Store()}
	})
	house := func(key, place string, more map[string]any) fixture.Feature {
		attributes := map[string]any{"city": "نوشهر", "street": "خیابان آزادی", "number": 7}
		maps.Copy(attributes, more)
		maps.Copy(attributes, gnaf.Derive(attributes))
		return fixture.Feature{Key: key, WKT: "POINT(" + place + ")", Attributes: attributes}
	}
	village := func(key, place, county string) fixture.Feature {
		return house(key, place, map[string]any{"city": "علی‌آباد", "province": "فارس", "county": county, "locality_type": "village"})
	}
	after := func(tx pgx.Tx) error { return gnaf.AfterPublish(t.Context(), tx) }
	fixture.Publish(t, q.pool, "gnaf-address", "post", after,
		house("teh", "51.5 35.5", map[string]any{"province": "تهران", "county": "شمیرانات"}), house("far", "52.9 29.6", map[string]any{"province": "استان فارس"}),
		village("v1", "52.8 29.7", "شیراز"), village("v2", "54.2 29.2", "نی‌ریز"))
	fixture.Publish(t, q.pool, "gnaf-address", "registry", after,
		house("r-teh", "51.5001 35.5", map[string]any{"county": "تهران"}), // in the province's outline; a town may be told of two counties
		house("r-far", "52.9001 29.6", map[string]any{"province": "فارس"}),
		house("r-open", "48 30", nil), // of no province that is known, and there are two
		house("r-far-old", "52.9002 29.6", map[string]any{"province": "فارس", "street": "خیابان پهلوی", "floor": 2}),
		house("r-teh-old", "51.5002 35.5", map[string]any{"street": "خیابان پهلوی"}))
	fixture.Publish(t, q.pool, "gnaf-way-alias", "post", func(tx pgx.Tx) error {
		_, err := tx.Exec(t.Context(), `
			update gnaf.name n
			set way_id = old.way_id, of_id = new.way_id
			from gnaf.address old, gnaf.address new
			where old.key = 'r-far-old'
			  and new.key = 'far'`)
		return err
	}, fixture.Feature{Key: "1", Attributes: map[string]any{"city": "نوشهر", "province": "استان فارس", "way": "خیابان آزادی", "name": "خیابان پهلوی", "kind": "former"}})
	site := func(key string) map[string]any {
		return q.json(t, fmt.Sprintf("/v1/addresses/%d", q.address(t, key)))["site"].(map[string]any)
	}
	ids := map[string]string{}
	for _, key := range []string{"teh", "far", "v1", "v2", "r-teh", "r-far", "r-open", "r-far-old", "r-teh-old"} {
		ids[key] = site(key)["id"].(string)
	}
	require.Equal(t, ids["teh"], ids["r-teh"])
	require.Equal(t, ids["far"], ids["r-far"])
	require.Equal(t, ids["far"], ids["r-far-old"], "the street's former name in Fars")
	require.Equal(t, []any{1.0, 2.0}, field(site("far"), "claims", "rows"), "of the Post, and of the Registry under both names")
	require.NotEqual(t, ids["teh"], ids["r-teh-old"], "in Tehran's settlement of the name it is a street of its own")
	require.EqualValues(t, 1, site("teh")["confidence"], "the Post and the Registry, and nobody of another province")
	require.EqualValues(t, 0, site("r-open")["confidence"])
	told := slices.Compact(slices.Sorted(maps.Values(ids)))
	require.Len(t, told, 6)

	way := q.json(t, fmt.Sprintf("/v1/ways/%s", q.text(t, `select way_id::text from gnaf.address where key = 'far'`)))["way"].(map[string]any)
	require.ElementsMatch(t, []any{"تهران", "فارس", "استان فارس", "فارس", nil}, field(way, "names", "province"), "one name of ways, and where it is one; of Fars its former one")
	there := field(way, "names", "street_locality")

	r, body := q.do(t, "GET", "/v1/themes/gnaf-address/download?format=gnaf")
	require.Equal(t, 200, r.StatusCode, "%s %s", body, q.log)
	files := unzipped(t, body)
	rows := func(table string) (all []map[string]string) {
		lines := strings.Split(strings.TrimSpace(files["IR_"+table+"_psv.psv"]), "\r\n")
		columns := strings.Split(lines[0], "|")
		for _, line := range lines[1:] {
			row := map[string]string{}
			for i, cell := range strings.Split(line, "|") {
				row[columns[i]] = cell
			}
			all = append(all, row)
		}
		return all
	}
	names, states, streets, localityOf := map[string]string{}, map[string]string{}, map[string]string{}, map[string]string{}
	for _, row := range rows("STATE") {
		states[row["STATE_PID"]] = row["STATE_NAME"]
	}
	for _, row := range rows("LOCALITY") {
		require.NotContains(t, names, row["LOCALITY_PID"])
		localityOf[row["LOCALITY_PID"]] = row["STATE_PID"]
		names[row["LOCALITY_PID"]] = row["LOCALITY_NAME"] + " " + strings.TrimPrefix(states[row["STATE_PID"]], "استان ")
	}
	require.ElementsMatch(t, []string{"تهران تهران", "نوشهر تهران", "نوشهر فارس", "نوشهر ", "علی‌آباد فارس", "علی‌آباد فارس"}, slices.Collect(maps.Values(names)))
	for _, row := range rows("STREET_LOCALITY") {
		require.NotContains(t, streets, row["STREET_LOCALITY_PID"])
		streets[row["STREET_LOCALITY_PID"]] = row["LOCALITY_PID"]
		one := q.json(t, "/v1/ways/"+row["STREET_LOCALITY_PID"])["way"].(map[string]any)
		if !strings.Contains(row["STREET_LOCALITY_PID"], "-") { // of the settlement that no province is known of: the name in all of them
			continue
		}
		require.Subset(t, field(one, "names", "street_locality"), []any{row["STREET_LOCALITY_PID"]}, "the register has it under this identifier")
		if slices.Contains(there, any(row["STREET_LOCALITY_PID"])) && states[localityOf[row["LOCALITY_PID"]]] != "تهران" {
			require.Equal(t, []any{"خیابان پهلوی"}, field(one, "aliases", "name"))
			require.Equal(t, "آزادی", row["STREET_NAME"])
		} else {
			require.Empty(t, one["aliases"])
		}
	}
	require.Len(t, rows("STREET_LOCALITY_ALIAS"), 2, "in Fars, and where nothing speaks against it")
	found := map[string]string{}
	for _, row := range rows("ADDRESS_DETAIL") {
		require.Equal(t, row["LOCALITY_PID"], streets[row["STREET_LOCALITY_PID"]], "a street is in the locality of its addresses")
		found[row["ADDRESS_SITE_PID"]] = names[row["LOCALITY_PID"]]
	}
	// What a file says is a site is one to the register, and the other way round.
	require.Subset(t, slices.Collect(maps.Keys(found)), told)
	r, body = q.do(t, "GET", "/v1/themes/gnaf-address/download?format=openaddresses")
	require.Equal(t, 200, r.StatusCode, "%s", body)
	lines, err := csv.NewReader(strings.NewReader(unzipped(t, body)["addresses.csv"])).ReadAll()
	require.NoError(t, err)
	listed := map[string]bool{}
	for _, line := range lines[1:] {
		listed[line[9]] = true
	}
	keys, err := q.pool.Query(t.Context(), `select key from gnaf.address`)
	require.NoError(t, err)
	all, err := pgx.CollectRows(keys, pgx.RowTo[string])
	require.NoError(t, err)
	answered := map[string]bool{}
	for _, key := range all {
		answered[site(key)["id"].(string)] = true
	}
	require.ElementsMatch(t, slices.Collect(maps.Keys(answered)), slices.Collect(maps.Keys(listed)))
	require.ElementsMatch(t, slices.Collect(maps.Keys(answered)), slices.Collect(maps.Keys(found)))
	for key, want := range map[string]string{"r-teh": "نوشهر تهران", "r-far": "نوشهر فارس", "r-open": "نوشهر ", "v1": "علی‌آباد فارس", "v2": "علی‌آباد فارس"} {
		require.Equal(t, want, found[ids[key]], key)
	}
}

// Addresses leave as sites: as OpenAddresses and as tables of G-NAF, and in no format with a floor, a unit or a code. Whoever edits one loses none of them.
func TestFilesOfAddresses(t *testing.T) {
	t.Parallel()
	sandbox, err := fixture.Sandbox()
	require.NoError(t, err)
	q := newQuarter(t, func(d *server.Deps) {
		d.Exports = &layers.Downloads{Sandbox: sandbox, Folder: filepath.Join(t.TempDir(), "downloads"), Now: time.Now, Tables: gnaf.Formats()}
		d.Stores = []layers.Store{gnaf.Store(), cadastre.Store()}
	})
	download := "/v1/themes/gnaf-address/download?format="

	r, body := q.do(t, "GET", download+"openaddresses")
	require.Equal(t, 200, r.StatusCode, "%s %s", body, q.log)
	rows, err := csv.NewReader(strings.NewReader(unzipped(t, body)["addresses.csv"])).ReadAll()
	require.NoError(t, err)
	require.Equal(t, strings.Split("LON,LAT,NUMBER,STREET,UNIT,CITY,DISTRICT,REGION,POSTCODE,ID,HASH", ","), rows[0])
	require.Len(t, rows, 5, "four sites: the building of three units, the house beside it, the one far away, and the one that each site of a test has")
	seen := map[string]bool{}
	for _, row := range rows[1:] {
		seen[row[0]+" "+row[2]+" "+row[3]+" "+row[5]+row[4]+row[8]] = true
		require.Regexp(t, `^[0-9a-f]{16}$`, row[9])
		seen[row[10]] = true
	}
	require.Len(t, seen, 8, "each with a hash of its own")
	require.True(t, seen["51.4 10 خیابان بهار تهران"], seen)
	site := q.json(t, fmt.Sprintf("/v1/addresses/%d", q.address(t, "n")))["site"].(map[string]any)
	require.Contains(t, []string{rows[1][9], rows[2][9], rows[3][9], rows[4][9]}, site["id"], "the identifier is that of the register")

	// Two agencies know the street by its former name, one by its Latin one; the last alias is younger than the addresses, and that of another street is not in the file.
	_, err = q.pool.Exec(t.Context(), `
		insert into gnaf.name (theme, dataset_id, version_id, key, hash, city, name, kind, city_key, way_id, of_id, valid_from)
		select 'gnaf-way-alias', 1, 1, v.key, '', 'تهران', v.name, v.kind, 'تهران', gnaf.way_id(v.name, 'تهران'), a.way_id, now() + later::interval
		from (values
		  ('a', 'خیابان ژاله', 'former', 'n', '-1 day'), ('b', 'خیابان ژاله', 'former', 'n', '-2 days'), ('c', 'Bahar Street', 'latin', 'n', '-1 day'),
		  ('d', 'خیابان فردا', 'official', 'n', '1 day'), ('e', 'کوچه پیشین', 'colloquial', 'f', '-1 day')) v (key, name, kind, of, later)
		join gnaf.address a on a.key = v.of`)
	require.NoError(t, err)
	_, err = q.pool.Exec(t.Context(), `update gnaf.name set of_id = -1 where key = 'e'`)
	require.NoError(t, err)

	// The city has another name, and one that is told of the city of another province; the house far away is another address of the one beside.
	_, err = q.pool.Exec(t.Context(), `
		insert into gnaf.name (theme, dataset_id, version_id, key, hash, city, name, kind, city_key, way_id, of_id, attributes, valid_from)
		select 'gnaf-locality-alias', 1, 1, name, '', 'تهران', name, kind, 'تهران', gnaf.way_id(chr(2), name), gnaf.way_id(chr(2), 'تهران'), jsonb_build_object('province', province), now() - interval '1 day'
		from (values ('طهران', 'former', 'تهران'), ('Tehran', 'latin', ''), ('تهرانک', 'colloquial', 'فارس')) v (name, kind, province)`)
	require.NoError(t, err)
	_, err = q.pool.Exec(t.Context(), `update gnaf.address set attributes = attributes || '{"alias_of": "n", "alias_kind": "corner"}' where key = 'f'`)
	require.NoError(t, err)
	site = q.json(t, fmt.Sprintf("/v1/addresses/%d", q.address(t, "n")))["site"].(map[string]any)
	require.EqualValues(t, q.address(t, "f"), site["aliases"].([]any)[0].(map[string]any)["id"])

	r, body = q.do(t, "GET", download+"gnaf")
	require.Equal(t, 200, r.StatusCode, "%s", body)
	files := unzipped(t, body)
	require.Len(t, files, 16, "eleven tables, four code lists and the sheet")
	lines := func(table string) []string {
		return strings.Split(strings.TrimSpace(files["IR_"+table+"_psv.psv"]), "\r\n")
	}
	for table, want := range map[string]int{"STATE": 1, "LOCALITY": 1, "STREET_LOCALITY": 3, "STREET_LOCALITY_ALIAS": 2, "LOCALITY_ALIAS": 2, "ADDRESS_ALIAS": 1, "ADDRESS_SITE": 4, "ADDRESS_SITE_GEOCODE": 4, "ADDRESS_DETAIL": 4, "ADDRESS_DEFAULT_GEOCODE": 4, "PRIMARY_SECONDARY": 0} {
		require.Len(t, lines(table), want+1, table)
		for _, line := range lines(table) {
			require.Equal(t, strings.Count(lines(table)[0], "|"), strings.Count(line, "|"), table)
		}
	}
	require.True(t, strings.HasPrefix(lines("ADDRESS_DETAIL")[0], "ADDRESS_DETAIL_PID|DATE_CREATED|DATE_LAST_MODIFIED|DATE_RETIRED|BUILDING_NAME|"))
	require.Contains(t, files["IR_STREET_LOCALITY_psv.psv"], "|بهار|خیابان|")
	var way string
	require.NoError(t, q.pool.QueryRow(t.Context(), `select way_id::text from gnaf.address where key = 'n'`).Scan(&way))
	locality, _, _ := strings.Cut(lines("LOCALITY")[1], "|")
	way += "-" + locality // the way's name, and where it is the name of a way
	aliases := files["IR_STREET_LOCALITY_ALIAS_psv.psv"]
	require.Contains(t, aliases, "|"+way+"|ژاله|خیابان||ALT\r\n")
	require.Contains(t, aliases, "|"+way+"|Bahar Street|||SYN\r\n")
	require.Contains(t, files["IR_STREET_LOCALITY_psv.psv"], "\n"+way+"|", "the table of streets has it")
	require.Contains(t, files["IR_LOCALITY_ALIAS_psv.psv"], "|طهران||ALT|")
	require.Contains(t, files["IR_LOCALITY_ALIAS_psv.psv"], "|Tehran||SYN|")
	detail := func(street string) []string {
		for _, line := range lines("ADDRESS_DETAIL")[1:] {
			if strings.Contains(line, "|"+street+"|") {
				return strings.Split(line, "|")
			}
		}
		return nil
	}
	alias := strings.Split(lines("ADDRESS_ALIAS")[1], "|")
	require.Equal(t, []string{site["id"].(string), "SYN", "corner"}, []string{alias[3], alias[5], alias[6]})
	far := detail(q.text(t, `select way_id::text from gnaf.address where key = 'f'`) + "-" + locality)
	require.Equal(t, alias[4], far[0])
	require.Contains(t, far, "A", "it is no principal")
	r, again := q.do(t, "GET", download+"gnaf")
	require.Equal(t, 200, r.StatusCode)
	require.Equal(t, body, again)
	r, body = q.do(t, "GET", "/v1/themes/cadastre-urban/download?format=gnaf")
	require.Equal(t, 422, r.StatusCode, "%s", body)
	require.Contains(t, string(body), "format-of-addresses")

	dataset := q.dataset(t)
	everywhere := map[string]string{
		"feed": "/v1/themes/gnaf-address/changes?content=full", "features": fmt.Sprintf("/v1/datasets/%d/features", dataset), "feature": fmt.Sprintf("/v1/datasets/%d/features/u1", dataset),
		"compare": fmt.Sprintf("/v1/datasets/%d/compare?from=1&to=2", dataset), "geojson": download + "geojson", "csv": download + "csv", "gpkg": download + "gpkg", "flatgeobuf": download + "flatgeobuf",
		"in an area": download + "geojson&unit=IR-23-8",
	}
	q.outline(t, "IR-23-8", "51.3 35.6,52 35.6,52 35.8,51.3 35.8,51.3 35.6")
	for name, path := range everywhere {
		r, body := q.do(t, "GET", path, q.post...)
		require.Equal(t, 200, r.StatusCode, "%s: %s", name, body)
		if bytes.HasPrefix(body, []byte("PK")) {
			var all strings.Builder
			for _, text := range unzipped(t, body) {
				all.WriteString(text)
			}
			body = []byte(all.String())
		}
		assert.Contains(t, string(body), "بهار", name)
		for _, private := range []string{firstUnit, nextDoor, `"floor"`, "postal_code"} {
			assert.NotContains(t, string(body), private, name)
		}
	}
	// A signed address is no way round either.
	status, v := q.post2(t, fmt.Sprintf("/v1/datasets/%d/versions/2/downloads", dataset), `{"format":"geojson"}`, q.post...)
	require.Equal(t, 200, status, v)
	_, body = q.do(t, "GET", v["url"].(string))
	require.Contains(t, string(body), "بهار")
	require.NotContains(t, string(body), firstUnit)
}

func (q *quarter) address(t *testing.T, key string) (id int64) {
	t.Helper()
	require.NoError(t, q.pool.QueryRow(t.Context(), `select id from gnaf.address where key = $1`, key).Scan(&id))
	return id
}

func (q *quarter) text(t *testing.T, sql string) (text string) {
	t.Helper()
	require.NoError(t, q.pool.QueryRow(t.Context(), sql).Scan(&text))
	return text
}

func (q *quarter) dataset(t *testing.T) (id int64) {
	t.Helper()
	require.NoError(t, q.pool.QueryRow(t.Context(), `select id from layers.dataset where theme = 'gnaf-address'`).Scan(&id))
	return id
}
