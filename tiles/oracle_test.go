package tiles_test

import (
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"nsdi/internal/mvtcheck"
	"nsdi/internal/pgtest"
	"nsdi/tiles/mvt"
)

// Real files drawn by our encoder and by PostGIS: the same features, as large and as long.
func TestTilesEqualThoseOfPostGIS(t *testing.T) {
	t.Parallel()
	data := filepath.Join("..", "..", "shared", "data")
	if _, err := os.Stat(data); err != nil {
		t.Skip("needs the shared data folder beside the checkout, which is not there")
	}
	url := pgtest.URL(t)
	pool, err := pgxpool.New(t.Context(), url)
	require.NoError(t, err)
	t.Cleanup(pool.Close)
	for i, source := range []struct {
		name, file, layer string
		kind              uint32 // of geometry, as tiles number them
		zooms             []int
	}{
		{"parcels of Paris", "/vsigzip/" + filepath.Join(data, "parcels", "cadastre-75118-parcelles.json.gz"), "", 3, []int{10, 13, 14, 16, 18}},
		{"zoning with invalid areas", "/vsigzip/" + filepath.Join(data, "parcels", "es_catastro_zoning.gml.gz"), "", 3, []int{10, 13, 15}},
		{"areas of Liechtenstein", filepath.Join(data, "osm", "liechtenstein-latest.osm.pbf"), "multipolygons", 3, []int{8, 12, 14, 16}},
		{"lines of Liechtenstein", filepath.Join(data, "osm", "liechtenstein-latest.osm.pbf"), "lines", 2, []int{8, 12, 14, 16}},
		{"points of Liechtenstein", filepath.Join(data, "osm", "liechtenstein-latest.osm.pbf"), "points", 1, []int{8, 12, 16}},
		{"buildings of Otterlo", "/vsizip/" + filepath.Join(data, "municipal", "nl_bgt_otterlo.zip") + "/bgt_pand.gml", "", 3, []int{12, 14, 16, 18}},
	} {
		table := fmt.Sprintf("access.drawn_%d", i)
		load(t, url, source.file, source.layer, table)
		_, err := pool.Exec(t.Context(), `delete from `+table+` where st_dimension(geom) <> $1`, source.kind-1)
		require.NoError(t, err)
		for _, z := range source.zooms {
			t.Run(fmt.Sprintf("%s at %d", source.name, z), func(t *testing.T) { compared(t, pool, table, source.kind, z) })
		}
	}
}

func load(t *testing.T, url, file, layer, table string) {
	t.Helper()
	c, err := pgconn.ParseConfig(url)
	require.NoError(t, err)
	args := []string{
		"-f", "PostgreSQL", fmt.Sprintf("PG:host=%s port=%d user=%s dbname=%s", c.Host, c.Port, c.User, c.Database), file, "-nln", table, "-t_srs", "EPSG:3857",
		"-nlt", "CONVERT_TO_LINEAR", "-nlt", "GEOMETRY", "-lco", "GEOMETRY_NAME=geom", "-lco", "FID=fid", "-select", "", "-dim", "XY",
	}
	if strings.Contains(file, "otterlo") { // says no system; it is the Dutch one
		args = append(args, "-s_srs", "EPSG:28992")
	}
	if layer != "" {
		args = append(args, layer)
	}
	out, err := exec.CommandContext(t.Context(), "ogr2ogr", args...).CombinedOutput()
	require.NoError(t, err, "%s", out)
}

// sizes of a drawn feature: its area, length or number of points, in cells.
type sizes map[uint64]float64

func (s sizes) sum() (sum float64) {
	for _, v := range s {
		sum += v
	}
	return sum
}

func compared(t *testing.T, pool *pgxpool.Pool, table string, kind uint32, z int) {
	rows, err := pool.Query(t.Context(), `
		select distinct x, y
		from (
			select floor((st_x(p) + 20037508.342789244) / 40075016.685578488 * (1 << $1))::int as x, floor((20037508.342789244 - st_y(p)) / 40075016.685578488 * (1 << $1))::int as y
			from (select st_pointonsurface(geom) p from `+table+`) t
		) t
		order by x, y`, z)
	require.NoError(t, err)
	type address struct{ X, Y int }
	all, err := pgx.CollectRows(rows, pgx.RowToStructByPos[address])
	require.NoError(t, err)
	require.NotEmpty(t, all)
	for i := 0; i < len(all); i += 1 + len(all)/12 {
		a := all[i]
		ours, squares := ourSizes(t, pool, table, z, a.X, a.Y)
		theirs, outline := theirSizes(t, pool, table, kind, z, a.X, a.Y)
		require.InEpsilon(t, theirs.sum()+1, ours.sum()-squares.sum()+1, 0.02, "tile %d/%d/%d", z, a.X, a.Y)
		for id, size := range theirs {
			if mine, drawn := ours[id]; !drawn { // strips thinner than a cell vanish by the way their corners are rounded
				require.LessOrEqual(t, size, outline[id]/2, "feature %d of tile %d/%d/%d is missing", id, z, a.X, a.Y)
			} else if kind == 3 { // corners are rounded: what that moves is less than a cell along the outline
				require.InDelta(t, size, mine, 0.02*size+outline[id]/2, "feature %d of tile %d/%d/%d", id, z, a.X, a.Y)
			}
		}
		for id, size := range ours {
			if _, both := theirs[id]; !both {
				require.LessOrEqual(t, size, 8+outline[id]/2, "feature %d of tile %d/%d/%d: only what would vanish is drawn by us alone", id, z, a.X, a.Y)
			}
		}
	}
}

// ourSizes also answers which features are squares that stand for something smaller.
func ourSizes(t *testing.T, pool *pgxpool.Pool, table string, z, x, y int) (all, squares sizes) {
	var l mvt.Layer
	l.Begin(z, x, y, nil)
	from := ` from ` + table + ` where geom && st_tileenvelope($1, $2, $3, margin => 64.0 / 4096)`
	each(t, pool, `select fid::bigint, st_asewkb(geom), st_asewkb(st_asmvtgeom(geom, st_tileenvelope($1, $2, $3), 4096, 64, true))`+from, func(id int64, geom, mended []byte) {
		outcome, err := l.Add(uint64(id), geom, nil)
		require.NoError(t, err)
		if outcome == mvt.Broken && mended != nil {
			_, err = l.Mended(uint64(id), mended, nil)
			require.NoError(t, err)
		}
		if outcome == mvt.Drawn && mended == nil {
			if squares == nil {
				squares = sizes{}
			}
			squares[uint64(id)] = 0
		}
	}, z, x, y)
	layers, err := mvtcheck.Decode(l.Append(nil, "layer"))
	require.NoError(t, err)
	all = sizes{}
	for _, layer := range layers {
		for _, f := range layer.Features {
			all[f.ID] = size(f)
			if _, is := squares[f.ID]; is {
				squares[f.ID] = all[f.ID]
			}
		}
	}
	return all, squares
}

func size(f mvtcheck.Feature) (sum float64) {
	for _, p := range f.Paths {
		switch f.Kind {
		case 1:
			sum += float64(len(p))
		case 2:
			for i := range p[1:] {
				sum += math.Hypot(float64(p[i+1][0]-p[i][0]), float64(p[i+1][1]-p[i][1]))
			}
		default:
			sum += float64(mvtcheck.Area2(p)) / 2
		}
	}
	return sum
}

// theirSizes also answers how long the outlines of areas are.
func theirSizes(t *testing.T, pool *pgxpool.Pool, table string, kind uint32, z, x, y int) (all, outlines sizes) {
	measure := map[uint32]string{1: "st_npoints(g)", 2: "st_length(g)", 3: "st_area(g)"}[kind]
	rows, err := pool.Query(t.Context(), `
		select fid::bigint, `+measure+`::float8, st_perimeter(geom) / (40075016.685578488 / 4096 / (1 << $1))
		from `+table+`, lateral (select st_asmvtgeom(geom, st_tileenvelope($1, $2, $3), 4096, 64, true) g offset 0) d
		where geom && st_tileenvelope($1, $2, $3, margin => 64.0 / 4096)`, z, x, y)
	require.NoError(t, err)
	all, outlines = sizes{}, sizes{}
	var id int64
	var v *float64
	var outline float64
	_, err = pgx.ForEachRow(rows, []any{&id, &v, &outline}, func() error {
		if v != nil {
			all[uint64(id)] = *v
		}
		outlines[uint64(id)] = outline
		return nil
	})
	require.NoError(t, err)
	return all, outlines
}

func each(t *testing.T, pool *pgxpool.Pool, sql string, do func(id int64, geom, mended []byte), args ...any) {
	rows, err := pool.Query(t.Context(), sql, args...)
	require.NoError(t, err)
	var id int64
	var geom, mended []byte
	_, err = pgx.ForEachRow(rows, []any{&id, &geom, &mended}, func() error { do(id, geom, mended); return nil })
	require.NoError(t, err)
}
