package access_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nsdi/access"
)

// What Readable lists is what the question of each single dataset allows: nothing that a role does not reach, and nothing forgotten.
func TestReadableIsWhatMayBeRead(t *testing.T) {
	t.Parallel()
	l := newLand(t)
	sets := map[string]int64{}
	for name, d := range map[string][3]string{"lines": {"electricity", "energy", ""}, "pipes": {"water", "energy", ""}, "there": {"electricity", "energy", "IR-23"}, "roads": {"road", "municipality", ""}} {
		l.submission(t, d[0], d[1], d[2])
		var id int64
		require.NoError(t, l.pool.QueryRow(t.Context(), `
			select d.id
			from layers.dataset d
			join access.agency a on a.id = d.agency_id
			where d.theme = $1
			  and a.code = $2
			  and coalesce(d.territory, '') = $3`, d[0], d[1], d[2]).Scan(&id))
		sets[name] = id
	}
	surveyor, err := l.given.Delegate(t.Context(), access.Delegation{Agency: "energy", Contractor: "surveyor", Theme: "water", Until: l.now.AddDate(0, 1, 0)}, l.sara)
	require.NoError(t, err)
	check := func(who string, s access.Subject, want ...string) {
		t.Helper()
		got, err := l.can.Readable(t.Context(), s)
		require.NoError(t, err)
		var ids []int64
		for _, name := range want {
			ids = append(ids, sets[name])
		}
		assert.ElementsMatch(t, ids, got, who)
		for name, id := range sets {
			if name == "roads" {
				continue // is for everybody
			}
			assert.Equal(t, l.allows(t, s, access.ReadRestricted, access.Resource{DatasetID: id}, ""), slices.Contains(got, id), "%s, %s", who, name)
		}
	}
	check("nobody", access.Subject{})
	check("uploader", l.person(t, "energy", access.Uploader), "lines", "pipes", "there")
	check("inquirer", l.person(t, "energy", access.Inquirer))
	check("another agency", l.person(t, "municipality", access.Publisher, access.Administrator))
	check("committee", l.person(t, "committee", access.CommitteeMember), "lines", "pipes", "there")
	check("provincial committee", l.person(t, "province", access.CommitteeMember), "there")
	check("contractor", l.person(t, "surveyor", access.Uploader), "pipes")
	require.NoError(t, l.given.Revoke(t.Context(), surveyor, l.sara))
	check("contractor after the end", l.person(t, "surveyor", access.Uploader))
	key := l.person(t, "energy", access.Uploader)
	key.PersonID, key.KeyID, key.Scopes = 0, 7, []string{"read-restricted:water"}
	check("key of one theme", key, "pipes")
}
