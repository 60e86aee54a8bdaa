package server_test

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nsdi/access"
	"nsdi/internal/fixture"
	"nsdi/layers"
)

// star is a ring with many corners, both in and out.
func star(lon, lat, size float64) string {
	var ring []string
	for i := range 41 {
		radius := size * (1 - 0.5*float64(i%2))
		angle := 2 * math.Pi * float64(i%40) / 40
		ring = append(ring, fmt.Sprintf("%.9f %.9f", lon+radius*math.Cos(angle), lat+radius*math.Sin(angle)))
	}
	return "((" + strings.Join(ring, ",") + "))"
}

// town has a unit with a hole and two parts, and boundaries, places and base map features of two agencies in and around it.
func town(t *testing.T) *press {
	t.Helper()
	p, _ := library(t)
	fixture.Outline(t, p.pool, "district-1", "municipal-district", "منطقه ۱", "",
		`MULTIPOLYGON(((51 35,51.5 34.9,51.6 35.6,51.2 35.7,51 35),(51.2 35.2,51.2 35.3,51.3 35.3,51.3 35.2,51.2 35.2)),((52 35,52 35.2,52.2 35.2,52 35)))`)
	for n, agency := range []string{"ncc", "post"} {
		var areas, drawn []fixture.Feature
		for i := range 150 {
			lon, lat := 50.8+0.09*float64(i%15)+0.01*float64(n), 34.8+0.09*float64(i/15)
			key := fmt.Sprintf("%s-%d", agency, i)
			areas = append(areas, fixture.Feature{Key: key, WKT: "POLYGON" + star(lon, lat, 0.06), Attributes: map[string]any{"code": key, "name_fa": "محله " + key}})
			kinds := []string{
				fmt.Sprintf("POINT(%f %f)", lon, lat), fmt.Sprintf("LINESTRING(%f %f,%f %f)", lon, lat, lon+0.2, lat+0.1), "POLYGON" + star(lon, lat, 0.05),
				fmt.Sprintf("MULTILINESTRING((%f %f,%f %f))", lon, lat, lon, lat+0.2), fmt.Sprintf("MULTIPOINT((%f %f),(%f %f))", lon, lat, lon+0.4, lat),
				fmt.Sprintf("GEOMETRYCOLLECTION(POINT(%[1]f %[2]f),LINESTRING(%[1]f %[2]f,%[3]f %[2]f),POLYGON%[4]s)", lon, lat, lon+0.15, star(lon, lat+0.1, 0.04)),
			}
			drawn = append(drawn, fixture.Feature{Key: key + "/x", WKT: kinds[i%len(kinds)], Attributes: map[string]any{"feature_id": key, "feature_class": "building"}})
		}
		areas = append(areas, fixture.Feature{Key: agency + "-touch", WKT: "POLYGON((52 34.9,52 35,52.05 34.95,52 34.9))", Attributes: map[string]any{"code": agency + "-touch", "name_fa": "نقطه تماس"}})
		fixture.Publish(t, p.pool, "urban-boundary", agency, nil, areas...)
		fixture.Publish(t, p.pool, "base-map-feature", agency, nil, drawn...)
	}
	return p
}

// clipped compares what GDAL read out of a file with what PostGIS itself chooses and cuts, feature by feature.
func (p *press) clipped(t *testing.T, features []again, theme, key, area string, cut bool, what string) {
	t.Helper()
	var keys, shapes []string
	for _, f := range features {
		shape, err := json.Marshal(f.Geometry)
		require.NoError(t, err)
		keys, shapes = append(keys, f.Properties[key].(string)), append(shapes, string(shape))
	}
	var wanted, got, missing, foreign, different int
	require.NoError(t, p.pool.QueryRow(t.Context(), `
		with area as (`+area+`), wanted as (
			select f.attributes ->> $2 as key, case when $5 then st_intersection(f.geom, a.g) else f.geom end as geom, st_dimension(f.geom) as dimension, geometrytype(f.geom) = 'GEOMETRYCOLLECTION' as mixed
			from layers.feature f, area a
			where f.theme = $1
			  and st_intersects(f.geom, a.g)
		), left_over as (
			-- a part of lower dimension is only the boundary's, unless the feature itself has parts of that kind
			select key, mixed, case when $5 and not mixed then st_collectionextract(geom, dimension + 1) else geom end as geom
			from wanted
			where not $5 or mixed or st_dimension(geom) = dimension
		), got as (
			select key, st_setsrid(st_geomfromgeojson(shape), 4326) as geom
			from unnest($3::text[], $4::text[]) g (key, shape)
		)
		select (select count(*) from left_over), (select count(*) from got), count(*) filter (where g.key is null), count(*) filter (where w.key is null),
		  count(*) filter (where st_dimension(w.geom) <> st_dimension(g.geom) or abs(st_area(w.geom) - st_area(g.geom)) > 1e-9
			or case when w.mixed and $5 -- of a collection PostGIS also keeps the points in which an area of it touches
			  then abs(st_length(w.geom) - st_length(g.geom)) > 1e-9
			  else st_hausdorffdistance(w.geom, g.geom) > 1e-7 end)
		from left_over w
		full join got g using (key)`, theme, key, keys, shapes, cut).Scan(&wanted, &got, &missing, &foreign, &different))
	require.Positive(t, wanted, what)
	require.Equal(t, []int{wanted, 0, 0, 0}, []int{got, missing, foreign, different}, "%s: got, missing, foreign, different", what)
}

const unitArea = `select geom as g from layers.admin_unit where code = 'district-1'`

// What PostGIS says lies in a unit is in the file, whole or cut, in every format.
func TestThemeClippedToAUnit(t *testing.T) {
	t.Parallel()
	p := town(t)
	sizes := map[string]int{}
	for _, clip := range []string{"", "&clip=intersects", "&clip=cut"} {
		for _, format := range exportFormats {
			r, body := p.do(t, "GET", "/v1/themes/urban-boundary/download?unit=district-1&format="+format+clip)
			require.Equal(t, 200, r.StatusCode, "%s: %s", format, body)
			features := readBack(t, format, body, "urban-boundary")
			p.clipped(t, features, "urban-boundary", "code", unitArea, clip == "&clip=cut", format+clip)
			sizes[clip] = len(features)
			for _, f := range features {
				require.Contains(t, []string{"Polygon", "MultiPolygon"}, f.Geometry.Type, format+clip)
				require.NotNil(t, f.Properties["dataset_id"], format)
			}
		}
	}
	require.Equal(t, sizes[""], sizes["&clip=intersects"])
	const geojson = "/v1/themes/urban-boundary/download?unit=district-1&format=geojson"
	require.Contains(t, features(t, p, geojson), "post-touch")
	require.NotContains(t, features(t, p, geojson+"&clip=cut"), "post-touch", "it touches the unit in a point and has no area in it")

	// Points, lines, areas and collections.
	for _, clip := range []string{"intersects", "cut"} {
		for _, format := range []string{"geojson", "csv", "gpkg", "flatgeobuf"} {
			r, body := p.do(t, "GET", "/v1/themes/base-map-feature/download?unit=district-1&format="+format+"&clip="+clip)
			require.Equal(t, 200, r.StatusCode, "%s: %s", format, body)
			p.clipped(t, readBack(t, format, body, "base-map-feature"), "base-map-feature", "feature_id", unitArea, clip == "cut", format+clip)
		}
	}
	r, body := p.do(t, "GET", "/v1/themes/base-map-feature/download?unit=district-1&format=shapefile")
	require.Equal(t, 422, r.StatusCode)
	require.Contains(t, string(body), `"code":"format-takes-one-kind"`)
}

// features answers the codes of a GeoJSON download's features.
func features(t *testing.T, p *press, path string) (codes []string) {
	t.Helper()
	r, body := p.do(t, "GET", path)
	require.Equal(t, 200, r.StatusCode, "%s", body)
	var c struct{ Features []again }
	require.NoError(t, json.Unmarshal(body, &c))
	for _, f := range c.Features {
		codes = append(codes, f.Properties["code"].(string))
	}
	return codes
}

// send posts an area, and answers what came back, whatever it is.
func (p *press) send(t *testing.T, path, body string, header ...string) (*http.Response, []byte) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), "POST", p.URL+path, strings.NewReader(body))
	require.NoError(t, err)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	answer, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(r)
	require.NoError(t, err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	return answer, text
}

func TestThemeClippedToADrawnArea(t *testing.T) {
	t.Parallel()
	p := town(t)
	const ring = `[[51.05,35.05],[51.9,34.95],[51.45,35.5],[51.05,35.05]]`
	const high = `[[51.05,35.05,7],[51.9,34.95,7],[51.45,35.5,7],[51.05,35.05,7]]`
	const area = `select st_setsrid(st_geomfromgeojson('{"type":"Polygon","coordinates":[` + ring + `]}'), 4326) as g`
	for _, body := range []string{
		`{"type":"Polygon","coordinates":[` + ring + `]}`, `{"type":"MultiPolygon","coordinates":[[` + ring + `]]}`,
		`{"type":"Feature","properties":{},"geometry":{"type":"Polygon","coordinates":[` + high + `]}}`,
	} {
		for _, clip := range []string{"intersects", "cut"} {
			r, answer := p.send(t, "/v1/themes/urban-boundary/download?format=gpkg&clip="+clip, body, "Range", "bytes=0-9")
			require.Equal(t, 200, r.StatusCode, "%s", answer)
			p.clipped(t, readBack(t, "gpkg", answer, "urban-boundary"), "urban-boundary", "code", area, clip == "cut", clip)
		}
	}
	var many []string
	for i := range layers.MostAreaVertices {
		many = append(many, fmt.Sprintf("[%f,%f]", 51+float64(i)*1e-5, 35+float64(i%2)*1e-5))
	}
	for body, want := range map[string]string{
		``: "area-invalid", `{`: "area-invalid", `null`: "area-invalid", `[]`: "area-invalid", `{"type":"Point","coordinates":[51,35]}`: "area-invalid",
		`{"type":"Feature","geometry":null}`: "area-invalid", `{"type":"Feature","geometry":{"type":"LineString","coordinates":[[51,35],[52,35]]}}`: "area-invalid",
		`{"type":"Polygon","coordinates":[]}`: "area-invalid", `{"type":"Polygon","coordinates":[[[51,35],[52,36],[52,35],[51,36],[51,35]]]}`: "area-invalid",
		`{"type":"Polygon","coordinates":[[[51,35],[52,36]]]}`: "area-invalid", `{"type":"Polygon","coordinates":[[[51,35],[52,36],[52,35]]]}`: "area-invalid",
		`{"type":"Polygon","coordinates":[[[510000,3500000],[520000,3500000],[520000,3600000],[510000,3500000]]]}`: "area-invalid",
		`{"type":"Polygon","coordinates":[[["a",35],[52,36],[52,35],[51,35]]]}`:                                    "area-invalid", `{"type":"Polygon","coordinates":"x"}`: "area-invalid",
		`{"type":"Polygon","coordinates":[[[1e999,35],[52,36],[52,35],[51,35]]]}`:                                         "area-invalid",
		`{"type":"MultiPolygon","coordinates":[[[[51,35],[52,35],[52,36],[51,35]]],[[[51,35],[52,35],[52,36],[51,35]]]]}`: "area-invalid",
		`{"type":"Polygon","coordinates":[[` + strings.Join(many, ",") + `,[51,35]]]}`:                                    "area-too-detailed", strings.Repeat(" ", layers.MostAreaBytes) + "{}": "area-too-long",
	} {
		r, answer := p.send(t, "/v1/themes/urban-boundary/download?format=gpkg", body)
		assert.Contains(t, []int{413, 422}, r.StatusCode, "%.100s: %s", body, answer)
		assert.Contains(t, string(answer), `"code":"`+want+`"`, "%.100s", body)
	}
	r, answer := p.send(t, "/v1/themes/urban-boundary/download?format=gpkg&unit=district-1", `{"type":"Polygon","coordinates":[`+ring+`]}`)
	require.Equal(t, 422, r.StatusCode)
	require.Contains(t, string(answer), `"code":"area-twice"`)
}

// The same question has the same file until any dataset of the theme has another version; a date has the file of that date; the sheet says what took part.
func TestThemeFilesFollowVersions(t *testing.T) {
	t.Parallel()
	p, _ := library(t)
	p.places(t, "post", "a,الف,51,35", "b,ب,55,35")
	p.places(t, "ncc", "c,پ,51.1,35")
	before := time.Now().UTC()
	fixture.Outline(t, p.pool, "u", "city", "شهر", "", "POLYGON((50 34,52 34,52 36,50 36,50 34))")
	const path = "/v1/themes/place/download?format=geojson"
	first, body := p.do(t, "GET", path+"&unit=u")
	require.Equal(t, 200, first.StatusCode, "%s", body)
	require.Equal(t, "application/geo+json", first.Header.Get("Content-Type"))
	require.Equal(t, `attachment; filename="place-u.geojson"`, first.Header.Get("Content-Disposition"))
	again, _ := p.do(t, "GET", path+"&unit=u", "If-None-Match", first.Header.Get("ETag"))
	require.Equal(t, 304, again.StatusCode)
	half, part := p.do(t, "GET", path+"&unit=u", "Range", "bytes=100-", "If-Range", first.Header.Get("ETag"))
	require.Equal(t, 206, half.StatusCode)
	require.Equal(t, string(body[100:]), string(part))

	p.places(t, "ncc", "c,پ,51.1,35", "d,ت,51.2,35")
	second, body := p.do(t, "GET", path+"&unit=u")
	require.NotEqual(t, first.Header.Get("ETag"), second.Header.Get("ETag"))
	var file struct {
		Features   []struct{ Properties map[string]any }
		Provenance []layers.Line
	}
	require.NoError(t, json.Unmarshal(body, &file))
	require.Len(t, file.Features, 3, "a, c and d; b is elsewhere")
	var lines []string
	for _, l := range file.Provenance {
		require.NotEmpty(t, []string{l.FA, l.EN, l.Value}, l.Code)
		lines = append(lines, l.Code+" "+l.Value)
	}
	sheet := strings.Join(lines, "\n")
	for _, want := range []string{
		"theme place", "area واحد تقسیماتی / administrative unit u شهر", "clip عارضه‌های درون یا روی مرز", "bbox 50.0000000,34.0000000,52.0000000,36.0000000",
		"dataset post · 1 · ", "dataset ncc · 2 · ", "features 3", "crs EPSG:4326", "downloaded-by همگان / the public", "made 20",
	} {
		require.Contains(t, sheet, want)
	}
	require.Regexp(t, `dataset post · 1 · \S+ · 1\n`, sheet)
	require.Regexp(t, `dataset ncc · 2 · \S+ · 2\n`, sheet)

	require.ElementsMatch(t, []string{"a", "b", "c", "d"}, features(t, p, path))
	require.ElementsMatch(t, []string{"a", "b", "c"}, features(t, p, path+"&as_of="+url.QueryEscape(before.Format(time.RFC3339Nano))))
	require.Empty(t, features(t, p, path+"&as_of=2001-01-01"))
	require.ElementsMatch(t, []string{"a", "c"}, features(t, p, path+"&unit=u&as_of="+url.QueryEscape(before.Format(time.RFC3339Nano))))
	_, err := p.pool.Exec(t.Context(), `insert into layers.admin_unit (code, level, name_fa, name_key) values ('v', 'city', 'بی‌مرز', 'x')`)
	require.NoError(t, err)
	for query, want := range map[string]string{
		"?format=gpkg&unit=nowhere": "unit-unknown", "?format=gpkg&unit=v": "unit-without-boundary", "?unit=u": "format-unknown", "?format=gpkg&clip=half": "request-invalid",
		"?format=gpkg&as_of=then": "request-invalid", "?format=gpkg&untis=u": "request-invalid", "?format=gpkg&unit=u&sheets=1": "area-twice",
	} {
		r, body := p.do(t, "GET", "/v1/themes/place/download"+query)
		assert.Contains(t, []int{404, 409, 422}, r.StatusCode, query)
		assert.Contains(t, string(body), `"code":"`+want+`"`, query)
	}
	r, body := p.do(t, "GET", "/v1/themes/nothing/download?format=csv")
	require.Equal(t, 404, r.StatusCode, "%s", body)
	r, body = p.do(t, "GET", "/v1/themes/%00/download?format=csv")
	require.Equal(t, 422, r.StatusCode, "%s", body)
	r, body = p.do(t, "GET", "/v1/themes/expected-addresses/download?format=csv&unit=u")
	require.Equal(t, 422, r.StatusCode, "%s", body)
	r, body = p.do(t, "GET", "/v1/themes/electricity/download?format=csv&unit=u")
	require.Equal(t, 401, r.StatusCode, "%s", body)
	r, body = p.do(t, "GET", "/v1/themes/electricity/download?format=csv", "x-api-key", p.key(t, "post", access.Inquirer))
	require.Equal(t, 403, r.StatusCode, "%s", body)
}

// Sheets are chosen from the published index, and the base map within them is downloaded (Article 24).
func TestSheetsOfTheBaseMap(t *testing.T) {
	t.Parallel()
	p := town(t)
	var sheets []fixture.Feature
	for i := range 6 {
		for _, scale := range []int{2000, 500} {
			if scale == 500 && i > 0 {
				continue
			}
			lon := 51.0137 + 0.2*float64(i) // no feature only touches a sheet: what PostGIS makes of the touch of a collection is its own
			key := fmt.Sprintf("S-%d/%d", i, scale)
			sheets = append(sheets, fixture.Feature{
				Key: key, WKT: fmt.Sprintf("POLYGON((%[1]f 35.0071,%[2]f 35.0071,%[2]f %[3]f,%[1]f %[3]f,%[1]f 35.0071))", lon, lon+0.2*float64(scale)/2000, 35.0071+0.2*float64(scale)/2000),
				Attributes: map[string]any{"sheet_no": fmt.Sprintf("S-%d", i), "scale": scale, "producer": "سازمان"},
			})
		}
	}
	fixture.Publish(t, p.pool, "base-map-sheet", "ncc", nil, sheets...)
	list := func(query string) (keys []string, next any) {
		v := p.geojson(t, "/v1/base-map-sheets"+query)
		for _, f := range v["features"].([]any) {
			keys = append(keys, f.(map[string]any)["id"].(string))
		}
		return keys, v["next"]
	}
	all, next := list("")
	require.Len(t, all, 7)
	require.Nil(t, next)
	some, _ := list("?bbox=51.3,35.1,51.5,35.15")
	require.ElementsMatch(t, []string{"S-1/2000", "S-2/2000"}, some)
	some, _ = list("?scale=500")
	require.Equal(t, []string{"S-0/500"}, some)
	some, next = list("?limit=3")
	rest, _ := list(fmt.Sprintf("?after=%.0f", next))
	require.Equal(t, all, append(some, rest...))
	for _, query := range []string{"?scale=1000", "?bbox=1", "?limit=0", "?after=x"} {
		r, body := p.do(t, "GET", "/v1/base-map-sheets"+query)
		require.Equal(t, 422, r.StatusCode, "%s: %s", query, body)
	}

	const two = `select st_union(geom) as g from layers.feature where theme = 'base-map-sheet' and key in ('S-0/500', 'S-2/2000')`
	for _, clip := range []string{"intersects", "cut"} {
		r, body := p.do(t, "GET", "/v1/themes/base-map-feature/download?format=gpkg&sheets=S-2,+S-0/500,S-2/2000&clip="+clip)
		require.Equal(t, 200, r.StatusCode, "%s", body)
		p.clipped(t, readBack(t, "gpkg", body, "base-map-feature"), "base-map-feature", "feature_id", two, clip == "cut", clip)
	}
	first := p.geojson(t, "/v1/base-map-sheets?limit=1")["features"].([]any)[0].(map[string]any)
	r, body := p.do(t, "GET", first["download"].(string)+"&format=geojson")
	require.Equal(t, 200, r.StatusCode, "%s", body)
	require.Contains(t, string(body), "sheets of the base map: "+first["id"].(string))

	for sheets, want := range map[string]string{"S-2,X-1,X-2": "sheet-unknown", "S-0": "sheet-ambiguous", strings.Repeat("S-1,", layers.MostSheets+1): "sheets-too-many", ",": "sheet-unknown"} {
		r, body := p.do(t, "GET", "/v1/themes/base-map-feature/download?format=gpkg&sheets="+sheets)
		assert.Contains(t, []int{404, 422}, r.StatusCode, sheets)
		assert.Contains(t, string(body), `"code":"`+want+`"`, sheets)
		switch want {
		case "sheet-ambiguous":
			assert.Contains(t, string(body), "S-0/2000, S-0/500")
		case "sheet-unknown":
			assert.NotContains(t, string(body), "S-2")
		}
		if strings.Contains(sheets, "X") {
			assert.Contains(t, string(body), "X-1, X-2")
		}
	}
}
