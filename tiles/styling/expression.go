package styling

import (
	"encoding/json"
	"slices"
	"strings"

	"nsdi/internal/errs"
)

// operator is one of the language of expressions, of those whose arguments need no rule of their own.
type operator struct {
	least, most int  // arguments; most below zero: any number
	takes       kind // each argument
	gives       kind
}

// operators are those that tiles and zooms can be drawn by.
func operators() map[string]operator {
	all := map[string]operator{
		"get": {1, 2, anything, anything}, "has": {1, 2, anything, boolean}, "in": {2, 2, anything, boolean}, "index-of": {2, 3, anything, number},
		"slice": {2, 3, anything, anything}, "length": {1, 1, anything, number}, "id": {0, 0, anything, anything}, "properties": {0, 0, anything, "object"}, "geometry-type": {0, 0, anything, text},
		"feature-state": {1, 1, text, anything}, "zoom": {0, 0, anything, number}, "heatmap-density": {0, 0, anything, number},
		"!": {1, 1, boolean, boolean}, "==": {2, 2, anything, boolean}, "!=": {2, 2, anything, boolean}, "<": {2, 2, anything, boolean}, "<=": {2, 2, anything, boolean},
		">": {2, 2, anything, boolean}, ">=": {2, 2, anything, boolean}, "all": {0, -1, boolean, boolean}, "any": {0, -1, boolean, boolean},
		"concat": {1, -1, anything, text}, "upcase": {1, 1, text, text}, "downcase": {1, 1, text, text}, "is-supported-script": {1, 1, text, boolean}, "typeof": {1, 1, anything, text},
		"string": {1, -1, anything, text}, "number": {1, -1, anything, number}, "boolean": {1, -1, anything, boolean}, "to-string": {1, 1, anything, text}, "to-number": {1, -1, anything, number},
		"to-boolean": {1, 1, anything, boolean}, "to-color": {1, -1, anything, colour}, "rgb": {3, 3, number, colour}, "rgba": {4, 4, number, colour},
		"+": {1, -1, number, number}, "*": {1, -1, number, number}, "-": {1, 2, number, number}, "/": {2, 2, number, number}, "%": {2, 2, number, number}, "^": {2, 2, number, number},
		"min": {1, -1, number, number}, "max": {1, -1, number, number}, "pi": {0, 0, anything, number}, "e": {0, 0, anything, number}, "ln2": {0, 0, anything, number},
	}
	for one := range strings.FieldsSeq("sqrt log10 ln log2 sin cos tan asin acos atan round abs ceil floor") {
		all[one] = operator{1, 1, number, number}
	}
	return all
}

// mostDeep bounds how deep expressions stand in one another.
const mostDeep = 40

// expression is one that is looked at, with the property that it is the value of.
type expression struct {
	property
	filter bool
	ops    map[string]operator
}

// fault says where a style is wrong, and how.
type fault struct {
	at    string
	value string
	why   errs.Text
}

func wrong(at string, value any, why errs.Text) *fault {
	shown, _ := json.Marshal(value) // it was read from JSON
	if r := []rune(string(shown)); len(r) > 200 {
		shown = []byte(string(r[:200]) + "…")
	}
	return &fault{at, string(shown), why}
}

// value looks at what is given for something of a kind. top is whether nothing but the property is around it: only there may the zoom be looked at.
func (x *expression) value(at string, v any, want kind, top bool, deep int) *fault {
	if deep > mostDeep {
		return wrong(at, nil, errs.Tf("عبارت بیش از %d لایه دارد.", "The expression is more than %d levels deep.", mostDeep))
	}
	list, ok := v.([]any)
	if !ok {
		return x.literal(at, v, want)
	}
	if len(list) == 0 {
		return wrong(at, v, errs.T("عبارت خالی است.", "The expression is empty."))
	}
	name, ok := list[0].(string)
	if !ok {
		return wrong(at, v, errs.T("عبارت با نام عملگر آغاز می‌شود؛ آرایه را درون literal بنویسید.", "An expression begins with the name of its operator; write an array within literal."))
	}
	args := list[1:]
	switch name {
	case "literal":
		if len(args) != 1 {
			return x.arity(at, v)
		}
		if _, array := args[0].([]any); array && want != anything && want != words && want != numbers {
			return mismatch(at, v, want)
		} else if array && want != anything {
			return x.plain(at, args[0], want)
		}
		return x.literal(at, args[0], want)
	case "case":
		return x.branches(at, v, args, want, deep)
	case "match":
		return x.match(at, v, args, want, deep)
	case "coalesce":
		if len(args) == 0 {
			return x.arity(at, v)
		}
		return x.each(at, args, want, deep)
	case "step", "interpolate":
		return x.curve(at, v, name, args, want, top, deep)
	}
	op, known := x.ops[name]
	if !known {
		return wrong(at, name, errs.T("چنین عملگری در اینجا پذیرفته نیست.", "There is no such operator here."))
	}
	if len(args) < op.least || op.most >= 0 && len(args) > op.most {
		return x.arity(at, v)
	}
	if f := x.inputs(at, name); f != nil {
		return f
	}
	if want != anything && op.gives != anything && op.gives != want {
		return mismatch(at, v, want)
	}
	if want == words || want == numbers {
		return wrong(at, v, errs.T("در اینجا تنها literal، case، match، step یا interpolate پذیرفته است.", "Only literal, case, match, step or interpolate can be here."))
	}
	takes := op.takes
	if name == "get" || name == "has" || name == "feature-state" {
		if len(args) > 1 {
			return x.arity(at, v)
		}
		if _, constant := args[0].(string); !constant {
			return wrong(at, v, errs.T("نام صفت را به صورت متن بنویسید.", "Write the attribute's name as a text."))
		}
		return nil
	}
	if f := x.comparable(at, v, name, args); f != nil {
		return f
	}
	return x.each(at, args, takes, deep)
}

// comparable refuses filters of the old kind, which name an attribute where an expression has a text, and comparisons of what has no order.
func (x *expression) comparable(at string, v any, name string, args []any) *fault {
	if !slices.Contains([]string{"==", "!=", "<", "<=", ">", ">="}, name) {
		return nil
	}
	given, kinds := 0, map[kind]bool{}
	for _, a := range args {
		if one := x.kindOf(a); one != anything {
			kinds[one] = true
		}
		if _, ok := a.([]any); ok {
			given++
			continue
		}
		if _, truth := a.(bool); truth && len(name) < 3 && name[0] != '=' && name[0] != '!' || a == nil && name[0] != '=' && name[0] != '!' {
			return wrong(at, v, errs.T("این مقدار ترتیب ندارد.", "This value has no order."))
		}
	}
	if len(kinds) > 1 {
		return wrong(at, v, errs.T("دو مقدار از یک گونه نیستند.", "The two values are not of one kind."))
	}
	if given == 0 {
		return wrong(at, v, errs.T("صفت را به صورت [\"get\", نام] بنویسید؛ شکل کهنه صافی پذیرفته نیست.", "Write the attribute as [\"get\", name]; filters of the old kind are not taken."))
	}
	return nil
}

// kindOf is what a value is of, as far as it can be told.
func (x *expression) kindOf(v any) kind {
	switch one := v.(type) {
	case float64:
		return number
	case bool:
		return boolean
	case string:
		return text
	case []any:
		name := ""
		if len(one) > 0 {
			name, _ = one[0].(string)
		}
		return x.ops[name].gives
	}
	return anything
}

// inputs refuses what the value of the property cannot depend on.
func (x *expression) inputs(at, name string) *fault {
	switch name {
	case "zoom":
		if !x.filter {
			return wrong(at, name, errs.T("zoom تنها ورودی بیرونی‌ترین step یا interpolate است.", "zoom can only be the input of the outermost step or interpolate."))
		}
	case "heatmap-density":
		return wrong(at, name, errs.T("این تنها ورودی heatmap-color است.", "This can only be the input of heatmap-color."))
	case "feature-state":
		if x.filter || !x.state {
			return wrong(at, name, errs.T("این ویژگی به حال عارضه بسته نیست.", "This property cannot depend on a feature's state."))
		}
	case "get", "has", "id", "properties", "geometry-type":
		if !x.filter && !x.byFeature {
			return wrong(at, name, errs.T("این ویژگی برای هر عارضه جدا نیست؛ تنها به بزرگ‌نمایی بسته است.", "This property is not by feature; it can depend on the zoom only."))
		}
	}
	return nil
}

func (x *expression) each(at string, args []any, want kind, deep int) *fault {
	for i, a := range args {
		if f := x.value(index(at, i+1), a, want, false, deep+1); f != nil {
			return f
		}
	}
	return nil
}

func (x *expression) branches(at string, v any, args []any, want kind, deep int) *fault {
	if len(args) < 3 || len(args)%2 == 0 {
		return x.arity(at, v)
	}
	for i, a := range args {
		kind := want
		if i%2 == 0 && i < len(args)-1 {
			kind = boolean
		}
		if f := x.value(index(at, i+1), a, kind, false, deep+1); f != nil {
			return f
		}
	}
	return nil
}

func (x *expression) match(at string, v any, args []any, want kind, deep int) *fault {
	if len(args) < 4 || len(args)%2 == 1 {
		return x.arity(at, v)
	}
	if _, ok := args[0].([]any); !ok {
		return wrong(index(at, 1), args[0], errs.T("ورودی match یک عبارت است.", "The input of match is an expression."))
	}
	kindOf, seen := anything, map[any]bool{}
	for i := 1; i < len(args)-1; i += 2 {
		labels, several := args[i].([]any)
		if !several {
			labels = []any{args[i]}
		}
		if len(labels) == 0 {
			return wrong(index(at, i+1), args[i], errs.T("فهرست مقدارها خالی است.", "The list of values is empty."))
		}
		for _, label := range labels {
			one := anything
			switch n := label.(type) {
			case string:
				one = text
			case float64:
				if one = number; n != float64(int64(n)) || n < -9e15 || n > 9e15 {
					return wrong(index(at, i+1), label, errs.T("در match تنها عدد درست پذیرفته است.", "Only whole numbers can be matched."))
				}
			}
			if one == anything || kindOf != anything && one != kindOf || seen[label] {
				return wrong(index(at, i+1), label, errs.T("مقدارهای match متن‌اند یا عدد، از یک گونه، و هر یک تنها یک بار.", "Values of match are texts or numbers, all of one kind, and each of them once."))
			}
			kindOf, seen[label] = one, true
		}
		if f := x.value(index(at, i+2), args[i+1], want, false, deep+1); f != nil {
			return f
		}
	}
	if f := x.value(index(at, 1), args[0], kindOf, false, deep+1); f != nil {
		return f
	}
	return x.value(index(at, len(args)), args[len(args)-1], want, false, deep+1)
}

// curve is step and interpolate.
func (x *expression) curve(at string, v any, name string, args []any, want kind, top bool, deep int) *fault {
	first := 1 // of the first stop
	if name == "interpolate" {
		if len(args) < 4 || len(args)%2 == 1 {
			return x.arity(at, v)
		}
		if !x.filter && !x.smooth || want != number && want != colour && want != numbers {
			return wrong(at, v, errs.T("میان این مقدارها چیزی نیست؛ step بنویسید.", "There is nothing between such values; write step."))
		}
		if !easing(args[0]) {
			return wrong(index(at, 1), args[0], errs.T("گذار linear است یا exponential با یک عدد.", "The way between stops is linear, or exponential with a number."))
		}
		args, first = args[1:], 2
	} else if len(args) < 4 || len(args)%2 == 1 {
		return x.arity(at, v)
	}
	if _, ok := args[0].([]any); !ok {
		return wrong(index(at, first), args[0], errs.T("ورودی یک عبارت است.", "The input is an expression."))
	}
	input, _ := args[0].([]any)
	if free := len(input) == 1 && top && (input[0] == "zoom" && x.ramp == "" || x.ramp != "" && input[0] == x.ramp); !free {
		if f := x.value(index(at, first), args[0], number, false, deep+1); f != nil {
			return f
		}
	}
	stops := args[1:]
	if name == "step" {
		if f := x.value(index(at, first+1), stops[0], want, false, deep+1); f != nil {
			return f
		}
		stops, first = stops[1:], first+1
	}
	last := -2e9
	for i := 0; i < len(stops); i += 2 {
		stop, ok := stops[i].(float64)
		if !ok || stop <= last {
			return wrong(index(at, first+1+i), stops[i], errs.T("ایستگاه‌ها عددند و هر یک بزرگ‌تر از پیشین.", "Stops are numbers, each greater than the one before."))
		}
		last = stop
		if f := x.value(index(at, first+2+i), stops[i+1], want, false, deep+1); f != nil {
			return f
		}
	}
	return nil
}

func easing(v any) bool {
	list, _ := v.([]any)
	switch {
	case len(list) == 1:
		return list[0] == "linear"
	case len(list) == 2 && list[0] == "exponential":
		_, ok := list[1].(float64)
		return ok
	}
	return false
}

func (x *expression) arity(at string, v any) *fault {
	return wrong(at, v, errs.T("شمار آرگومان‌ها درست نیست.", "The number of arguments is not right."))
}

func mismatch(at string, v any, want kind) *fault {
	return wrong(at, v, errs.Tf("در اینجا %s لازم است.", "A %s is needed here.", string(want)))
}
