package server_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nsdi/access"
)

// A page asks who is signed in without getting an error when nobody is, and learns for whom the person may deliver what.
func TestSessionOfAPage(t *testing.T) {
	t.Parallel()
	s := staffed(t, nil)
	b := newBrowser(t, s.URL)
	assert.JSONEq(t, `{"person":null,"must_change_password":false,"agencies":[],"delivers":[]}`, b.get(t, "/v1/session").body)
	b.signIn(t, "sara", sarasPassword)
	told := b.get(t, "/v1/session")
	require.Equal(t, "no-store", told.Header.Get("Cache-Control"))
	// The Post delivers these five themes (access.delivers); a reviewer delivers none.
	assert.JSONEq(t, `{"person":{"login":"sara","name":"سارا"},"must_change_password":false,
		"agencies":[{"code":"post","title":{"fa":"شرکت ملی پست","en":"National Post Company"},"roles":["uploader"]}],
		"delivers":[{"agency":"post","title":{"fa":"شرکت ملی پست","en":"National Post Company"},"territory":null,
			"themes":["place","gnaf-address","gnaf-way","gnaf-node","gnaf-way-alias","gnaf-locality-alias"]}]}`, told.body)

	_, err := access.Create(t.Context(), s.pool, access.Account{Login: "reza", Agency: "post", Role: access.Reviewer, Password: sarasPassword})
	require.NoError(t, err)
	b = newBrowser(t, s.URL)
	b.signIn(t, "reza", sarasPassword)
	assert.Contains(t, b.get(t, "/v1/session").body, `"roles":["reviewer"]}],"delivers":[]}`)
}

// Somebody whose password was chosen by another is brought to the page on which it is changed, wherever he or she goes.
func TestPagesWaitForAPassword(t *testing.T) {
	t.Parallel()
	s := staffed(t, nil)
	_, err := s.pool.Exec(t.Context(), `update access.person set must_change_password = true where login = 'sara'`)
	require.NoError(t, err)
	b := newBrowser(t, s.URL)
	b.signIn(t, "sara", sarasPassword)
	for _, path := range []string{"/", "/submissions", "/submissions/NSDI-1405-K7Q2-93FX-8", "/review", "/geocode"} {
		r := b.get(t, path)
		assert.Equal(t, 303, r.StatusCode, path)
		assert.Contains(t, r.Header.Get("Location"), "/password", path)
	}
}
