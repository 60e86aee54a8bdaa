package layers

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// A mapping that was confirmed before is proposed again only for files that have its columns, those of the key among them.
func TestMappingsThatFit(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		mapping Mapping
		fits    bool
	}{
		{Mapping{}, true},
		{Mapping{Key: &Expr{Column: "ID"}}, true},
		{Mapping{Key: &Expr{Column: "tags.ref"}}, true},
		{Mapping{Key: &Expr{Column: "شناسه"}}, false},
		{Mapping{Key: &Expr{Template: "{id}-{$layer}"}}, true},
		{Mapping{Key: &Expr{Template: "{id}-{part}"}}, false},
		{Mapping{Attributes: map[string]*Expr{"code": {Column: "id"}}}, true},
		{Mapping{Attributes: map[string]*Expr{"code": {Column: "code"}}}, false},
	} {
		require.Equal(t, tc.fits, fits(&tc.mapping, []string{"id", "tags"}), "%+v", tc.mapping)
	}
}
