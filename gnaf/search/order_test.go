package search_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"nsdi/gnaf"
	"nsdi/gnaf/search"
	"nsdi/internal/fixture"
	"nsdi/internal/pgtest"
)

// TestJoinedNames: names of three words written as one, a half of which another name has too, one that begins as a number does, one of words for kinds of ways only,
// and one of two words with a slip in the first.
func TestJoinedNames(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	var rows []fixture.Feature
	for i, street := range []string{"خیابان قائم مقام فراهانی", "خیابان ولی‌عصر", "خیابان سیمین دشت", "خیابان زیر گذر", "MILL BROOK RD", "BROOK RD"} {
		a := map[string]any{"address_id": fmt.Sprint(i), "province": "یزد", "county": "یزد", "city": "یزد", "neighbourhood": "ولی‌آباد", "street": street, "number": 7}
		for name, value := range gnaf.Derive(a) {
			a[name] = value
		}
		rows = append(rows, fixture.Feature{Key: fmt.Sprint(i), WKT: fmt.Sprintf("POINT(%v 31.9)", 54.3+float64(i)*0.001), Attributes: a})
	}
	fixture.Publish(t, pool, "gnaf-address", "post", func(tx pgx.Tx) error { return gnaf.AfterPublish(t.Context(), tx) }, rows...)
	e := &search.Engine{Folder: t.TempDir(), DB: pool, Time: time.Minute}
	require.NoError(t, e.Open(t.Context()))
	t.Cleanup(e.Close)
	for i, street := range []string{"خیابان قائم‌مقامفراهانی", "خ ولیعصر", "خیابان سیمیندشت", "خیابان زیر گذر", "MLL BROOK RD"} {
		for _, street := range []string{street, strings.NewReplacer("\u200c", "", "زیر گذر", "زیرگذر").Replace(street)} {
			a, err := e.Search(t.Context(), search.Query{Text: "یزد، ولی‌آباد، " + street + "، پلاک ۷"})
			require.NoError(t, err)
			require.NotEmpty(t, a.Results, street)
			require.Equal(t, search.LevelSite, a.Results[0].Level, street)
			require.Equal(t, fmt.Sprint(i), keyOf(t, pool, a.Results[0].ID), street)
		}
	}
}

// TestAlikeNames: two villages of one name, in two counties, have alleys of one name below streets of the same names. However their addresses come, each village
// and each alley is one: 2 counties × 2 streets.
func TestAlikeNames(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	var rows []fixture.Feature
	for number := 1; number <= 5; number++ {
		for c, county := range []string{"مهریز", "تفت"} {
			for s, street := range []string{"خیابان لاله", "خیابان یاس"} {
				a := map[string]any{"address_id": fmt.Sprint(number, c, s), "province": "یزد", "county": county, "city": "حسین‌آباد", "street_before": street, "street": "کوچه ۱", "number": number}
				for name, value := range gnaf.Derive(a) {
					a[name] = value
				}
				rows = append(rows, fixture.Feature{Key: fmt.Sprint(number, c, s), WKT: fmt.Sprintf("POINT(%v %v)", 54.3+float64(c)*0.3+float64(number)*0.0001, 31.5+float64(s)*0.01), Attributes: a})
			}
		}
	}
	fixture.Publish(t, pool, "gnaf-address", "post", func(tx pgx.Tx) error { return gnaf.AfterPublish(t.Context(), tx) }, rows...)
	e := &search.Engine{Folder: t.TempDir(), DB: pool, Time: time.Minute}
	require.NoError(t, e.Open(t.Context()))
	t.Cleanup(e.Close)
	require.Equal(t, 4, e.About().Ways)
	require.Equal(t, len(rows), e.About().Sites)
	for c, county := range []string{"مهریز", "تفت"} {
		a, err := e.Search(t.Context(), search.Query{Text: "شهرستان " + county + "، حسین‌آباد، خیابان یاس، کوچه ۱، پلاک ۳"})
		require.NoError(t, err)
		require.Equal(t, search.LevelSite, a.Results[0].Level)
		require.Equal(t, fmt.Sprint(3, c, 1), keyOf(t, pool, a.Results[0].ID))
	}
}
