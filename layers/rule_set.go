package layers

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"nsdi/internal/errs"
)

// ruleSetVersion goes up with every change of a rule, a parameter or a profile: what a report says can then be understood later. Tests hold the checksum of
// each version: here of the rules of all themes, and in cadastre and gnaf of those of their stores.
const ruleSetVersion = 12

// RuleSetVersion is the version of the rules by which deliveries are checked.
func RuleSetVersion() int { return ruleSetVersion }

// Scope is what a rule looks at.
type Scope string

// The scopes.
const (
	FileScope      Scope = "file"      // the delivery as a whole
	FieldScope     Scope = "field"     // one value
	RowScope       Scope = "row"       // one feature
	CrossScope     Scope = "cross-row" // features of the delivery with each other
	NeighbourScope Scope = "neighbour" // the delivery with what is published
)

// Parameter is a number that a rule goes by.
type Parameter struct {
	Name    string    `json:"name"`
	Unit    string    `json:"unit,omitempty"`
	Default float64   `json:"default"`
	Title   errs.Text `json:"title"`
}

// Definition is a rule as the catalogue shows it.
type Definition struct {
	Rule
	Scope      Scope
	Parameters []Parameter
	Reference  string // where the rule comes from
	Since      int    // version of the rule set that first had it
	// Fixed rules keep their severity in every profile: a row that breaks one cannot be published.
	Fixed bool
	// Excusable: a reviewer may grant an exception.
	Excusable bool
	// Remedy is what accepting the proposed values does; empty: nothing is proposed.
	Remedy errs.Text
	// Geometries of the themes that it holds for; none: all.
	Geometries []string
	// Alias is its code in the catalogue of rules of the cadastre or of the register of addresses; empty: it is in neither.
	Alias string
	own   bool // the store's Examine asks it
}

// definitions are all rules of a store's themes, by code: those of every theme, those of modes of delivery, and the store's own.
func (s *Store) definitions() map[string]Definition {
	about := details()
	set := make(map[string]Definition)
	for _, r := range slices.Concat(addedRules(), drawingRules(), buildingRules()) {
		set[r.Code] = r
	}
	for code, r := range s.rules() {
		d, known := about[code]
		if !known {
			d = Definition{Scope: RowScope, Since: 1, Excusable: r.Severity == "E"}
		}
		d.Rule = r
		set[code] = d
	}
	for _, d := range s.Definitions {
		d.own = true
		set[d.Code] = d
	}
	for code, alias := range aliases() {
		if d, known := set[code]; known && d.Alias == "" {
			d.Alias = alias
			set[code] = d
		}
	}
	return set
}

// Catalogue lists the rules of all stores in the order of their codes. A rule of one store only stands in it once.
func (im *Importer) Catalogue() []Definition {
	all := make(map[string]Definition)
	for i := range im.Stores {
		maps.Copy(all, im.Stores[i].definitions())
	}
	return slices.SortedFunc(maps.Values(all), func(a, b Definition) int { return strings.Compare(a.Code, b.Code) })
}

// RuleSet is the version that reports name.
func RuleSet() string { return ruleSet }

// judged is a rule as a profile has it for one theme.
type judged struct {
	Definition
	values map[string]float64
}

// value is a parameter's; asking for one that the rule does not have is a mistake of the program.
func (j judged) value(name string) float64 {
	v, ok := j.values[name]
	if !ok {
		panic(fmt.Sprintf("rule %s has no parameter %s", j.Code, name))
	}
	return v
}

// off reports whether the rule is not asked.
func (j judged) off() bool { return j.Severity == "" }

// judge resolves the rules for a theme: defaults, then what the profile says, then what the store has it say.
func judge(store *Store, p Profile, t *Theme) map[string]judged {
	defs, settings := store.definitions(), append(slices.Clone(p.Settings), store.Settings[p.Code]...)
	set := make(map[string]judged, len(defs))
	for code, d := range defs {
		j := judged{Definition: d, values: make(map[string]float64, len(d.Parameters))}
		for _, parameter := range d.Parameters {
			j.values[parameter.Name] = parameter.Default
		}
		if len(d.Geometries) > 0 && !slices.Contains(d.Geometries, t.Geometry) && t.Geometry != "any" {
			j.Severity = ""
		}
		if code == "mass-removal" && t.MassRemoval > 0 { // the catalogue of themes says it
			j.values["share"] = 100 * t.MassRemoval
		}
		for _, s := range settings {
			if s.Rule != code || s.Theme != "" && s.Theme != t.Code || s.Geometry != "" && s.Geometry != t.Geometry {
				continue
			}
			if s.Severity != "" {
				j.Severity = strings.TrimPrefix(s.Severity, "off")
			}
			maps.Copy(j.values, s.Parameters)
		}
		set[code] = j
	}
	return set
}

// ThemeRules answers the rules of one theme as a profile has them, in the order of their codes; those that are off have no severity.
func (im *Importer) ThemeRules(ctx context.Context, q Querier, theme string, p Profile) ([]Definition, error) {
	t, err := findTheme(ctx, q, theme)
	if err != nil {
		return nil, err
	}
	store, err := im.storeOf(t)
	if err != nil {
		return nil, err
	}
	var out []Definition
	for _, j := range judge(store, p, t) {
		d := j.Definition
		d.Parameters = slices.Clone(d.Parameters)
		for i := range d.Parameters {
			d.Parameters[i].Default = j.values[d.Parameters[i].Name]
		}
		out = append(out, d)
	}
	slices.SortFunc(out, func(a, b Definition) int { return strings.Compare(a.Code, b.Code) })
	return out, nil
}
