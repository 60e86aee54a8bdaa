package gnaf_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"nsdi/gnaf"
	"nsdi/layers"
)

// A list of features has no units; who answers for the dataset gets all of one, so that an edit of its street keeps its code, and sees codes that a delivery would alter.
func TestUnitsAreWithheld(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	code := validCodes(t, 1)[0]
	d.deliver("gnaf-address", "post", []string{addressHead, "1,تهران,خیابان آزادی,,1,,3,7," + code + ",,,,,51.40,35.70"})
	versions := &layers.Versions{Stores: []layers.Store{gnaf.Store()}}
	dataset := d.row(`select id from layers.dataset where theme = 'gnaf-address'`)["id"].(int64)
	set, err := versions.Open(t.Context(), d.pool, dataset)
	require.NoError(t, err)
	f, err := set.Feature(t.Context(), d.pool, "1")
	require.NoError(t, err)
	require.JSONEq(t, `{"address_id":"1","city":"تهران","street":"خیابان آزادی","number":1}`, string(f.Properties))
	require.NoError(t, set.Whole(t.Context(), d.pool, f))
	require.JSONEq(t, `{"address_id":"1","city":"تهران","street":"خیابان آزادی","number":1,"floor":3,"unit":"7","postal_code":"`+code+`"}`, string(f.Properties))
}
