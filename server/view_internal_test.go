package server

import (
	"testing"

	"github.com/stretchr/testify/require"

	"nsdi/access"
)

// The header of the pages made here names who is signed in as the built pages do, and the administration only to those who find something there.
func TestHeaderNamesWhoIsSignedIn(t *testing.T) {
	t.Parallel()
	named := func(v view, path string) bool {
		for _, link := range v.Pages() {
			if link.Href == path {
				return true
			}
		}
		return false
	}
	public := view{Lang: "fa", Path: servicesPath}
	require.Equal(t, pageLink{"/sign-in?lang=fa&next=%2Fservices", "ورود", false}, public.Account())
	require.True(t, named(public, "/progress"))
	require.False(t, named(public, "/administration"))

	person := func(login, name string, role access.Role) view {
		return view{Lang: "fa", Path: servicesPath, Person: &access.Person{Login: login, Name: name, Memberships: []access.Membership{{Agency: "a", Roles: []access.Role{role}}}}}
	}
	auditor, uploader := person("sara", "سارا", access.Auditor), person("ali", "", access.Uploader)
	require.Equal(t, "سارا", auditor.Account().Title)
	require.True(t, named(auditor, "/administration"))
	require.Equal(t, "ali", uploader.Account().Title, "a person without a name is named by the login")
	require.False(t, named(uploader, "/administration"))
}
