package access_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nsdi/access"
)

// A unit covers what is below it, whatever the depth, and nothing beside or above it.
func TestTerritoryIsATree(t *testing.T) {
	t.Parallel()
	l := newLand(t)
	require.NoError(t, access.EnsureAgency(t.Context(), l.pool, access.Agency{Code: "town", Kind: "municipality", NameFA: "ش", NameEN: "T", Territories: []string{"town-23"}}))
	require.NoError(t, access.EnsureAgency(t.Context(), l.pool, access.Agency{Code: "nowhere", Kind: "municipality", NameFA: "ش", NameEN: "N"}))
	for _, c := range []struct {
		agency, theme, territory string
		want                     bool
	}{
		{"municipality", "road", "IR-23", true},
		{"municipality", "road", "county-23", true},
		{"municipality", "road", "town-23", true},
		{"municipality", "road", "", true}, // all of its own
		{"municipality", "road", "IR", false},
		{"municipality", "road", "IR-30", false},
		{"municipality", "road", "no-such-unit", false},
		{"town", "road", "town-23", true},
		{"town", "road", "county-23", false},
		{"town", "road", "other-23", false},
		{"nowhere", "road", "", false}, // a municipality without territory has none
		{"nowhere", "road", "town-23", false},
		{"post", "gnaf-address", "town-30", true}, // the country
		{"post", "gnaf-address", "", true},
		{"post", "gnaf-address", "no-such-unit", false},
	} {
		got := l.allows(t, l.person(t, c.agency, access.Uploader), access.Upload, access.Resource{Theme: c.theme, Agency: c.agency}, c.territory)
		assert.Equal(t, c.want, got, "%s %s %q", c.agency, c.theme, c.territory)
	}
}

// A delivery that makes a circle of units must not hang the question.
func TestTerritoryWithACircle(t *testing.T) {
	t.Parallel()
	l := newLand(t)
	_, err := l.pool.Exec(t.Context(), `update layers.admin_unit set parent_code = 'town-30' where code = 'IR-30'`)
	require.NoError(t, err)
	assert.False(t, l.allows(t, l.person(t, "municipality", access.Uploader), access.Upload, access.Resource{Theme: "road", Agency: "municipality"}, "town-30"))
}

func TestThemesOfAgencies(t *testing.T) {
	t.Parallel()
	l := newLand(t)
	for agency, want := range map[string][]string{
		"registry":   {"cadastre-marine", "cadastre-range-forest", "cadastre-rural", "cadastre-section", "cadastre-urban", "expected-plates", "gnaf-address", "gnaf-node", "gnaf-way", "gnaf-way-alias"},
		"post":       {"gnaf-address", "gnaf-locality-alias", "gnaf-node", "gnaf-way", "gnaf-way-alias", "place"},
		"ncc":        {"admin-unit", "base-map-feature", "base-map-sheet", "place", "required-scale", "required-sheet"},
		"interior":   {"admin-division", "admin-unit", "expected-addresses", "gnaf-locality-alias", "municipal-district", "place", "required-theme", "urban-boundary", "village"},
		"statistics": {"admin-division", "admin-unit", "expected-addresses", "place", "urban-boundary", "village"},
		"forests":    {"range-forest"},
		"ports":      {"territorial-sea"},
		"planning":   nil,
		"committee":  nil,
		"municipality": {
			"alley", "bridge-tunnel", "building", "cemetery", "city-block", "city-limits", "culture-worship", "detailed-plan", "education-facility", "emergency-service",
			"gnaf-address", "gnaf-locality-alias", "gnaf-node", "gnaf-way", "gnaf-way-alias",
			"green-space", "hazard-zone", "health-facility", "land-use", "market", "municipal-district", "neighbourhood", "parking", "public-facility",
			"public-transport-line", "public-transport-stop", "road", "sewer", "sport-facility", "street-furniture", "waste-facility", "worn-fabric",
		},
		"surveyor": nil,
	} {
		territory := ""
		if agency == "surveyor" {
			territory = inside
		}
		var themes, got []string
		require.NoError(t, l.pool.QueryRow(t.Context(), `select array_agg(code order by code) from layers.theme`).Scan(&themes))
		who := l.person(t, agency, access.Uploader)
		for _, theme := range themes {
			if l.allows(t, who, access.Upload, access.Resource{Theme: theme, Agency: agency}, territory) {
				got = append(got, theme)
			}
		}
		assert.Equal(t, want, got, agency)
		assert.False(t, l.allows(t, who, access.Upload, access.Resource{Agency: agency}, territory), "no theme")
		assert.False(t, l.allows(t, who, access.Upload, access.Resource{Theme: "no-such-theme", Agency: agency}, territory), "unknown theme")
		assert.False(t, l.allows(t, who, access.Upload, access.Resource{Theme: "road"}, territory), "nobody's")
	}
}

func TestFourEyes(t *testing.T) {
	t.Parallel()
	l := newLand(t)
	r := access.Resource{SubmissionID: l.submission(t, "road", "municipality", inside)}
	reza := l.person(t, "municipality", access.Uploader, access.Reviewer, access.Publisher)
	sara := reza
	sara.PersonID = l.sara
	for _, a := range []access.Action{access.Review, access.Publish} {
		assert.False(t, l.allows(t, sara, a, r, ""), "uploaded it herself: %s", a)
		assert.True(t, l.allows(t, reza, a, r, ""), "a second pair of eyes: %s", a)
		key := reza
		key.KeyID, key.Scopes = 5, []string{"*"}
		assert.False(t, l.allows(t, key, a, r, ""), "a key judges nothing: %s", a)
	}
	// What a key of hers uploaded is hers.
	var byKey int64
	require.NoError(t, l.pool.QueryRow(t.Context(), `
		with k as (
			insert into access.key (prefix, secret_hash, name, agency_id, roles, scopes, expires_at, created_by)
			values ('abcdefgh', sha256(''), 'program', $2, '{uploader}', '{upload}', now() + interval '1 day', $3)
			returning id
		)
		insert into layers.submission (dataset_id, agency_id, state, files, uploaded_by_key)
		select s.dataset_id, s.agency_id, 'validated', '[]', k.id
		from k, layers.submission s
		where s.id = $1
		returning id`, r.SubmissionID, reza.Memberships[0].AgencyID, l.sara).Scan(&byKey))
	assert.False(t, l.allows(t, sara, access.Review, access.Resource{SubmissionID: byKey}, ""))
	assert.True(t, l.allows(t, reza, access.Review, access.Resource{SubmissionID: byKey}, ""))
	assert.True(t, l.allows(t, sara, access.Submit, r, ""))
}

// What the caller says of a resource does not stand against what the database knows.
func TestResourceIsWhatTheDatabaseSays(t *testing.T) {
	t.Parallel()
	l := newLand(t)
	own, foreign := l.submission(t, "road", "municipality", inside), l.submission(t, "road", "neighbour", inside)
	var dataset int64
	require.NoError(t, l.pool.QueryRow(t.Context(), `select dataset_id from layers.submission where id = $1`, own).Scan(&dataset))
	who := l.person(t, "municipality", access.Reviewer)
	for _, c := range []struct {
		name      string
		r         access.Resource
		territory string
		want      bool
	}{
		{"as it is", access.Resource{SubmissionID: own, DatasetID: dataset, Theme: "road", Agency: "municipality"}, inside, true},
		{"another's under one's own name", access.Resource{SubmissionID: foreign, Agency: "municipality"}, "", false},
		{"one's own under another's name", access.Resource{SubmissionID: own, Agency: "neighbour"}, "", false},
		{"another theme", access.Resource{SubmissionID: own, Theme: "building"}, "", false},
		{"another's submission in one's own dataset", access.Resource{SubmissionID: foreign, DatasetID: dataset}, "", false},
		{"another place", access.Resource{SubmissionID: own}, "other-23", false},
		{"a submission that is not there", access.Resource{SubmissionID: 999999}, "", false},
		{"a dataset that is not there", access.Resource{DatasetID: 999999}, "", false},
	} {
		assert.Equal(t, c.want, l.allows(t, who, access.Review, c.r, c.territory), c.name)
	}
	assert.False(t, l.allows(t, who, access.ReadRestricted, access.Resource{DatasetID: 999999, Agency: "municipality"}, ""))
}

// A scope takes away from what the role gives, and gives nothing itself.
func TestScopesNarrow(t *testing.T) {
	t.Parallel()
	l := newLand(t)
	for _, c := range []struct {
		scopes []string
		action access.Action
		theme  string
		want   bool
	}{
		{nil, access.Upload, "road", false},
		{[]string{}, access.Upload, "road", false},
		{[]string{"upload:road"}, access.Upload, "road", true},
		{[]string{"upload:road"}, access.Upload, "building", false},
		{[]string{"upload:road"}, access.Submit, "road", false},
		{[]string{"upload:road"}, access.Read, "building", true}, // as everybody may
		{[]string{"upload:*"}, access.Upload, "building", true},
		{[]string{"upload"}, access.Upload, "building", true},
		{[]string{"submit:road", "upload:building"}, access.Upload, "building", true},
		{[]string{"*"}, access.Upload, "building", true},
		{[]string{"*:road"}, access.Upload, "road", true},
		{[]string{"*:road"}, access.Upload, "building", false},
		{[]string{"upload:"}, access.Upload, "road", false},
		{[]string{"upl*"}, access.Upload, "road", false},
		{[]string{"upload:cadastre-urban"}, access.Upload, "cadastre-urban", false}, // the agency may not
		{[]string{"inquire", "audit", "export"}, access.Inquire, "road", false},     // the role may not
		{[]string{"export"}, access.Export, "road", false},
	} {
		key := l.person(t, "municipality", access.Uploader)
		key.PersonID, key.KeyID, key.Scopes = 0, 9, c.scopes
		assert.Equal(t, c.want, l.allows(t, key, c.action, access.Resource{Theme: c.theme, Agency: "municipality"}, inside), "%v: %s of %s", c.scopes, c.action, c.theme)
	}
}

// A provincial committee sees what is in its province, and no agency as a whole.
func TestProvincialCommitteeSeesPlaces(t *testing.T) {
	t.Parallel()
	l := newLand(t)
	who := l.person(t, "province", access.CommitteeMember)
	r := access.Resource{Theme: "gnaf-address", Agency: "post"}
	assert.True(t, l.allows(t, who, access.ReadRestricted, r, inside))
	assert.False(t, l.allows(t, who, access.ReadRestricted, r, ""))
	assert.False(t, l.allows(t, who, access.ReadRestricted, access.Resource{SubmissionID: l.submission(t, "gnaf-address", "post", "")}, ""))
	assert.True(t, l.allows(t, l.person(t, "committee", access.CommitteeMember), access.ReadRestricted, r, ""))
}

// A person has no scopes; that of a key with a person behind it still counts.
func TestKeyOfAPerson(t *testing.T) {
	t.Parallel()
	l := newLand(t)
	r := access.Resource{Theme: "road", Agency: "municipality"}
	who := l.person(t, "municipality", access.Uploader)
	assert.True(t, l.allows(t, who, access.Upload, r, inside))
	who.KeyID = 4
	assert.False(t, l.allows(t, who, access.Upload, r, inside))
}
