package styling

import (
	"fmt"
	"regexp"
	"slices"

	"nsdi/internal/errs"
)

func index(at string, i int) string { return fmt.Sprintf("%s[%d]", at, i) }

// literal looks at a value that is no expression.
func (x *expression) literal(at string, v any, want kind) *fault {
	switch one := v.(type) {
	case map[string]any:
		return wrong(at, v, errs.T("مقدار شیء است؛ آن را به صورت عبارت بنویسید.", "The value is an object; write it as an expression."))
	case float64:
		if want == number && !x.filter && (one < x.least || one > max(x.most, x.least)) && x.kind == number {
			return wrong(at, v, errs.Tf("عدد باید از %v تا %v باشد.", "The number has to be from %v to %v.", x.least, x.most))
		}
		if want != number && want != anything {
			return mismatch(at, v, want)
		}
	case bool:
		if want != boolean && want != anything {
			return mismatch(at, v, want)
		}
	case string:
		switch {
		case want == colour && !isColour(one):
			return wrong(at, v, errs.T("رنگ را به صورت #rrggbb، rgb(…)، rgba(…)، hsl(…) یا hsla(…) بنویسید.", "Write a colour as #rrggbb, rgb(…), rgba(…), hsl(…) or hsla(…)."))
		case want == text && !x.filter && x.kind == text && x.values != nil && !slices.Contains(x.values, one):
			return wrong(at, v, errs.Tf("یکی از %v است.", "It is one of %v.", x.values))
		case want != text && want != colour && want != anything:
			return mismatch(at, v, want)
		}
	case nil:
		if want != anything {
			return mismatch(at, v, want)
		}
	}
	return nil
}

// plain looks at an array that is a value.
func (x *expression) plain(at string, v any, want kind) *fault {
	list, ok := v.([]any)
	if !ok || want == numbers && len(list) != 2 || len(list) == 0 {
		return mismatch(at, v, want)
	}
	for i, one := range list {
		switch n := one.(type) {
		case string:
			ok = want == words
		case float64:
			ok = want == numbers || want == dashes && n >= 0
		default:
			ok = false
		}
		if !ok {
			return mismatch(index(at, i), one, want)
		}
	}
	return nil
}

// colours are written in one of these ways. Numbers are within what MapLibre takes: of three or four parts, with commas.
func isColour(s string) bool {
	const n, share = `\s*(\d{1,3}(\.\d{1,6})?)\s*`, `\s*(\d{1,3}(\.\d{1,6})?)%\s*`
	const alpha = `\s*(0|1|0?\.\d{1,6}|1\.0)\s*`
	return regexp.MustCompile(`^(#([0-9a-fA-F]{3}|[0-9a-fA-F]{4}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})|rgb\(` + n + `,` + n + `,` + n + `\)|rgba\(` + n + `,` + n + `,` + n + `,` + alpha + `\)|hsl\(` + n + `,` + share + `,` + share +
		`\)|hsla\(` + n + `,` + share + `,` + share + `,` + alpha + `\)|transparent|black|white|red|green|blue|yellow|orange|purple|gray|grey|brown)$`).MatchString(s)
}
