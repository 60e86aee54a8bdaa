package cadastre_test

import (
	"bufio"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"nsdi/layers"
)

// city is made-up parcels in streets, in EPSG:32639: blocks of two rows of ten lots of 12 by 20 m, with ways of 8 m between them, turned by an angle. Neighbours share their
// vertices to the millimetre. Some lots have a defect, one in every few blocks, each in a place that is known.
type city struct {
	parcels int
	every   int // a defect in every so many blocks; 0: none
	defects []defect
	columns int
	prefix  string
	// The place of the first block.
	x, y float64
}

// defect is what was made wrong, and what has to be found of it.
type defect struct {
	rule string
	key  string // on which it is found
	x, y float64
	at   bool // the place is a point or area at x, y, and not the middle of the parcel
	// of are all parcels that other findings of the same defect may name.
	of []string
}

const (
	lotWidth, lotDepth, wayWidth = 12.0, 20.0, 8.0
	lotsOfBlock                  = 20
)

// turned brings metres of the city's own grid to the map's.
func (c *city) turned(x, y float64) (float64, float64) {
	sin, cos := math.Sincos(0.2)
	return math.Round((c.x+x*cos-y*sin)*1000) / 1000, math.Round((c.y+x*sin+y*cos)*1000) / 1000
}

func (c *city) ring(points ...float64) string {
	var out []string
	for i := 0; i <= len(points); i += 2 {
		x, y := c.turned(points[i%len(points)], points[(i+1)%len(points)])
		out = append(out, fmt.Sprintf("%.3f %.3f", x, y))
	}
	return "(" + strings.Join(out, ",") + ")"
}

// lot is one row of the file.
type lot struct {
	key, wkt, national string
	main, sub          int
	declared, accuracy float64
}

// write makes the file of the city.
func (c *city) write(t testing.TB) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "city.csv")
	out, err := os.Create(file)
	require.NoError(t, err)
	w := bufio.NewWriterSize(out, 1<<20)
	fmt.Fprintln(w, "parcel_id,section,main_plate,sub_plate,declared_area_m2,accuracy_m,national_parcel_id,registered_on,WKT")
	put := func(l lot) {
		fmt.Fprintf(w, "%s,3,%d,%d,%.2f,%g,%s,2024-01-01,\"%s\"\n", l.key, l.main, l.sub, l.declared, l.accuracy, l.national, l.wkt)
	}
	blocks := c.parcels / lotsOfBlock
	c.columns = int(math.Ceil(math.Sqrt(float64(blocks) * 48 / 128)))
	kinds := c.kinds()
	for b := range blocks {
		x0, y0 := float64(b%c.columns)*(10*lotWidth+wayWidth), float64(b/c.columns)*(2*lotDepth+wayWidth)
		lots := make([]lot, 0, lotsOfBlock)
		for i := range lotsOfBlock {
			x, y := x0+float64(i%10)*lotWidth, y0+float64(i/10)*lotDepth
			lots = append(lots, lot{
				key: fmt.Sprintf("%s%07d", c.prefix, b*lotsOfBlock+i), main: b + 1, sub: i + 1, declared: lotWidth * lotDepth, accuracy: 0.05,
				wkt: "POLYGON(" + c.ring(x, y, x+lotWidth, y, x+lotWidth, y+lotDepth, x, y+lotDepth) + ")",
			})
		}
		if c.every > 0 && b%c.every == 0 {
			// The fourth lot of the lower row is the one with the defect: a way is below it, others are beside and above it.
			lots = kinds[b/c.every%len(kinds)](lots, x0+3*lotWidth, y0)
		}
		for _, l := range lots {
			put(l)
		}
	}
	require.NoError(t, w.Flush())
	require.NoError(t, out.Close())
	return file
}

// kinds make the defects, each from the lots of a block and the lower left corner of its fourth lot.
func (c *city) kinds() []func(lots []lot, x, y float64) []lot {
	const w, d = lotWidth, lotDepth
	note := func(rule string, l lot, x, y float64, at bool, of ...string) {
		mx, my := c.turned(x, y)
		c.defects = append(c.defects, defect{rule, l.key, mx, my, at, append(of, l.key)})
	}
	polygon := func(rings ...string) string { return "POLYGON(" + strings.Join(rings, ",") + ")" }
	extra := func(l lot, suffix, wkt string, area float64) lot {
		l.key, l.wkt, l.sub, l.declared = l.key+suffix, wkt, l.sub+100, area
		return l
	}
	return []func(lots []lot, x, y float64) []lot{
		func(lots []lot, x, y float64) []lot { // half a metre over the neighbour
			lots[3].wkt, lots[3].declared = polygon(c.ring(x, y, x+w+0.5, y, x+w+0.5, y+d, x, y+d)), (w+0.5)*d
			note("overlap", lots[4], x+w+0.25, y+d/2, true, lots[3].key, lots[13].key, lots[14].key)
			return lots
		},
		func(lots []lot, x, y float64) []lot { // a bulge into the neighbour
			lots[3].wkt = polygon(c.ring(x, y, x+w, y, x+w+0.02, y+d/2, x+w, y+d, x, y+d))
			note("overlap-sliver", lots[4], x+w, y+d/2, true, lots[3].key)
			return lots
		},
		func(lots []lot, x, y float64) []lot { // a gap of 0.3 m
			lots[3].wkt, lots[3].declared = polygon(c.ring(x, y, x+w-0.3, y, x+w-0.3, y+d, x, y+d)), (w-0.3)*d
			note("gap", lots[4], x+w-0.15, y+d/2, true, lots[3].key, lots[13].key)
			return lots
		},
		func(lots []lot, x, y float64) []lot { // ground that nobody has
			lots[3].wkt, lots[3].declared = polygon(c.ring(x, y, x+w, y, x+w, y+d, x, y+d), c.ring(x+3, y+3, x+3, y+8, x+8, y+8, x+8, y+3)), w*d-25
			note("hole", lots[3], x+5.5, y+5.5, true)
			return lots
		},
		func(lots []lot, x, y float64) []lot { // a vertex that the neighbour does not have
			lots[3].wkt = polygon(c.ring(x, y, x+w, y, x+w, y+d/2, x+w, y+d, x, y+d))
			note("corner-unmatched", lots[4], x+w, y+d/2, true, lots[3].key)
			return lots
		},
		func(lots []lot, x, y float64) []lot { // the same again, begun elsewhere
			again := extra(lots[3], "d", polygon(c.ring(x+w, y+d, x, y+d, x, y, x+w, y)), w*d)
			note("geometry-duplicate", again, x+w/2, y+d/2, true, lots[3].key)
			return append(lots, again)
		},
		func(lots []lot, x, y float64) []lot { // a bow-tie
			lots[3].wkt = polygon(c.ring(x, y, x+w, y+d, x+w, y, x, y+d))
			note("geometry-invalid", lots[3], x+w/2, y+d/2, true)
			return lots
		},
		func(lots []lot, x, y float64) []lot { // a vertex twice
			lots[3].wkt = polygon(c.ring(x, y, x+w, y, x+w, y, x+w, y+d, x, y+d))
			note("vertices-repeated", lots[3], x+w, y, true)
			return lots
		},
		func(lots []lot, x, y float64) []lot { // a spike into the way
			lots[3].wkt = polygon(c.ring(x, y, x+6, y, x+6.01, y-3, x+6.02, y, x+w, y, x+w, y+d, x, y+d))
			note("spike", lots[3], x+6.01, y-3, true)
			return lots
		},
		func(lots []lot, x, y float64) []lot { // a parcel of 2 m² in the way
			tiny := extra(lots[3], "t", polygon(c.ring(x, y-5, x+2, y-5, x+2, y-4, x, y-4)), 2)
			note("polygon-tiny", tiny, x+1, y-4.5, true)
			return append(lots, tiny)
		},
		func(lots []lot, x, y float64) []lot { // one that is 0.2 m wide
			sliver := extra(lots[3], "s", polygon(c.ring(x, y-4, x+40, y-4, x+40, y-3.8, x, y-3.8)), 8)
			note("parcel-sliver", sliver, x+20, y-3.9, true)
			return append(lots, sliver)
		},
		func(lots []lot, x, y float64) []lot { // two parts
			lots[3].wkt = "MULTIPOLYGON((" + c.ring(x, y, x+w, y, x+w, y+d, x, y+d) + "),(" + c.ring(x, y-5, x+3, y-5, x+3, y-2, x, y-2) + "))"
			lots[3].declared = w*d + 9
			note("parcel-multipart", lots[3], x+w/2, y+d/2, true)
			return lots
		},
		func(lots []lot, x, y float64) []lot {
			lots[3].declared += 4 // the tolerance is 1.55 m²
			note("area-differs", lots[3], x+w/2, y+d/2, true)
			return lots
		},
		func(lots []lot, x, y float64) []lot {
			lots[3].declared *= 1.5
			note("area-differs-greatly", lots[3], x+w/2, y+d/2, true)
			return lots
		},
		func(lots []lot, x, y float64) []lot {
			lots[3].accuracy, lots[3].declared = 0.4, w*d
			note("accuracy-poor", lots[3], x+w/2, y+d/2, false)
			return lots
		},
		func(lots []lot, x, y float64) []lot {
			lots[3].sub = -1
			note("plate-invalid", lots[3], x+w/2, y+d/2, false)
			return lots
		},
		func(lots []lot, x, y float64) []lot {
			lots[3].sub = lots[2].sub
			note("plate-not-unique", lots[3], x+w/2, y+d/2, false, lots[2].key)
			return lots
		},
		func(lots []lot, x, y float64) []lot {
			lots[2].national, lots[3].national = lots[2].key, lots[2].key
			note("national-id-not-unique", lots[3], x+w/2, y+d/2, false, lots[2].key)
			return lots
		},
	}
}

func (d *desk) city(c *city) *layers.Report {
	d.t.Helper()
	report, err := d.im.Import(d.t.Context(), layers.Request{Theme: "cadastre-urban", Agency: "registry", Files: []string{c.write(d.t)}, Mapping: layers.Mapping{CRS: "EPSG:32639"}})
	require.NoError(d.t, err)
	return report
}

// One parcel in a hundred has a defect, of every kind: each is found on its parcel and in its place, and nothing is found of those that have none.
func TestSeededDefects(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	c := &city{parcels: 18_000, every: 5, x: 536_000, y: 3_950_000}
	report := d.city(c)
	require.Len(t, c.defects, 180, "ten of each of eighteen kinds")
	rows, err := d.pool.Query(t.Context(), `
		select rule, severity, coalesce(feature_key, ''), coalesce(other_key, ''), public.st_astext(public.st_transform(geom, 32639))
		from layers.finding
		where submission_id = $1`, report.Submission)
	require.NoError(t, err)
	defer rows.Close()
	type found struct{ rule, key string }
	places := map[found][]string{}
	owner := map[string]int{} // of which defect a parcel is
	for i, s := range c.defects {
		for _, key := range s.of {
			owner[key] = i + 1
		}
	}
	for rows.Next() {
		var rule, severity, key, other, place string
		require.NoError(t, rows.Scan(&rule, &severity, &key, &other, &place))
		places[found{rule, key}] = append(places[found{rule, key}], place)
		require.NotZero(t, owner[key], "%s is found on %s, which has no defect (other: %s)", rule, key, other)
		if severity == "E" {
			s := c.defects[owner[key]-1]
			require.Equal(t, [2]string{s.rule, s.key}, [2]string{rule, key}, "an error is the defect's own")
		}
	}
	require.NoError(t, rows.Err())
	rows.Close()
	for _, s := range c.defects {
		at := places[found{s.rule, s.key}]
		require.NotEmpty(t, at, "%s of %s is not found", s.rule, s.key)
		var near bool
		require.NoError(t, d.pool.QueryRow(t.Context(), `
			select bool_or(public.st_dwithin(public.st_setsrid(public.st_makepoint($2, $3), 32639), public.st_geomfromtext(p, 32639), $4))
			from unnest($1::text[]) p`, at, s.x, s.y, map[bool]float64{true: 0.1, false: 5}[s.at]).Scan(&near))
		require.True(t, near, "%s of %s is found at %v, and not at %.1f %.1f", s.rule, s.key, at, s.x, s.y)
	}
}

// A city without defects has no findings at all.
func TestNothingIsFoundOfWhatFits(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	report := d.city(&city{parcels: 4000, x: 536_000, y: 3_950_000})
	require.Empty(t, report.Rules)
	require.EqualValues(t, 4000, report.Accepted)
}

// The overlaps and gaps of a city with defects are those that PostGIS finds in it as a whole.
func TestSeededDefectsAsPostGISFindsThem(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	c := &city{parcels: 3600, every: 2, x: 536_000, y: 3_950_000}
	_, err := d.im.Import(t.Context(), layers.Request{
		Theme: "cadastre-urban", Agency: "registry", Profile: "trial", Files: []string{c.write(t)}, Mapping: layers.Mapping{CRS: "EPSG:32639"},
	})
	require.NoError(t, err)
	d.sameAsPostGIS()
	d.sameGapsAsPostGIS()
}

// Where no second connection is free, the rules that are asked beside the coverage are asked before it, and find the same.
func TestOneConnectionIsEnough(t *testing.T) {
	t.Parallel()
	d, one := newDesk(t), newDesk(t)
	config := one.im.Pool.Config()
	config.MaxConns, config.MinConns, config.MinIdleConns = 1, 0, 0
	pool, err := pgxpool.NewWithConfig(t.Context(), config)
	require.NoError(t, err)
	defer pool.Close()
	one.im.Pool = pool
	found := d.city(&city{parcels: 1800, every: 1, x: 536_000, y: 3_950_000}).Rules
	require.Greater(t, len(found), 15)
	require.Equal(t, found, one.city(&city{parcels: 1800, every: 1, x: 536_000, y: 3_950_000}).Rules)
}
