package progress_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nsdi/internal/errs"
	"nsdi/internal/fixture"
	"nsdi/progress"
)

// The list of a figure, whatever its pages, adds up to it.
func TestListsAddUpToTheirFigures(t *testing.T) {
	t.Parallel()
	pool := smallTown(t)
	town(t, pool, "municipality-t", "IR-23")
	owed(t, pool, "province")
	fixture.Publish(t, pool, "cadastre-urban", "registry", nil, place("p", lot(51.301, 35.601, 51.303, 35.603)), place("q", lot(51.302, 35.602, 51.305, 35.605)),
		place("box", box(51.30, 35.60, 51.31, 35.62)))
	fixture.Publish(t, pool, "base-map-sheet", "ncc", nil, place("s", box(51.30, 35.60, 51.318, 35.604)))
	fixture.Publish(t, pool, "gnaf-address", "post", nil,
		fixture.Feature{Key: "a", WKT: "POINT(51.305 35.61)", Attributes: map[string]any{"city": "ت", "street": "خ", "postal_code": "1879613154"}},
		fixture.Feature{Key: "b", WKT: "POINT(51.306 35.61)", Attributes: map[string]any{"city": "ت", "street": "خ", "postal_code": "1967915773"}})
	fixture.Publish(t, pool, "expected-addresses", "statistics", nil,
		fixture.Feature{Key: "IR-23", Attributes: map[string]any{"admin_code": "IR-23", "count": 10, "source": "سرشماری", "date": "2026-03-21"}})
	fixture.Publish(t, pool, "road", "municipality-t", nil, fixture.Feature{Key: "r", WKT: "LINESTRING(51.3 35.3,51.4 35.3)", Attributes: map[string]any{}})
	require.NoError(t, progress.Recalculate(t.Context(), pool))
	s := &progress.Service{Pool: pool}
	whole := func(q progress.TraceQuery) (*progress.Trace, []progress.Traced) {
		var all []progress.Traced
		var first *progress.Trace
		for {
			page, err := s.Trace(t.Context(), q)
			require.NoError(t, err)
			require.LessOrEqual(t, len(page.Items), q.Limit)
			if first == nil {
				first = page
			}
			all = append(all, page.Items...)
			if page.Next == nil {
				return first, all
			}
			q.After = *page.Next
		}
	}
	for _, code := range []string{"A25-URBAN", "A24-URBAN", "A24-REST", "A27-GNAF", "A26-LAYERS", "A23", "A23-N2", "A25-INQUIRY", "A27-INQUIRY"} {
		national := strings.HasPrefix(code, "A23") || strings.HasSuffix(code, "INQUIRY")
		for _, unit := range []string{"IR", "IR-23"} {
			o := obligation(t, report(t, pool, unit), code)
			if national && unit != "IR" {
				require.Equal(t, "unknown", o.State, "it is counted for the whole country")
				continue
			}
			require.Equal(t, "known", o.State, code)
			total, items := whole(progress.TraceQuery{Obligation: code, Unit: unit, Limit: 3})
			require.NotEmpty(t, items, code)
			assert.Equal(t, bare(items), readWhole(t, s, progress.TraceQuery{Obligation: code, Unit: unit}), "%s of %s, read at once", code, unit)
			sum, seen := 0.0, map[string]bool{}
			for _, i := range items {
				sum += i.Portion.Published
				name := i.Cell + i.Unit + i.Key + i.Theme + i.Agency
				assert.False(t, seen[name], "%s twice", name)
				seen[name] = true
			}
			assert.InDelta(t, *o.Numerator, sum, 1e-3, "%s of %s", code, unit)
			assert.InDelta(t, *o.Numerator, total.Total.Published, 1e-3, code)
			if code != "A27-GNAF" {
				assert.InDelta(t, *o.Denominator, total.Total.Denominator, 1e-3, code)
			}
		}
	}
	// Which parcels, whose, since when: a cell's features, with the one that is no parcel.
	_, pieces := whole(progress.TraceQuery{Obligation: "A25-URBAN", Unit: "IR-23", Limit: 100})
	// A finding of the delivery that is open still is told with its feature; one that was fixed is not.
	_, err := pool.Exec(t.Context(), `
		insert into layers.finding (submission_id, seq, rule, severity, source, feature_key, message_fa, message_en, state)
		select v.submission_id, 1000 + n, 'GEN-010', 'W', '', 'q', 'م', 'm', state
		from layers.version v
		join layers.dataset d on d.id = v.dataset_id and d.theme = 'cadastre-urban'
		cross join (values (1, 'open'), (2, 'fixed')) f (n, state)`)
	require.NoError(t, err)
	keys := map[string]string{}
	for _, p := range pieces {
		_, features := whole(progress.TraceQuery{Obligation: "A25-URBAN", Unit: "IR-23", Cell: p.Cell, Limit: 1, Shapes: true})
		for _, f := range features {
			keys[f.Key] = f.State
			assert.Equal(t, "registry", f.Agency)
			assert.Equal(t, 1, f.Version)
			assert.NotNil(t, f.PublishedAt)
			assert.NotEmpty(t, f.Geometry)
			require.NotNil(t, f.AgencyName)
			require.NotNil(t, f.ThemeTitle)
			assert.NotEmpty(t, f.AgencyName.FA)
			assert.Equal(t, map[string]int{"q": 1}[f.Key], f.Findings, f.Key)
			assert.Equal(t, "Urban cadastre", f.ThemeTitle.EN)
		}
	}
	_, features := whole(progress.TraceQuery{Obligation: "A25-URBAN", Unit: "IR-23", Cell: pieces[0].Cell, Limit: 1})
	require.NotEmpty(t, features)
	assert.Equal(t, bare(features), readWhole(t, s, progress.TraceQuery{Obligation: "A25-URBAN", Unit: "IR-23", Cell: pieces[0].Cell}))
	broken := errors.New("nobody reads on")
	require.ErrorIs(t, s.TraceAll(t.Context(), progress.TraceQuery{Obligation: "A25-URBAN"}, func(*progress.Traced) error { return broken }), broken)
	assert.Equal(t, map[string]string{"p": "fresh", "q": "fresh", "box": "not-counted"}, keys)
	// Maturity: each required theme of the municipality, with its state.
	_, layers := whole(progress.TraceQuery{Obligation: "A26-LAYERS", Unit: "IR-23", Limit: 100})
	states := map[string]int{}
	for _, l := range layers {
		states[l.State]++
		if l.Theme == "road" {
			assert.Equal(t, "fresh", l.State)
		}
	}
	assert.Equal(t, 1, states["fresh"])
	assert.Equal(t, len(layers)-1, states["none"])

	for _, q := range []progress.TraceQuery{{Obligation: "A23", Measure: "area", Limit: 1}, {Obligation: "A25-URBAN", Cell: "'", Limit: 1}, {Obligation: "x", Limit: 1}} {
		_, err := s.Trace(t.Context(), q)
		assert.Equal(t, "trace-unknown", errs.Code(err))
		assert.Equal(t, "trace-unknown", errs.Code(s.TraceAll(t.Context(), q, nil)))
	}
	_, err = s.Trace(t.Context(), progress.TraceQuery{Obligation: "A25-URBAN", Unit: "XX", Limit: 1})
	assert.Equal(t, "admin-unit-unknown", errs.Code(err))
}

// readWhole is the list of a figure, read at once.
func readWhole(t *testing.T, s *progress.Service, q progress.TraceQuery) []progress.Traced {
	t.Helper()
	var list []progress.Traced
	require.NoError(t, s.TraceAll(t.Context(), q, func(i *progress.Traced) error {
		list = append(list, *i)
		return nil
	}))
	return list
}

// bare is a list without what only its pages have.
func bare(list []progress.Traced) []progress.Traced {
	out := slices.Clone(list)
	for n := range out {
		i := &out[n]
		i.UnitName, i.ThemeTitle, i.AgencyName, i.Findings = nil, nil, nil, 0
	}
	return out
}
