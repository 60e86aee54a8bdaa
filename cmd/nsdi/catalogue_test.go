package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"nsdi/internal/errs"
	"nsdi/internal/pgtest"
	"nsdi/layers"
	"nsdi/layers/catalogue"
)

// What a person downloads as a sample is accepted as it is, and an empty template says that it is empty: for every theme, in both formats.
func TestTemplatesAndSamplesOfEveryTheme(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	importer, err := newImporter(t.Context(), pool, t.TempDir())
	require.NoError(t, err)
	importer.Tracker = nil
	templates := &layers.Templates{Pool: pool, Sandbox: importer.Reader.Sandbox}
	themes, err := catalogue.Load()
	require.NoError(t, err)
	var g errgroup.Group
	g.SetLimit(2)
	dir := t.TempDir()
	for _, theme := range themes {
		g.Go(func() error {
			for _, name := range layers.TemplateNames() {
				what := theme.Code + " " + name
				file, err := templates.File(t.Context(), theme.Code, name)
				if !assert.NoError(t, err, what) {
					return nil
				}
				path := filepath.Join(dir, file.Name)
				if err := os.WriteFile(path, file.Body, 0o600); err != nil {
					return err
				}
				// A format an agency: two deliveries of one theme would be the same dataset.
				agency := "ncc"
				if strings.HasSuffix(name, ".csv") {
					agency = "statistics"
				}
				request := layers.Request{Theme: theme.Code, Agency: agency, Files: []string{path}}
				// Two agencies cannot both have the ground of a parcel, nor its plate, nor two levels the same ground, nor two buildings: they are told so, and it is published;
				// parcels by the trial profile.
				twice := strings.HasPrefix(name, "sample") && theme.Store == "cadastre.parcel"
				if twice {
					request.Profile = "trial"
				}
				report, err := importer.Import(t.Context(), request)
				if strings.HasPrefix(name, "template") {
					problem, told := errs.As(err)
					if assert.True(t, told, "%s: %v", what, err) {
						assert.Equal(t, "nothing-accepted", problem.Code, what)
						assert.Contains(t, problem.Title.EN, "no features", what)
						assert.Zero(t, report.RowsIn, what)
					}
					continue
				}
				if assert.NoError(t, err, "%s: %+v", what, report.Rules) {
					assert.EqualValues(t, 3, report.Accepted, "%s: %+v", what, report.Rules)
					for _, r := range report.Rules {
						assert.True(t, r.Severity == "W" && (theme.Code == "building" && r.Rule == "building-overlap-published" || twice && (r.Rule == "overlap-published" || r.Rule == "overlap-level" || r.Rule == "plate-published")), "%s: %+v", what, r)
					}
					assert.Equal(t, "published", report.State, what)
					for _, column := range report.IgnoredColumns {
						assert.Equal(t, "WKT", column, what)
					}
				}
			}
			return nil
		})
	}
	require.NoError(t, g.Wait())

	// Both formats say the same of every feature.
	for _, store := range []string{"layers.feature", "layers.restricted_feature", "gnaf.address", "gnaf.name", "cadastre.parcel"} {
		var n, pairs int
		require.NoError(t, pool.QueryRow(t.Context(), `
			select count(*), count(*) filter (where exists (
				select from `+store+` b
				where b.theme = a.theme and b.key = a.key and b.dataset_id <> a.dataset_id and b.attributes = a.attributes
				  and (b.geom is null and a.geom is null or public.st_equals(b.geom, a.geom))))
			from `+store+` a`).Scan(&n, &pairs))
		assert.Positive(t, n, store)
		assert.Equal(t, n, pairs, store)
	}
}
