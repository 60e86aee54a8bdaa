package progress_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nsdi/internal/fixture"
	"nsdi/internal/pgtest"
	"nsdi/progress"
)

// What nsdi keeps a register of is counted by it: themes of the catalogue, themes that agencies answer for, services that answer inquiries.
func TestRegistersOfArticles23And21(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	one := func(sql string) (n float64) {
		require.NoError(t, pool.QueryRow(t.Context(), sql).Scan(&n))
		return n
	}
	fixture.Publish(t, pool, "range-forest", "forests", nil, place("f", box(52, 35, 52.1, 35.1)))
	fixture.Publish(t, pool, "territorial-sea", "ports", nil, place("s", box(52, 26, 52.1, 26.1)))
	_, err := pool.Exec(t.Context(), `update layers.version set published_at = now() - interval '9 years' where dataset_id = (select id from layers.dataset where theme = 'territorial-sea')`)
	require.NoError(t, err)
	_, err = pool.Exec(t.Context(), `
		insert into layers.submission (agency_id, theme, state, files)
		select id, 'village', 'validated', '[]'
		from access.agency
		where code = 'interior'`)
	require.NoError(t, err)
	require.NoError(t, progress.Recalculate(t.Context(), pool))
	country := report(t, pool, "IR")
	counts := func(o progress.Obligation) []float64 {
		return []float64{o.Delivered.Value, o.Validated.Value, o.Published.Value, o.Fresh.Value}
	}
	duties, themes := obligation(t, country, "A23-N2"), obligation(t, country, "A23")
	assert.InDelta(t, one(`select count(*)::float8 from access.agency_theme g join access.agency a on a.id = g.agency_id where a.kind <> 'municipality'`), *duties.Denominator, 0)
	assert.InDelta(t, one(`select count(*)::float8 from layers.theme`), *themes.Denominator, 0)
	assert.Equal(t, []float64{3, 3, 2, 1}, counts(duties), "the sea was published nine years ago, its cycle is five; villages are checked")
	assert.Equal(t, []float64{3, 3, 2, 1}, counts(themes))
	assert.True(t, duties.Provisional, "nobody decided how many duties there are")
	assert.Equal(t, []float64{1, 1}, []float64{
		one(`select published from progress.agency_figure f join access.agency a on a.id = f.agency_id where a.code = 'forests' and f.obligation = 'A23-N2'`),
		one(`select fresh from progress.agency_figure f join access.agency a on a.id = f.agency_id where a.code = 'forests' and f.obligation = 'A23-N2'`),
	})
	i := slices.IndexFunc(duties.Agencies, func(s progress.AgencyShare) bool { return s.Agency.Code == "forests" })
	require.GreaterOrEqual(t, i, 0)
	assert.Equal(t, []float64{1, 1, 1}, []float64{duties.Agencies[i].Denominator, duties.Agencies[i].Published, duties.Agencies[i].Fresh})
	amount := 100.0
	require.NoError(t, pgx.BeginFunc(t.Context(), pool, func(tx pgx.Tx) error {
		_, err := progress.SetDenominator(context.WithoutCancel(t.Context()), tx, progress.NewDenominator{
			Obligation: "A23-N2", Unit: "IR", Amount: &amount, Source: "فهرست وظایف", Dated: "2026-03-21", Decision: "7", DecidedOn: "2026-03-22", Body: progress.Text{FA: "کمیته", EN: "Committee"},
		}, time.Now())
		return err
	}))
	duties = obligation(t, report(t, pool, "IR"), "A23-N2")
	assert.Equal(t, []any{2.0, false, "کمیته 7"}, []any{*duties.Percent, duties.Provisional, *duties.ApprovedBy})

	inquiry := obligation(t, country, "A27-INQUIRY")
	services := float64(len(progress.InquiryServices()["A27-INQUIRY"]))
	assert.Equal(t, []float64{services, 0, 0, 0}, counts(inquiry), "there are no addresses to answer from")
	fixture.Publish(t, pool, "gnaf-address", "post", nil, fixture.Feature{Key: "a", WKT: "POINT(51.3 35.3)", Attributes: map[string]any{"city": "ت", "street": "خ", "postal_code": "1879613154"}})
	for i, asked := range []struct {
		service string
		code    int
		ago     string
	}{{"nsdi-postal-validate", 200, "1 day"}, {"nsdi-postal-address", 200, "100 days"}, {"nsdi-postal-inquiry", 403, "1 day"}, {"nsdi-postal-changes", 200, "400 days"}, {"nsdi-parcels", 200, "1 day"}} {
		_, err := pool.Exec(t.Context(), `
			insert into access.inquiry (at, caller, person_id, key_id, service, kind, purpose, request, question, answers, code)
			values (now() - $1::text::interval, 'person:1', 1, 0, $2, 'k', 'p', $3, sha256('q'), 1, $4)`, asked.ago, asked.service, string(rune('a'+i)), asked.code)
		require.NoError(t, err)
	}
	require.NoError(t, progress.Recalculate(t.Context(), pool))
	country = report(t, pool, "IR")
	assert.Equal(t, []float64{services, services, 2, 1}, counts(obligation(t, country, "A27-INQUIRY")), "one answered yesterday, one a quarter ago; a refusal is no answer, and what answered last year is not in force")
	assert.Equal(t, []float64{2, 1, 1, 1}, counts(obligation(t, country, "A25-INQUIRY")), "without parcels nothing is validated but what answered")
}
