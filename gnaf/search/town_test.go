package search_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"nsdi/gnaf/search"
	"nsdi/internal/fixture"
)

// Other names of settlements are followed: addresses are found by them, and one that is told of another province is not given.
func TestTownsByOtherNames(t *testing.T) {
	t.Parallel()
	e, pool := openTown(t)
	find := func(q string) (id string, unmatched []string) {
		got, err := e.Search(t.Context(), search.Query{Text: q})
		require.NoError(t, err)
		if len(got.Results) == 0 {
			return "", nil
		}
		return keyOf(t, pool, got.Results[0].ID), got.Results[0].Unmatched
	}
	_, unmatched := find("دارالعباده خیابان کاشانی پلاک ۱۰")
	require.NotEmpty(t, unmatched, "nothing is called so yet")
	other := func(key, name, kind, province string) fixture.Feature {
		a := map[string]any{"alias_id": key, "city": "یزد", "locality": "یزد", "name": name, "kind": kind}
		if province != "" {
			a["province"] = province
		}
		return fixture.Feature{Key: key, Attributes: a}
	}
	fixture.Publish(t, pool, "gnaf-locality-alias", "post", nil,
		other("1", "دارالعباده", "former", ""), other("2", "Yezd", "latin", "استان یزد"), other("3", "کثه", "former", "فارس"))
	require.NoError(t, e.Follow(t.Context()))
	for _, q := range []string{"دارالعباده خیابان کاشانی پلاک ۱۰", "خیابان کاشانی پلاک ۱۰، شهر دارالعباده", "Yezd خیابان کاشانی پلاک ۱۰"} {
		key, unmatched := find(q)
		require.Equal(t, "1", key, q)
		require.Empty(t, unmatched, q)
	}
	_, unmatched = find("کثه خیابان کاشانی پلاک ۱۰")
	require.NotEmpty(t, unmatched, "that is another place of the name, in Fars")
}
