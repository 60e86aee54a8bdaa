package search_test

import (
	"maps"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"nsdi/gnaf"
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

// Ways of settlements of one name in two provinces have identifiers of their own, and another name that is told of one province is none in the other: at once and in a
// generation that is made anew.
func TestWaysOfSettlementsOfOneName(t *testing.T) {
	t.Parallel()
	e, pool := openTown(t)
	first := func(q string) search.Result {
		got, err := e.Search(t.Context(), search.Query{Text: q})
		require.NoError(t, err)
		require.NotEmpty(t, got.Results, q)
		return got.Results[0]
	}
	alone := first("اردکان خیابان کاشانی").ID
	require.NotContains(t, alone, "-", "there is one")
	a := map[string]any{"province": "فارس", "county": "سپیدان", "city": "اردکان", "street": "خیابان کاشانی", "number": 10}
	maps.Copy(a, gnaf.Derive(a))
	fixture.Publish(t, pool, "gnaf-address", "post", func(tx pgx.Tx) error { return gnaf.AfterPublish(t.Context(), tx) },
		fixture.Feature{Key: "fars", WKT: "POINT(51.99 30.26)", Attributes: a})
	fixture.Publish(t, pool, "gnaf-way-alias", "post", func(tx pgx.Tx) error {
		_, err := tx.Exec(t.Context(), `update gnaf.name set of_id = $1, way_id = gnaf.way_id('خیابان شیپور', 'اردکان') where theme = 'gnaf-way-alias'`, a["way_id"])
		return err
	}, fixture.Feature{Key: "1", Attributes: map[string]any{"city": "اردکان", "province": "استان فارس", "way": "خیابان کاشانی", "name": "خیابان شیپور", "kind": "former"}})
	for _, bring := range []string{"followed", "anew"} {
		if bring == "followed" {
			require.NoError(t, e.Follow(t.Context()))
		} else {
			require.NoError(t, e.Rebuild(t.Context()))
		}
		fars, yazd := first("فارس، اردکان، خیابان کاشانی"), first("یزد، اردکان، خیابان کاشانی")
		require.Equal(t, []string{alone + "-" + search.StateID("فارس"), alone + "-" + search.StateID("یزد")}, []string{fars.ID, yazd.ID}, bring)
		for _, one := range []search.Result{fars, yazd} {
			same, ok, err := e.Place(t.Context(), one.ID)
			require.NoError(t, err)
			require.True(t, ok)
			require.Equal(t, []any{one.ID, one.Label}, []any{same.ID, same.Label}, bring)
		}
		_, ok, err := e.Place(t.Context(), alone+"-"+search.StateID("تهران"))
		require.NoError(t, err)
		require.False(t, ok)
		_, ok, err = e.Place(t.Context(), alone)
		require.NoError(t, err)
		require.True(t, ok, "the identifier of before leads to one of them")

		former := first("فارس، اردکان، خیابان شیپور، پلاک ۱۰")
		require.Equal(t, "fars", keyOf(t, pool, former.ID), bring)
		require.Empty(t, former.Unmatched, bring)
		require.NotEmpty(t, first("یزد، اردکان، خیابان شیپور، پلاک ۱۰").Unmatched, "%s: in Yazd nothing is called so", bring)
	}
}
