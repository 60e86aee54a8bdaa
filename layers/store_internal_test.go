package layers

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWhatNoRowHasIsNotLookedFor(t *testing.T) {
	t.Parallel()
	s := Store{Columns: []Column{AttributeColumn("city", "text"), AttributeColumn("floor", "int"), {Name: "code", Expr: "derived->>'code'"}}}
	columns, all := s.targets(nil)
	_, some := s.targets([]string{"city", "use"})
	of := func(column string) (string, string) {
		i := slices.Index(columns, column)
		return all[i], some[i]
	}
	for column, want := range map[string][2]string{
		"attributes": {"attributes - '{city,floor}'::text[]", "attributes - '{city}'::text[]"},
		`"city"`:     {"(attributes->>'city')::text", "(attributes->>'city')::text"},
		`"floor"`:    {"(attributes->>'floor')::int", "(null::text)::int"},
		`"code"`:     {"derived->>'code'", "derived->>'code'"},
	} {
		before, after := of(column)
		require.Equal(t, want, [2]string{before, after}, column)
	}
	_, none := s.targets([]string{"use"})
	require.Equal(t, "attributes", none[slices.Index(columns, "attributes")])
}
