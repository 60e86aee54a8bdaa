package layers

import (
	"testing"

	"github.com/stretchr/testify/require"

	"nsdi/internal/errs"
	"nsdi/layers/reading"
)

func TestFilesAreBounded(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.im.MaxFeatures, d.im.MaxLayers = 20, 2
	_, err := d.im.Import(t.Context(), Request{Theme: "place", Agency: "ncc", Files: []string{d.file("many.csv", placesText(21, nil))}})
	require.Equal(t, "too-many-features", errs.Code(err))
	require.Zero(t, d.count(`select count(*) from layers.feature`))
	require.Equal(t, "refused", d.text(`select state from layers.submission order by id desc limit 1`))
	require.Zero(t, d.count(`select count(*) from pg_tables where schemaname = 'staging'`))
	_, err = d.im.Import(t.Context(), Request{Theme: "place", Agency: "ncc", Files: []string{d.file("all.csv", placesText(20, nil))}})
	require.NoError(t, err)

	of := func(file string, features ...int64) (out []reading.Layer) {
		for _, n := range features {
			out = append(out, reading.Layer{File: file, Features: n})
		}
		return out
	}
	require.NoError(t, d.im.bounded(append(of("a", 10, 10), of("b", 20)...)))
	require.NoError(t, d.im.bounded(of("a", -1)), "a file that does not say is counted while it is read")
	require.Equal(t, "too-many-features", errs.Code(d.im.bounded(of("a", 10, 11))))
	require.Equal(t, "too-many-layers", errs.Code(d.im.bounded(of("a", 1, 1, 1))))
}
