package server_test

import (
	"encoding/json"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nsdi/access"
)

// Whatever stands in the place of an identifier, no address answers that the fault is the server's.
func TestAddressesOfNothing(t *testing.T) {
	t.Parallel()
	s := keyed(t)
	everybody := s.key(t, "committee", access.Publisher, access.Inquirer)
	var described struct {
		Paths map[string]map[string]json.RawMessage
	}
	_, body := s.do(t, "GET", "/openapi.json")
	require.NoError(t, json.Unmarshal(body, &described))
	parameter := regexp.MustCompile(`\{[^}]+\}`)
	asked := 0
	for path, methods := range described.Paths {
		if _, reads := methods["get"]; !reads || !parameter.MatchString(path) {
			continue
		}
		asked++
		for _, odd := range []string{"%00", "%ff", "-1", "99999999999999999999", "%D8%A7", "..%2f"} {
			for _, key := range []string{"", everybody} {
				r, body := s.do(t, "GET", parameter.ReplaceAllString(path, odd), "x-api-key", key)
				assert.GreaterOrEqual(t, r.StatusCode, 400, "%s of %s: %s", path, odd, body)
				assert.NotEqual(t, 500, r.StatusCode, "%s of %s: %s", path, odd, body)
			}
		}
	}
	require.Greater(t, asked, 20)
}
