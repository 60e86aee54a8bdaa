package sample

import (
	"strings"
	"testing"
)

// codeProblem restates the published rule, warnings included, independently of how codes are made.
func codeProblem(code string) string {
	switch {
	case len(code) != 10 || strings.Trim(code, "0123456789") != "":
		return "length"
	case strings.ContainsAny(code[:5], "02"):
		return "0 or 2 in the first five"
	case strings.Count(code, code[:1]) == 10:
		return "placeholder"
	case code[4] == '5':
		return "looks like a post-office box"
	case strings.Count(code[:4], code[:1]) == 4:
		return "repeated prefix"
	case strings.Contains(code[5:], "2"):
		return "2 in the last five"
	case code[0] != '1' && !strings.Contains(code[1:5], "1"):
		return "no separator"
	}
	return ""
}

func TestPrefixesOfProvincesAreValidAndDisjoint(t *testing.T) {
	t.Parallel()
	owner := map[string]string{}
	for _, p := range provinces() {
		list := prefixes(p.postal)
		if len(list) < 20 {
			t.Errorf("%s has only %d prefixes", p.code, len(list))
		}
		for _, prefix := range list {
			if other, ok := owner[prefix]; ok {
				t.Fatalf("prefix %s belongs to %s and %s", prefix, other, p.code)
			}
			owner[prefix] = p.code
			for _, n := range []int{0, 1, 8, 9, serials / 2, serials - 1} {
				if problem := codeProblem(postcode(prefix, n)); problem != "" {
					t.Fatalf("%s: %s", postcode(prefix, n), problem)
				}
			}
		}
	}
}

func TestCodesUnderAPrefixAreDifferent(t *testing.T) {
	t.Parallel()
	seen := make(map[string]bool, serials)
	for n := range serials {
		code := postcode("46133", n)
		if seen[code] {
			t.Fatalf("code %s returns at %d", code, n)
		}
		seen[code] = true
	}
}
