package catalogue

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the table of themes into docs/data-formats.md")

const (
	document = "../../docs/data-formats.md"
	begin    = "<!-- themes: go test ./layers/catalogue -update -->\n"
	end      = "<!-- end of themes -->\n"
)

// The table of themes in the documents is made of the files.
func TestDocumentedThemes(t *testing.T) {
	t.Parallel()
	all, err := Load()
	require.NoError(t, err)
	slices.SortFunc(all, func(a, b Entry) int { return a.Position - b.Position })
	var table strings.Builder
	table.WriteString("| theme | | geometry | key | required attributes | other attributes | update | margin (m) | zooms |\n|---|---|---|---|---|---|---|---|---|\n")
	for _, e := range all {
		var required, others []string
		for _, a := range e.Attributes {
			name := a.Name
			if a.Type != "text" {
				name += " (" + a.Type + ")"
			}
			if a.Required {
				required = append(required, name)
			} else {
				others = append(others, name)
			}
		}
		zooms := fmt.Sprintf("%d–%d", e.MinZoom, e.MaxZoom)
		if e.SplitZoom > e.MinZoom {
			zooms += fmt.Sprintf(", from %d one by one", e.SplitZoom)
		}
		if e.Geometry == "none" || e.Restricted { // which has no tiles
			zooms = "–"
		}
		code := "`" + e.Code + "`"
		if e.Restricted {
			code += " †"
		}
		fmt.Fprintf(&table, "| %s | %s | %s | %s | %s | %s | %s | %v | %s |\n", code, e.Title.EN, e.Geometry, strings.Join(e.Key, ", "), strings.Join(required, ", "),
			strings.Join(others, ", "), e.Cycle.Duration, e.Buffer, zooms)
	}
	body, err := os.ReadFile(document)
	require.NoError(t, err)
	before, rest, found := strings.Cut(string(body), begin)
	require.True(t, found)
	old, after, found := strings.Cut(rest, end)
	require.True(t, found)
	if *update {
		require.NoError(t, os.WriteFile(document, []byte(before+begin+table.String()+end+after), 0o644))
		return
	}
	require.Equal(t, table.String(), old, "run: go test ./layers/catalogue -update")
}
