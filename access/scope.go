package access

import (
	"slices"
	"strings"
)

// inScope reports whether a key's scopes let it do this: "action:theme", "action:*", "action" or "*". A scope with a theme does not cover what has none.
// A scope takes away and gives nothing: the role has to allow the action as well.
func inScope(scopes []string, a Action, theme string) bool {
	for _, scope := range scopes {
		action, what, narrowed := strings.Cut(scope, ":")
		if action != "*" && action != string(a) {
			continue
		}
		if !narrowed || what == "*" || (theme != "" && what == theme) {
			return true
		}
	}
	return false
}

// everInScope reports whether a key's scopes let it do this with the theme, or, where none is named, with any.
func everInScope(scopes []string, a Action, theme string) bool {
	return inScope(scopes, a, theme) || theme == "" && slices.ContainsFunc(scopes, func(scope string) bool {
		return strings.HasPrefix(scope, string(a)+":") || strings.HasPrefix(scope, "*:")
	})
}
