package gnaf_test

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"nsdi/gnaf"
	"nsdi/layers"
)

// Whoever changes a rule of addresses or names, a parameter or what a profile says of them raises the version of the rule set, as a rule of all themes does.
func TestRuleSetVersion(t *testing.T) {
	t.Parallel()
	checksums := map[string]string{
		"nsdi-7":  "8a9c1924489b4933e2a6c3c4971923715d2dcdb05fc92882c22dc6dae06a4b1a",
		"nsdi-8":  "8a9c1924489b4933e2a6c3c4971923715d2dcdb05fc92882c22dc6dae06a4b1a", // only parcels and buildings have more rules
		"nsdi-9":  "866a349b91d17365901cf7e66b48b72a5d345d649122089921992b846f62de15",
		"nsdi-10": "1b18227e8af856f66eacb7070e8e159e638ab69b9a8647c458471a05872e7522",
		"nsdi-11": "ecb2cf9789bfa492bc159bce56fa33eb06994247ea2c7bdaa4e95ff8b326c2b8",
		"nsdi-12": "ecb2cf9789bfa492bc159bce56fa33eb06994247ea2c7bdaa4e95ff8b326c2b8", // only references of rules for all themes are others
	}
	addresses, names := gnaf.Store(), gnaf.NameStore()
	body, err := json.Marshal([]any{addresses.Rules, addresses.Definitions, addresses.Settings, addresses.UniqueDerived, names.Definitions, names.Settings})
	require.NoError(t, err)
	require.Equal(t, checksums[layers.RuleSet()], fmt.Sprintf("%x", sha256.Sum256(body)))
}
