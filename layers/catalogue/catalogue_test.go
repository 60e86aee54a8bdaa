package catalogue

import (
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A change of a file raises Version and adds a line to versions.txt: then whoever sees a version knows what it says.
func TestVersionNamesTheContent(t *testing.T) {
	t.Parallel()
	digest, err := Digest()
	require.NoError(t, err)
	versions, err := os.ReadFile("versions.txt")
	require.NoError(t, err)
	lines := strings.Split(strings.TrimSpace(string(versions)), "\n")
	require.Equal(t, strconv.Itoa(Version)+" "+digest, lines[len(lines)-1], "raise Version and add this line to versions.txt")
	require.Len(t, lines, Version)
}

func TestTheFilesAreWhole(t *testing.T) {
	t.Parallel()
	all, err := Load() // which checks each
	require.NoError(t, err)
	municipal, restricted := 0, 0
	positions := map[int]string{}
	for _, e := range all {
		require.Empty(t, positions[e.Position], "%s has the position of another", e.Code)
		positions[e.Position] = e.Code
		for _, k := range e.DeliveredBy {
			if k == "municipality" {
				municipal++
			}
		}
		if e.Restricted {
			restricted++
		}
	}
	require.GreaterOrEqual(t, municipal, 20)
	require.Equal(t, 5, restricted, "where water, sewage, electricity, gas and cables run is not for everybody")
}

// What can be required of municipalities are the themes that they may deliver.
func TestThemesThatCanBeRequired(t *testing.T) {
	t.Parallel()
	all, err := Load()
	require.NoError(t, err)
	var may, can []string
	for _, e := range all {
		if slices.Contains(e.DeliveredBy, "municipality") && !e.Restricted { // what is asked of everybody is for everybody
			may = append(may, e.Code)
		}
		if e.Code == "required-theme" {
			for _, v := range e.Attributes[slices.IndexFunc(e.Attributes, func(a Attribute) bool { return a.Name == "theme" })].Listed {
				can = append(can, v.Code)
			}
		}
	}
	require.ElementsMatch(t, may, can)
}

func TestAFileThatIsWrongIsRefused(t *testing.T) {
	t.Parallel()
	body, err := files.ReadFile("themes/road.json")
	require.NoError(t, err)
	good := string(body)
	_, err = parse(body)
	require.NoError(t, err)
	for _, c := range []struct{ from, to, want string }{
		{`"key": ["road_id"]`, `"key": ["id"]`, `the key attribute "id" is not there`},
		{`"duration": "P6M"`, `"duration": "6 months"`, "no ISO 8601 duration"},
		{`"value_type": "number"`, `"value_type": "real"`, `no type "real"`},
		{`"mass_removal": 0.2`, `"mass_removal": 20`, "is no share"},
		{`"aliases": ["عرض"`, `"aliases": ["name"`, "is also one of name_fa"},
		{`"examples": ["24", "12", "45"]`, `"examples": []`, "no example"},
		{`"en": "Width (m)"`, `"en": ""`, "both languages"},
		{`"store": "layers.feature"`, `"store": "layers.restricted_feature"`, "restricted features belong"},
		{`"geometry"`, `"geometri"`, "unknown field"},
	} {
		require.Contains(t, good, c.from)
		_, err := parse([]byte(strings.Replace(good, c.from, c.to, 1)))
		require.ErrorContains(t, err, c.want, c.to)
	}
}
