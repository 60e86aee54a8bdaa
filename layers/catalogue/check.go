package catalogue

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// duration is an ISO 8601 duration of whole years, months, weeks or days.
var duration = regexp.MustCompile(`^P[1-9][0-9]{0,2}[YMWD]$`)

// check finds what is wrong with an entry, all at once.
func (e *Entry) check() error {
	var wrong []error
	bad := func(format string, args ...any) { wrong = append(wrong, fmt.Errorf(format, args...)) }
	if e.Title.FA == "" || e.Title.EN == "" || e.Definition.FA == "" || e.Definition.EN == "" || e.Deliverer.FA == "" || e.Deliverer.EN == "" {
		bad("title, definition and deliverer are needed in both languages")
	}
	if len(e.Legal) == 0 {
		bad("no legal basis")
	}
	if !duration.MatchString(e.Cycle.Duration) || e.Cycle.FA == "" || e.Cycle.EN == "" {
		bad("update_cycle %q is no ISO 8601 duration with words", e.Cycle.Duration)
	}
	if e.MassRemoval <= 0 || e.MassRemoval > 1 {
		bad("mass_removal %v is no share", e.MassRemoval)
	}
	if e.Restricted != (e.Store == "layers.restricted_feature") {
		bad("restricted features belong in layers.restricted_feature, and no others")
	}
	if e.MinZoom < 0 || e.MaxZoom < e.MinZoom || e.SplitZoom > e.MaxZoom {
		bad("zooms from %d over %d to %d", e.MinZoom, e.SplitZoom, e.MaxZoom)
	}
	if e.Origin != nil && len(e.Origin) != 2 {
		bad("sample_origin is not a longitude and a latitude")
	}
	for _, k := range e.Key {
		if !slices.ContainsFunc(e.Attributes, func(a Attribute) bool { return a.Name == k }) {
			bad("the key attribute %q is not there", k)
		}
	}
	taken := map[string]string{}
	for i := range e.Attributes {
		a := &e.Attributes[i]
		if err := a.check(); err != nil {
			bad("%s: %w", a.Name, err)
		}
		for _, n := range append([]string{a.Name, a.Title.FA, a.Title.EN}, a.Aliases...) {
			n = strings.ToLower(n)
			if other, there := taken[n]; there && other != a.Name {
				bad("%s: the name %q is also one of %s", a.Name, n, other)
			}
			taken[n] = a.Name
		}
	}
	return errors.Join(wrong...)
}

func (a *Attribute) check() error {
	switch {
	case !slices.Contains([]string{"text", "int", "number", "date", "boolean"}, a.Type):
		return fmt.Errorf("no type %q", a.Type)
	case a.Title.FA == "" || a.Title.EN == "" || a.Definition.FA == "" || a.Definition.EN == "":
		return errors.New("title and definition are needed in both languages")
	case len(a.Examples) == 0:
		return errors.New("no example")
	case (a.Min != nil || a.Max != nil) && a.Type != "int" && a.Type != "number":
		return errors.New("only numbers have a range")
	case !slices.Contains([]string{"", "most", "sum", "one"}, a.Aggregate):
		return fmt.Errorf("no way %q to draw features together", a.Aggregate)
	case a.Aggregate != "" && a.Private:
		return errors.New("what is private is in no tile")
	case a.Aggregate == "most" && len(a.Listed) == 0:
		return errors.New("only of listed values can be told which most have")
	case a.Aggregate == "sum" && a.Type != "int" && a.Type != "number":
		return errors.New("only numbers have a sum")
	case a.Extensible && len(a.Listed) == 0:
		return errors.New("nothing is listed that could be extended")
	}
	for _, v := range a.Listed {
		if v.Code == "" || v.Label.FA == "" || v.Label.EN == "" {
			return fmt.Errorf("the listed value %q has no label in both languages", v.Code)
		}
	}
	return nil
}
