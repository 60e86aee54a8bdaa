package layers

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Whoever changes a rule, a parameter or a profile raises ruleSetVersion, and writes the new checksum here beside the old ones.
func TestRuleSetVersion(t *testing.T) {
	t.Parallel()
	checksums := map[int]string{
		3:  "92c3d5644c17f146667cef94967cfb837e055775995f01dfeb6347a2bcc20281",
		4:  "11785f2f9bb1b42f8e2431b4913b3febab1d5bb02c490e419cc20bcf90a8d96f",
		5:  "1d0ac7c3714a4b572d9d21bbf0a419cb5f1bbf03f9eac0ba8fb1717d313aa776",
		6:  "e9c9df1f903a02d02a01deb7bce0625152dce96e16a6ac73a733714b91fe3b1b",
		7:  "e9c9df1f903a02d02a01deb7bce0625152dce96e16a6ac73a733714b91fe3b1b", // only addresses have more rules
		8:  "cf78066b4c2a4aa7fddf954725005a22f0c7eae02426dd3ee20dd7449a9a6812",
		9:  "38f0c401aa822628a56d485bc790df2885206ef52e958bca3811d0a8187c8225", // the same rules, with their keys in the register of addresses
		10: "38f0c401aa822628a56d485bc790df2885206ef52e958bca3811d0a8187c8225", // only addresses have one more
		11: "38f0c401aa822628a56d485bc790df2885206ef52e958bca3811d0a8187c8225", // only addresses and names have more
		12: "d3d6443e245e0d41b0aa2ff0d5caace6caebe3c0619156ae24be78340845bc75", // rules against removals and moves cite another document
	}
	require.Equal(t, fmt.Sprintf("nsdi-%d", ruleSetVersion), ruleSet)
	im := &Importer{Stores: []Store{FeatureStore()}}
	body, err := json.Marshal([]any{im.Catalogue(), Profiles()})
	require.NoError(t, err)
	require.Equal(t, checksums[ruleSetVersion], fmt.Sprintf("%x", sha256.Sum256(body)),
		"the rules differ from those of %s: raise ruleSetVersion, and write the checksum of the new version here", ruleSet)
}

// The catalogue says everything of each rule, in both languages, and profiles only speak of rules, themes and parameters that there are.
func TestCatalogueIsComplete(t *testing.T) {
	t.Parallel()
	im := &Importer{Stores: []Store{FeatureStore()}}
	defs := im.Stores[0].definitions()
	for _, d := range im.Catalogue() {
		require.NotEmpty(t, d.Title.FA, d.Code)
		require.NotEmpty(t, d.Title.EN, d.Code)
		require.NotEmpty(t, d.Message.FA, d.Code)
		require.NotEmpty(t, d.Message.EN, d.Code)
		require.NotEmpty(t, d.Reference, d.Code)
		require.Contains(t, []string{"E", "W", "I"}, d.Severity, d.Code)
		require.Positive(t, d.Since, d.Code)
		require.LessOrEqual(t, d.Since, ruleSetVersion, d.Code)
	}
	for code := range details() {
		require.Contains(t, defs, code)
	}
	for _, p := range Profiles() {
		require.NotEmpty(t, p.Title.FA)
		require.NotEmpty(t, p.About.EN)
		for _, s := range p.Settings {
			d, known := defs[s.Rule]
			require.True(t, known, "%s: %s", p.Code, s.Rule)
			require.False(t, d.Fixed, "%s: %s cannot be otherwise", p.Code, s.Rule)
			require.Contains(t, []string{"E", "W", "I", "off", ""}, s.Severity)
			for name := range s.Parameters {
				require.True(t, slices.ContainsFunc(d.Parameters, func(p Parameter) bool { return p.Name == name }), "%s: %s.%s", p.Code, s.Rule, name)
			}
		}
	}
	_, err := FindProfile("kind")
	refused(t, err, "profile-unknown")
}

// The same rows are judged otherwise by another profile, which the report names.
func TestProfilesDecide(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	file := d.file("n.geojson", collection(feature(box(51, 35, 0.01), `"code":"a","name_fa":"الف"`), feature(box(51.009, 35.009, 0.01), `"code":"b","name_fa":"ب"`)))
	report, err := d.deliver(Request{Theme: "neighbourhood", Files: []string{file}})
	require.NoError(t, err)
	require.Equal(t, "W", report.rule("overlap").Severity)
	require.Equal(t, "standard", report.Profile)
	require.Equal(t, ruleSet, report.RuleSet)
	require.EqualValues(t, 2, report.Accepted)

	report, err = d.deliver(Request{Theme: "neighbourhood", Files: []string{file}, Profile: "strict"})
	require.NoError(t, err)
	require.Equal(t, "E", report.rule("overlap").Severity)
	require.Equal(t, "strict", report.Profile)
	require.EqualValues(t, 1, report.Accepted)

	report, err = d.deliver(Request{Theme: "green-space", Files: []string{d.file("g.geojson", strings.ReplaceAll(collection(feature(box(51, 35, 0.01), `"code":"a"`), feature(box(51.009, 35.009, 0.01), `"code":"b"`)), "code", "space_id"))}})
	require.NoError(t, err)
	require.Nil(t, report.rule("overlap"), "green spaces may overlap")

	_, err = d.deliver(Request{Theme: "neighbourhood", Files: []string{file}, Profile: "kind"})
	refused(t, err, "profile-unknown")
}

// What is found does not depend on the order of the rows.
func TestFindingsInAnyOrder(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	for seed := range uint64(12) {
		random := rand.New(rand.NewPCG(seed, 7))
		names := []string{"تهران", "علي", " کرج ", "ÊåÑÇä", "تهران"}
		var rows []string
		for i := range 2 + random.IntN(10) {
			lon, lat := 51+float64(random.IntN(7))*0.000003, 35.0
			if random.IntN(5) == 0 {
				lon, lat = lat, lon
			}
			rows = append(rows, fmt.Sprintf("p%d,%s,%.7f,%.7f", i, names[random.IntN(len(names))], lon, lat))
		}
		read := func() string {
			d.exec(`delete from layers.feature`)
			report, err := d.deliver(Request{Theme: "place", Files: []string{d.file("p.csv", "code,name_fa,lon,lat\n"+strings.Join(rows, "\n")+"\n")}, AllowRemovals: true})
			require.NoError(t, err)
			return d.text(`
				select coalesce(string_agg(concat_ws(' ', rule, severity, feature_key, field, raw_value, proposed, measure, unit, other_key, message_en), E'\n'
				  order by rule, feature_key, field, other_key), '')
				from layers.finding
				where submission_id = $1`, report.Submission)
		}
		first := read()
		random.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
		require.Equal(t, first, read(), "seed %d", seed)
	}
}
