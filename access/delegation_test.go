package access_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nsdi/access"
	"nsdi/internal/errs"
)

func TestDelegation(t *testing.T) {
	t.Parallel()
	l := newLand(t)
	who := l.person(t, "surveyor", access.Uploader, access.Reviewer, access.Publisher, access.Administrator)
	roads := access.Resource{Theme: "road", Agency: "municipality"}
	require.False(t, l.allows(t, who, access.Upload, roads, inside), "before")
	until := l.now.Add(48 * time.Hour)
	id, err := l.given.Delegate(t.Context(), access.Delegation{Agency: "municipality", Contractor: "surveyor", Theme: "road", Territory: "county-23", Until: until}, l.sara)
	require.NoError(t, err)

	submission := access.Resource{SubmissionID: l.submission(t, "road", "municipality", inside)}
	for _, c := range []struct {
		action    access.Action
		r         access.Resource
		territory string
		want      bool
	}{
		{access.Upload, roads, "county-23", true},
		{access.Upload, roads, inside, true},
		{access.Submit, submission, "", true},
		{access.ReadRestricted, submission, "", true},
		{access.Upload, roads, "IR-23", false}, // more than was delegated
		{access.Upload, roads, "", false},
		{access.Upload, roads, outside, false},
		{access.Upload, access.Resource{Theme: "building", Agency: "municipality"}, inside, false},
		{access.Upload, access.Resource{Theme: "road", Agency: "neighbour"}, inside, false},
		{access.Upload, access.Resource{Theme: "road", Agency: "surveyor"}, inside, false},
		{access.Review, submission, "", false}, // the custodian judges
		{access.Publish, submission, "", false},
		{access.Export, submission, "", false},
		{access.Administer, roads, inside, false},
	} {
		assert.Equal(t, c.want, l.allows(t, who, c.action, c.r, c.territory), "%s %v %q", c.action, c.r, c.territory)
	}
	assert.False(t, l.allows(t, l.person(t, "surveyor", access.Reviewer), access.Upload, roads, inside), "the contractor's uploader, nobody else")
	assert.False(t, l.allows(t, l.person(t, "neighbour", access.Uploader), access.Upload, roads, inside), "another agency")

	l.now = until.Add(-time.Second)
	assert.True(t, l.allows(t, who, access.Upload, roads, inside), "to the last second")
	l.now = until
	assert.False(t, l.allows(t, who, access.Upload, roads, inside), "expired")
	l.now = until.Add(-49 * time.Hour)
	assert.False(t, l.allows(t, who, access.Upload, roads, inside), "not granted yet")
	l.now = until.Add(-time.Hour)
	require.True(t, l.allows(t, who, access.Upload, roads, inside))

	// It ends with the right of who gave it.
	require.NoError(t, access.EnsureAgency(t.Context(), l.pool, access.Agency{Code: "municipality", Kind: "municipality", NameFA: "م", NameEN: "M", Territories: []string{"IR-30"}}))
	assert.False(t, l.allows(t, who, access.Upload, roads, inside), "the giver's territory is another now")
	require.NoError(t, access.EnsureAgency(t.Context(), l.pool, access.Agency{Code: "municipality", Kind: "municipality", NameFA: "م", NameEN: "M", Territories: []string{"IR-23"}}))
	require.True(t, l.allows(t, who, access.Upload, roads, inside))

	ministry := access.Agency{Code: "roads", Kind: "ministry", NameFA: "راه", NameEN: "Roads", Themes: []string{"road"}}
	require.NoError(t, access.EnsureAgency(t.Context(), l.pool, ministry))
	_, err = l.given.Delegate(t.Context(), access.Delegation{Agency: "roads", Contractor: "surveyor", Theme: "road", Until: until}, 0)
	require.NoError(t, err)
	national := access.Resource{Theme: "road", Agency: "roads"}
	assert.True(t, l.allows(t, who, access.Upload, national, ""), "no territory: wherever the giver may")
	assert.True(t, l.allows(t, who, access.Upload, national, outside))
	ministry.Themes = []string{"place"}
	require.NoError(t, access.EnsureAgency(t.Context(), l.pool, ministry))
	assert.False(t, l.allows(t, who, access.Upload, national, ""), "the giver does not deliver roads any more")

	require.NoError(t, l.given.Revoke(t.Context(), id, l.sara))
	assert.False(t, l.allows(t, who, access.Upload, roads, inside), "revoked")
	assert.Equal(t, "delegation-unknown", errs.Code(l.given.Revoke(t.Context(), id, 0)), "only once")
	all, err := l.given.List(t.Context(), "surveyor")
	require.NoError(t, err)
	require.Len(t, all, 2)
	assert.Nil(t, all[0].Revoked)
	assert.Equal(t, "county-23", all[1].Territory)
	assert.WithinDuration(t, l.now, *all[1].Revoked, 0)
	none, err := l.given.List(t.Context(), "post")
	require.NoError(t, err)
	assert.Empty(t, none)
}

func TestDelegateRefuses(t *testing.T) {
	t.Parallel()
	l := newLand(t)
	good := access.Delegation{Agency: "municipality", Contractor: "surveyor", Theme: "road", Territory: inside, Until: l.now.Add(time.Hour)}
	for code, change := range map[string]func(*access.Delegation){
		"agency-unknown":     func(d *access.Delegation) { d.Contractor = "nobody" },
		"theme-unknown":      func(d *access.Delegation) { d.Theme = "nothing" },
		"territory-unknown":  func(d *access.Delegation) { d.Territory = "nowhere" },
		"theme-not-allowed":  func(d *access.Delegation) { d.Theme = "cadastre-urban" },
		"territory-outside":  func(d *access.Delegation) { d.Territory = outside },
		"period-past":        func(d *access.Delegation) { d.Until = l.now },
		"delegation-to-self": func(d *access.Delegation) { d.Contractor = d.Agency },
	} {
		d := good
		change(&d)
		_, err := l.given.Delegate(t.Context(), d, 0)
		assert.Equal(t, code, errs.Code(err))
	}
	_, err := l.given.Delegate(t.Context(), good, 0)
	require.NoError(t, err)
	// What was delegated is not the contractor's to delegate.
	on := good
	on.Agency, on.Contractor = "surveyor", "neighbour"
	_, err = l.given.Delegate(t.Context(), on, 0)
	assert.Equal(t, "theme-not-allowed", errs.Code(err))
}

func TestEnsureAgency(t *testing.T) {
	t.Parallel()
	l := newLand(t)
	a := access.Agency{Code: "roads", Kind: "ministry", NameFA: "راه", NameEN: "Roads", Parent: "planning", Territories: []string{}, Themes: []string{"road", "place"}}
	find := func() access.Agency {
		all, err := access.Agencies(t.Context(), l.pool)
		require.NoError(t, err)
		for _, found := range all {
			if found.Code == a.Code {
				return found
			}
		}
		return access.Agency{}
	}
	require.NoError(t, access.EnsureAgency(t.Context(), l.pool, a))
	got := find()
	assert.ElementsMatch(t, []string{"place", "road"}, got.Themes)
	assert.Equal(t, "planning", got.Parent)
	a.Themes, a.Parent = nil, ""
	require.NoError(t, access.EnsureAgency(t.Context(), l.pool, a))
	assert.Equal(t, got, find(), "what is not said stays")
	a.Themes = []string{"village"}
	require.NoError(t, access.EnsureAgency(t.Context(), l.pool, a))
	assert.Equal(t, []string{"village"}, find().Themes)
	for code, change := range map[string]func(*access.Agency){
		"agency-unknown":    func(a *access.Agency) { a.Parent = "nobody" },
		"theme-unknown":     func(a *access.Agency) { a.Themes = []string{"nothing"} },
		"territory-unknown": func(a *access.Agency) { a.Territories = []string{"nowhere"} },
	} {
		b := a
		change(&b)
		assert.Equal(t, code, errs.Code(access.EnsureAgency(t.Context(), l.pool, b)))
	}
}
