package cadastre_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"nsdi/cadastre"
	"nsdi/internal/pg"
	"nsdi/layers"
)

// box is a parcel whose sides are in units of a ten-thousandth of a degree, some ten metres.
type box struct {
	id         string
	x, y, w, h float64
	more       string // of its properties
}

func boxes(list ...box) string {
	var features []string
	for _, b := range list {
		sub := 0 // a plate of its own
		for _, c := range b.id {
			sub = sub*100 + int(c)
		}
		x0, y0, x1, y1 := 51.4+b.x/1e4, 35.7+b.y/1e4, 51.4+(b.x+b.w)/1e4, 35.7+(b.y+b.h)/1e4
		features = append(features, fmt.Sprintf(`{"type":"Feature","properties":{"parcel_id":%q,"section":"3","main_plate":72,"sub_plate":%d,"accuracy_m":0.1%s},
			"geometry":{"type":"Polygon","coordinates":[[[%.7[4]f,%.7[5]f],[%.7[6]f,%.7[5]f],[%.7[6]f,%.7[7]f],[%.7[4]f,%.7[7]f],[%.7[4]f,%.7[5]f]]]}}`, b.id, sub, b.more, x0, y0, x1, y1))
	}
	return `{"type":"FeatureCollection","features":[` + strings.Join(features, ",") + `]}`
}

func (d *desk) lineage() string {
	d.t.Helper()
	s := d.row(`
		select string_agg(parent_key || '>' || child_key || ' ' || kind || case when derived then ' derived' else '' end || case when undone_by is not null then ' undone' else '' end
		  || case when parent_id is null then ' unknown' else '' end, ', ' order by version_id, child_key, parent_key) as s
		from cadastre.lineage`)["s"]
	if s == nil {
		return ""
	}
	return s.(string)
}

func TestLineageIsDerived(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		before, after []box
		want          string
	}{
		"nothing moves": {[]box{{id: "a", w: 10, h: 10}}, []box{{id: "a", w: 10, h: 10, more: `,"lot":"2"`}}, ""},
		"a survey moves the boundary by a hand's breadth": {[]box{{id: "a", w: 10, h: 10}, {id: "b", x: 10, w: 10, h: 10}}, []box{{id: "a", w: 10.02, h: 10}, {id: "b", x: 10.02, w: 9.98, h: 10}}, ""},
		"split":                                 {[]box{{id: "a", w: 10, h: 10}}, []box{{id: "a1", w: 5, h: 10}, {id: "a2", x: 5, w: 5, h: 10}}, "a>a1 split derived, a>a2 split derived"},
		"split of which one part keeps the key": {[]box{{id: "a", w: 10, h: 10}}, []box{{id: "a", w: 6, h: 10}, {id: "b", x: 6, w: 4, h: 10}}, "a>b split derived"},
		"merge":                                 {[]box{{id: "a", w: 5, h: 10}, {id: "b", x: 5, w: 5, h: 10}}, []box{{id: "c", w: 10, h: 10}}, "a>c merge derived, b>c merge derived"},
		"merge into one of them":                {[]box{{id: "a", w: 5, h: 10}, {id: "b", x: 5, w: 5, h: 10}}, []box{{id: "a", w: 10, h: 10}}, "b>a merge derived"},
		"boundary change":                       {[]box{{id: "a", w: 10, h: 10}, {id: "b", x: 10, w: 10, h: 10}}, []box{{id: "a", w: 12, h: 10}, {id: "b", x: 12, w: 8, h: 10}}, "b>a boundary derived"},
		"another key":                           {[]box{{id: "a", w: 10, h: 10}}, []box{{id: "z", w: 10, h: 10}}, "a>z replacement derived"},
		"rearrangement": {
			[]box{{id: "a", w: 10, h: 10}, {id: "b", y: 10, w: 10, h: 10}},
			[]box{{id: "c", w: 5, h: 20}, {id: "d", x: 5, w: 5, h: 20}},
			"a>c rearrangement derived, b>c rearrangement derived, a>d rearrangement derived, b>d rearrangement derived",
		},
		"gone, and something new elsewhere": {[]box{{id: "a", w: 10, h: 10}}, []box{{id: "n", x: 50, w: 10, h: 10}}, ""},
		"a neighbour that only touches":     {[]box{{id: "a", w: 10, h: 10}, {id: "b", x: 10, w: 10, h: 10}}, []box{{id: "a1", w: 10, h: 10}, {id: "b", x: 10, w: 10, h: 10}}, "a>a1 replacement derived"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			d.deliver("cadastre-urban", boxes(c.before...))
			require.Empty(t, d.lineage(), "a first delivery comes of nothing")
			d.deliver("cadastre-urban", boxes(c.after...))
			require.Equal(t, c.want, d.lineage())
		})
	}
}

// What the deliverer says of the predecessors counts, and nothing is derived beside it.
func TestLineageAsDelivered(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.deliver("cadastre-urban", boxes(box{id: "a", w: 10, h: 10}, box{id: "b", x: 10, w: 10, h: 10}))
	report := d.deliver("cadastre-urban", boxes(box{id: "a1", w: 5, h: 10, more: `,"parents":"a"`}, box{id: "a2", x: 5, w: 5, h: 10, more: `,"parents":" a ؛ old;a2"`}, box{id: "b", x: 10, w: 10, h: 10}))
	require.Equal(t, "a>a1 split, a>a2 rearrangement, old>a2 merge unknown", d.lineage())
	require.Contains(t, report.Notes[len(report.Notes)-1].EN, "split 1")
	// The same words in a later delivery say nothing new.
	d.deliver("cadastre-urban", boxes(box{id: "a1", w: 5, h: 10, more: `,"parents":"a","lot":"9"`}, box{id: "a2", x: 5, w: 5, h: 10, more: `,"parents":" a ؛ old;a2"`}, box{id: "b", x: 10, w: 10, h: 10}))
	require.Equal(t, "a>a1 split, a>a2 rearrangement, old>a2 merge unknown", d.lineage())
}

// A parcel's lineage is followed over versions; a roll-back takes it back, and a roll-back of that brings it again.
func TestLineageOverVersions(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.deliver("cadastre-urban", boxes(box{id: "a", w: 10, h: 10}))
	d.deliver("cadastre-urban", boxes(box{id: "a1", w: 5, h: 10}, box{id: "a2", x: 5, w: 5, h: 10}))
	d.deliver("cadastre-urban", boxes(box{id: "a1", w: 5, h: 10}, box{id: "a21", x: 5, w: 5, h: 4}, box{id: "a22", x: 5, y: 4, w: 5, h: 6}))
	told := func(key string) string {
		id := d.row(`select id from (select id, key from cadastre.parcel union select id, key from cadastre.parcel_history) p where key = $1`, key)["id"].(int64)
		list, err := cadastre.Lineage(t.Context(), d.pool, id)
		require.NoError(t, err)
		var lines []string
		for _, s := range list {
			lines = append(lines, fmt.Sprintf("%d %s>%s", s.Version, s.ParentKey, s.ChildKey))
			require.True(t, s.Derived)
			require.InDelta(t, 90.5*1.11*map[string]float64{"a1": 50, "a2": 50, "a21": 20, "a22": 30}[s.ChildKey], *s.Overlap, 30)
		}
		return strings.Join(lines, ", ")
	}
	require.Equal(t, "2 a>a1, 2 a>a2, 3 a2>a21, 3 a2>a22", told("a"))
	require.Equal(t, "2 a>a2, 3 a2>a21", told("a21"))
	require.Equal(t, "2 a>a1", told("a1"))

	versions := &layers.Versions{Stores: d.im.Stores, Now: d.im.Now}
	back := func(version int) {
		t.Helper()
		require.NoError(t, pg.InScope(t.Context(), d.im.Pool, pg.Everything, pgx.TxOptions{}, func(tx pgx.Tx) error {
			_, changed, err := versions.Rollback(t.Context(), tx, layers.Decision{Dataset: 1, Version: version, Reason: "r"})
			require.True(t, changed)
			return err
		}))
	}
	back(2)
	require.Equal(t, "2 a>a1, 2 a>a2", told("a"))
	back(3)
	require.Equal(t, "2 a>a1, 2 a>a2, 3 a2>a21, 3 a2>a22", told("a"))
	back(1)
	require.Equal(t, "", told("a"))
}
