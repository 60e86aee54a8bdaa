package access_test

import (
	"math"
	"regexp"
	"testing"
	"unicode"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nsdi/access"
	"nsdi/internal/errs"
	"nsdi/internal/pgtest"
)

// Every card says all that Article 9 note 2 and Article 39 ask for, in both languages, and names agencies as the register does.
func TestCardsAreComplete(t *testing.T) {
	t.Parallel()
	rows, err := pgtest.New(t).Query(t.Context(), `select code, name_fa, name_en from access.agency`)
	require.NoError(t, err)
	names := map[string]errs.Text{}
	for rows.Next() {
		var code string
		var name errs.Text
		require.NoError(t, rows.Scan(&code, &name.FA, &name.EN))
		names[code] = name
	}
	require.NoError(t, rows.Err())
	seen := map[string]bool{}
	for _, s := range access.Services() {
		assert.Regexp(t, regexp.MustCompile(`^nsdi-[a-z-]+$`), s.ID)
		assert.False(t, seen[s.ID], "%s is there twice", s.ID)
		seen[s.ID] = true
		texts := append([]errs.Text{s.Title, s.Description, s.Users, s.Needs, s.FromAgencies, s.Identity, s.InPerson, s.Time, s.Kind.Title(), s.Access.Title()}, s.Terms...)
		for _, g := range s.Legal {
			texts = append(texts, g.Subject)
			assert.NotEmpty(t, g.Article, s.ID)
		}
		for i, text := range texts {
			assert.True(t, persian(text.FA), "%s: text %d: %q", s.ID, i, text.FA)
			assert.NotEmpty(t, text.EN, "%s: text %d", s.ID, i)
			assert.False(t, persian(text.EN), "%s: text %d: %q", s.ID, i, text.EN)
		}
		for _, u := range append(s.Units, s.Agency) {
			assert.Equal(t, names[u.Code], u.Name, "%s: %s", s.ID, u.Code)
		}
		assert.NotEmpty(t, s.Legal, s.ID)
		assert.NotEmpty(t, s.Terms, s.ID)
		assert.NotEmpty(t, s.Formats, s.ID)
		assert.NotEmpty(t, s.Version, s.ID)
		assert.False(t, s.Since.IsZero(), s.ID)
		assert.True(t, s.Class == "" || access.ClassOf(access.KeyClasses(), s.Class).Burst > 0, "%s: no class %q", s.ID, s.Class)
		assert.Equal(t, s.Access == access.ByOperator, len(s.Routes) == 0, "%s: what has no route is asked for at the operator's", s.ID)
	}
	assert.Greater(t, len(seen), 10)
}

func persian(s string) bool {
	for _, r := range s {
		if unicode.Is(unicode.Arabic, r) {
			return true
		}
	}
	return false
}

func TestServiceTerms(t *testing.T) {
	t.Parallel()
	require.NoError(t, access.ServiceTerms{}.Check())
	require.NoError(t, access.ServiceTerms{Availability: 99.5, Codes: map[string]string{"nsdi-tiles": "10031234000"}}.Check())
	for _, share := range []float64{-1, 100.1, math.NaN(), math.Inf(1)} {
		assert.Equal(t, "availability-invalid", errs.Code(access.ServiceTerms{Availability: share}.Check()))
	}
	assert.Equal(t, "service-unknown", errs.Code(access.ServiceTerms{Codes: map[string]string{"nsdi-tile": "1"}}.Check()))
	s, err := access.FindService("nsdi-tiles")
	require.NoError(t, err)
	assert.Equal(t, "1405-09-01", access.Jalali(s.Since))
}
