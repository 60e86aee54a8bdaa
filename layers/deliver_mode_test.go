package layers

import (
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
)

// through delivers in a mode, up to the report, and publishes it; what was refused is confirmed.
func (d *desk) through(mode Mode, theme, text string, m Mapping) *Submission {
	d.t.Helper()
	s := d.checked(Request{Theme: theme, Mode: mode, Files: []string{d.file("f.csv", text)}, Mapping: m, AllowRemovals: true})
	if s.State != Validated {
		return s
	}
	before := *s.Report
	s = d.published(s)
	require.Contains(d.t, []State{Published, Unchanged}, s.State)
	require.Equal(d.t, []int64{before.Added, before.Altered, before.Removed, before.Unchanged}, []int64{s.Report.Added, s.Report.Altered, s.Report.Removed, s.Report.Unchanged},
		"what was announced is what happened")
	return s
}

// counts of a submission: rows in, accepted, refused, repeated; features added, altered, removed, unchanged, and in the dataset afterwards.
func numbers(s *Submission) []int64 {
	r := s.Report
	return []int64{r.RowsIn, r.Accepted, r.Refused, r.Repeated, r.Added, r.Altered, r.Removed, r.Unchanged, r.Features}
}

// rules of a submission's report with their counts.
func broken(s *Submission) map[string]int64 {
	out := map[string]int64{}
	for _, r := range s.Report.Rules {
		out[r.Rule] = r.Count
	}
	return out
}

const fivePlaces = "code,name_fa,lon,lat\na,الف,51,35\nb,ب,52,35\nc,پ,53,35\nd,ت,54,35\ne,ث,55,35\n"

// A delivery of keys: what it names goes, and what it names in vain is told.
func TestDeliveriesOfKeysToRemove(t *testing.T) {
	t.Parallel()
	key := func(e Expr) Mapping { return Mapping{Key: &e} }
	for name, tc := range map[string]struct {
		text    string
		mapping Mapping
		numbers []int64
		rules   map[string]int64
		left    string
	}{
		"keys":                        {"code\na\nb\n", Mapping{}, []int64{2, 2, 0, 0, 0, 0, 2, 3, 3}, map[string]int64{}, "c, d, e"},
		"a column of another name":    {"شناسه\nc\n", key(Expr{Column: "شناسه"}), []int64{1, 1, 0, 0, 0, 0, 1, 4, 4}, map[string]int64{}, "a, b, d, e"},
		"attributes that are renamed": {"x,y\nz,c\n", Mapping{Attributes: map[string]*Expr{"code": {Column: "y"}}}, []int64{1, 1, 0, 0, 0, 0, 1, 4, 4}, map[string]int64{}, "a, b, d, e"},
		// x and y are unknown: each row of them is told. One row without a key is refused.
		"unknown keys":  {"code,note\na,1\nx,1\ny,1\n,1\n", Mapping{}, []int64{4, 3, 1, 0, 0, 0, 1, 4, 4}, map[string]int64{"key-not-published": 2, "required": 1}, "b, c, d, e"},
		"only unknown":  {"code\nx\ny\n", Mapping{}, []int64{2, 2, 0, 0, 0, 0, 0, 5, 5}, map[string]int64{"key-not-published": 2}, "a, b, c, d, e"},
		"repeated keys": {"code\na\na\nb\na\n", Mapping{}, []int64{4, 4, 0, 2, 0, 0, 2, 3, 3}, map[string]int64{"row-repeated": 2}, "c, d, e"},
		// The rest of the row, and its place, do not matter.
		"whole rows": {"code,name_fa,lon,lat\na,چیز دیگر,0,0\na,باز دیگر,999,999\n", Mapping{}, []int64{2, 2, 0, 1, 0, 0, 1, 4, 4}, map[string]int64{"row-repeated": 1}, "b, c, d, e"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			d.places(fivePlaces)
			s := d.through(Delete, "place", tc.text, tc.mapping)
			require.Equal(t, tc.numbers, numbers(s), "%+v %+v", s.Report.Rules, s.Problem)
			require.Equal(t, tc.rules, broken(s))
			require.Equal(t, tc.left, d.text(`select string_agg(key, ', ' order by key) from layers.feature`))
			require.EqualValues(t, tc.numbers[6], d.count(`select count(*) from layers.change where op = '-'`))
		})
	}
}

// Keys that a mapping joins, of a dataset whose features got theirs so.
func TestRemovalByJoinedKeys(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	joined := Mapping{Key: &Expr{Template: "{district}-{number}"}}
	s := d.through(Replace, "place", "district,number,code,name_fa,lon,lat\n۱,1,p,الف,51,35\n۱,2,p,ب,52,35\n2,1,p,پ,53,35\n", joined)
	require.Equal(t, []int64{3, 3, 0, 0, 3, 0, 0, 0, 3}, numbers(s), "%+v", s.Report.Rules)
	s = d.through(Delete, "place", "number,district\n2,۱\n9,9\n", joined)
	require.Equal(t, []int64{2, 2, 0, 0, 0, 0, 1, 2, 2}, numbers(s), "%+v", s.Report.Rules)
	require.Equal(t, map[string]int64{"key-not-published": 1}, broken(s))
	require.Equal(t, "9-9", s.Report.rule("key-not-published").Samples[0].Key)
	require.Equal(t, "2-1, ۱-1", d.text(`select string_agg(key, ', ' order by key) from layers.feature`))
}

// What an append and an upsert do with keys that are there, and with those that are not.
func TestAppendAndUpsert(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		mode    Mode
		text    string
		numbers []int64
		rules   map[string]int64
		now     string
	}{
		"append":            {Append, "code,name_fa,lon,lat\nf,ج,56,35\ng,چ,57,35\n", []int64{2, 2, 0, 0, 2, 0, 0, 5, 7}, map[string]int64{}, "a الف, b ب, c پ, d ت, e ث, f ج, g چ"},
		"append what is":    {Append, "code,name_fa,lon,lat\na,دیگر,51,35\nf,ج,56,35\n", []int64{2, 1, 1, 0, 1, 0, 0, 5, 6}, map[string]int64{"key-published": 1}, "a الف, b ب, c پ, d ت, e ث, f ج"},
		"upsert":            {Upsert, "code,name_fa,lon,lat\na,دیگر,51,35\nf,ج,56,35\nb,ب,52,35\n", []int64{3, 3, 0, 0, 1, 1, 0, 4, 6}, map[string]int64{}, "a دیگر, b ب, c پ, d ت, e ث, f ج"},
		"upsert twice":      {Upsert, "code,name_fa,lon,lat\nf,ج,56,35\nf,ج,56,35\n", []int64{2, 2, 0, 1, 1, 0, 0, 5, 6}, map[string]int64{"row-repeated": 1}, "a الف, b ب, c پ, d ت, e ث, f ج"},
		"upsert two of one": {Upsert, "code,name_fa,lon,lat\nf,ج,56,35\nf,چ,56.1,35\ng,چ,57,35\n", []int64{3, 1, 2, 0, 1, 0, 0, 5, 6}, map[string]int64{"key-not-unique": 2}, "a الف, b ب, c پ, d ت, e ث, g چ"},
		"upsert what is":    {Upsert, "code,name_fa,lon,lat\na,الف,51,35\n", []int64{1, 1, 0, 0, 0, 0, 0, 5, 5}, map[string]int64{}, "a الف, b ب, c پ, d ت, e ث"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			d.places(fivePlaces)
			s := d.through(tc.mode, "place", tc.text, Mapping{})
			require.Equal(t, tc.numbers, numbers(s), "%+v %+v", s.Report.Rules, s.Problem)
			require.Equal(t, tc.rules, broken(s))
			require.Equal(t, tc.now, d.text(`select string_agg(key || ' ' || (attributes->>'name_fa'), ', ' order by key) from layers.feature`))
		})
	}
}

// A file without rows removes, adds and replaces nothing, and says so: it is more likely a mistake than an empty dataset.
func TestDeliveriesWithoutRows(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.places(fivePlaces)
	for _, mode := range Modes() {
		for _, text := range []string{"code,name_fa,lon,lat\n", "code\n\"\"\n"} {
			s := d.through(mode, "place", text, Mapping{})
			require.Equal(t, Refused, s.State, "%s %q: %+v", mode, text, s.Report)
			require.NotNil(t, s.Problem)
			require.NotEmpty(t, s.Problem.Next.FA)
			require.NotEmpty(t, s.Problem.Next.EN)
			require.Equal(t, 5, d.count(`select count(*) from layers.feature`), fmt.Sprint(mode))
		}
	}
	// The mode is part of what is confirmed: a file that was taken for the whole dataset can be said to be a part of it.
	s, err := d.im.Receive(t.Context(), Request{Theme: "place", Agency: "ncc", Through: Inspected, Files: []string{d.file("f.csv", "code,name_fa,lon,lat\nf,ج,56,35\n")}})
	require.NoError(t, err)
	s = d.advanced(s.ID)
	for mode, want := range map[Mode][]int64{Upsert: {1, 0, 5}, Replace: {1, 5, 0}} {
		require.NoError(t, pgx.BeginFunc(t.Context(), d.im.Pool, func(tx pgx.Tx) error {
			return d.im.Confirm(t.Context(), tx, s, Confirmation{Theme: "place", Mode: mode})
		}))
		s = d.advanced(s.ID)
		require.Equal(t, want, []int64{s.Report.Added, s.Report.Removed, s.Report.Unchanged}, fmt.Sprint(mode))
	}
}
