package cadastre_test

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"nsdi/cadastre"
	"nsdi/layers"
)

// The report is the same by blocks of any size, on real parcels with every kind of finding.
func TestReportDoesNotDependOnBlocks(t *testing.T) {
	t.Parallel()
	file := real(t, "parcels/us-ca-oakland-excerpt.zip")
	var whole []sight
	for _, size := range []int{1 << 20, 700, 40} {
		d := newDesk(t)
		d.im.Stores[1] = cadastre.StoreOfBlocks(size)
		report, err := d.im.Import(t.Context(), layers.Request{Theme: "cadastre-urban", Agency: "registry", Files: []string{file}, Mapping: named("APN")})
		require.NoError(t, err, filepath.Base(file))
		got := near(d.sights(report.Submission))
		if whole == nil {
			whole = got
			require.Greater(t, len(whole), 80)
			continue
		}
		require.Equal(t, len(whole), len(got), size)
		for i := range got { // the mean of a width, or a place, is not in it
			require.Equal(t, whole[i], got[i], size)
		}
	}
}
