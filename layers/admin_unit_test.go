package layers

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// hierarchy delivers official units: code, level, name and parent, one a line.
func (d *desk) hierarchy(lines ...string) *Report {
	d.t.Helper()
	report, err := d.deliver(Request{
		Theme: "admin-division", Agency: "interior", AllowRemovals: true,
		Files: []string{d.file("divisions.csv", "code,level,name_fa,parent_code\n"+strings.Join(lines, "\n")+"\n")},
	})
	require.NoError(d.t, err)
	return report
}

// polygons delivers admin units.
func (d *desk) polygons(mapping Mapping, features ...string) (*Report, error) {
	d.t.Helper()
	return d.deliver(Request{Theme: "admin-unit", Agency: "ncc", AllowRemovals: true, Mapping: mapping, Files: []string{d.file("units.geojson", collection(features...))}})
}

func notes(r *Report) string {
	var all []string
	for _, n := range r.Notes {
		all = append(all, n.EN)
	}
	return strings.Join(all, "\n")
}

func (d *desk) boxOf(code string) string {
	d.t.Helper()
	return d.text(`select public.box2d(geom)::text from layers.admin_unit where code = $1`, code)
}

// byNumber gives features a key of their own, for units without a code.
func byNumber() Mapping {
	columns := map[string]*Expr{}
	for _, name := range []string{"code", "level", "name_fa", "parent_code"} {
		columns[name] = &Expr{Column: name}
	}
	return Mapping{Key: &Expr{Column: "n"}, Attributes: columns}
}

func TestUnitsMatchByCodeAndByName(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	report := d.hierarchy(
		"2301,county,شهرستان ری,IR-23", "2302,county,تهران,123", "1001,county,آران و بیدگل,IR-10", "230101,district,بخش مرکزی,2301", "230201,district,بخش مرکزی,2302", "9,county,گمشده,no-such",
	)
	require.Contains(t, notes(report), "Level county: 3 of 4 units matched")
	require.Contains(t, notes(report), "Not matched: گمشده (no-such)")
	require.Equal(t, "IR-23", d.text(`select parent_code from layers.admin_unit where code = '2302'`), "a parent is known by its official code too")

	report, err := d.polygons(byNumber(),
		feature(box(51, 35, 1), `"n":1,"level":"province","code":"IR-23","name_fa":"استان تهران"`),
		feature(box(52, 32, 1), `"n":2,"level":"province","code":"110","name_fa":"اصفهان"`),
		feature(box(51.125, 35.125, .25), `"n":3,"level":"county","name_fa":"ري","parent_code":"IR-23"`),
		feature(box(51.5, 35.125, .25), `"n":4,"level":"county","name_fa":"شهرستان تهران"`),
		feature(box(51.125, 35.125, .125), `"n":5,"level":"district","name_fa":"مرکزی"`),
		feature(box(51.5, 35.125, .125), `"n":6,"level":"district","name_fa":"مرکزی","parent_code":"2302"`),
		feature(box(51.5, 35.125, .375), `"n":7,"level":"county","name_fa":"تهران"`),
		feature(box(60, 30, 1), `"n":8,"level":"county","name_fa":"ناکجا"`),
		feature(box(60, 31, 1), `"n":9,"level":"county","code":"7777","name_fa":"تازه","parent_code":"IR-10"`))
	require.NoError(t, err)
	require.Equal(t, "BOX(51 35,52 36)", d.boxOf("IR-23"))
	require.Equal(t, "BOX(52 32,53 33)", d.boxOf("IR-10"), "by official code")
	require.Equal(t, "BOX(51.125 35.125,51.375 35.375)", d.boxOf("2301"), "by name within its parent, with the letters of another keyboard")
	require.Equal(t, "BOX(51.5 35.125,51.75 35.375)", d.boxOf("2302"), "by name; the first of two features counts")
	require.Equal(t, "∅", d.boxOf("230101"), "a name that two units have names none")
	require.Equal(t, "BOX(51.5 35.125,51.625 35.25)", d.boxOf("230201"))
	require.Equal(t, "BOX(60 31,61 32)", d.boxOf("7777"), "a code that is not in the tree becomes a unit")
	require.Equal(t, 6, d.count(`select count(*) from layers.admin_unit where abs(area_m2 - public.st_area(geom::public.geography)) < 1 and public.st_srid(geom_3857) = 3857`))
	said := notes(report)
	require.Contains(t, said, "Level county: 3 of 5 units matched")
	require.Contains(t, said, "ناکجا")
	require.Contains(t, said, "تهران ≈")
	require.Contains(t, said, "Level district: 1 of 2 units matched")
	require.Contains(t, said, "مرکزی ≈")
}

func TestUnitsFollowTheirFeatures(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	tehran, qom := feature(box(51, 35, 1), `"code":"IR-23","level":"province","name_fa":"تهران"`), feature(box(50, 34, 1), `"code":"IR-25","level":"province","name_fa":"قم"`)
	_, err := d.polygons(Mapping{}, tehran, qom)
	require.NoError(t, err)
	_, err = d.polygons(Mapping{}, feature(box(51, 35, 2), `"code":"IR-23","level":"province","name_fa":"تهران"`))
	require.NoError(t, err)
	require.Equal(t, "BOX(51 35,53 37)", d.boxOf("IR-23"))
	require.Equal(t, "∅", d.boxOf("IR-25"), "its feature is gone")
	require.Equal(t, 1, d.count(`select count(*) from layers.admin_unit where geom is not null`))
	require.Equal(t, 1, d.count(`select count(*) from layers.admin_unit where code = 'IR-25' and area_m2 is null and geom_3857 is null`))
}

// A feature that is altered to name another unit takes its place from the first.
func TestAFeatureMovesToAnotherUnit(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	_, err := d.polygons(byNumber(), feature(box(51, 35, 1), `"n":1,"level":"province","name_fa":"تهران"`))
	require.NoError(t, err)
	_, err = d.polygons(byNumber(), feature(box(51, 35, 1), `"n":1,"level":"province","name_fa":"قم"`))
	require.NoError(t, err)
	require.Equal(t, "∅", d.boxOf("IR-23"))
	require.Equal(t, "BOX(51 35,52 36)", d.boxOf("IR-25"))
}

// A name that the official hierarchy brings alters what is drawn where the unit lies, and nothing else does: the change log says so.
func TestNamesOfTheHierarchyHaveTheirUnitsPlace(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	_, err := d.polygons(Mapping{}, feature(box(51, 35, 1), `"code":"9901","level":"county","name_fa":"نوآباد","parent_code":"IR-23"`))
	require.NoError(t, err)
	named := func(name string) string {
		_, err := d.deliver(Request{
			Theme: "admin-division", Agency: "interior", AllowRemovals: true,
			Files: []string{d.file("divisions.csv", "code,level,name_fa,name_en,parent_code\n9901,county,نوآباد,"+name+",IR-23\n9902,county,کهن‌آباد,Kohanabad,IR-23\n")},
		})
		require.NoError(t, err)
		return d.text(`select string_agg(coalesce(public.box2d(box)::text, '∅'), ' ' order by id) from layers.change where version_id = (select max(id) from layers.version)`)
	}
	require.Equal(t, "∅ ∅", named(""))
	require.Equal(t, "BOX(51 35,52 36)", named("Noabad"))
	require.Equal(t, "∅", named("Nowabad"), "the name that it has stays")
	require.Equal(t, "Noabad", d.text(`select name_en from layers.admin_unit where code = '9901'`))
}

// Two features with one new code make one unit.
func TestTwoFeaturesOfOneNewCode(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	report, err := d.polygons(byNumber(),
		feature(box(51, 35, 1), `"n":1,"code":"4711","level":"county","name_fa":"الف","parent_code":"IR-23"`),
		feature(box(53, 35, 1), `"n":2,"code":"4711","level":"county","name_fa":"ب","parent_code":"IR-23"`))
	require.NoError(t, err)
	require.Equal(t, "BOX(51 35,52 36)", d.boxOf("4711"))
	require.Contains(t, notes(report), "Level county: 1 of 2 units matched")
}
