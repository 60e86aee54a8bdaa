package gnaf

import (
	"strings"

	"nsdi/gnaf/persian"
	"nsdi/internal/errs"
	"nsdi/layers"
)

// Themes of names: ways with their axes, nodes of ways, other names of ways, and of settlements.
const (
	wayTheme   = "gnaf-way"
	nodeTheme  = "gnaf-node"
	aliasTheme = "gnaf-way-alias"

	localityAliasTheme = "gnaf-locality-alias"
)

// NameStore is where the names are published that addresses use.
func NameStore() layers.Store {
	return layers.Store{
		Table:   "gnaf.name",
		History: "gnaf.name_history",
		Derive:  deriveName,
		Check:   checkName,
		Columns: []layers.Column{
			{Name: "city", Expr: "coalesce(attributes->>'city', attributes->>'locality')"},
			layers.AttributeColumn("name", "text"),
			layers.AttributeColumn("kind", "text"),
			{Name: "city_key", Expr: "derived->>'city_key'"},
			{Name: "way_id", Expr: "(derived->>'way_id')::bigint"},
			{Name: "of_id", Expr: "(derived->>'of_id')::bigint"},
		},
		Definitions: nameDefinitions(),
	}
}

// deriveName makes the identifiers of the ways that a name speaks of, as those of addresses are made, so that a name and the addresses that use it meet; and those of
// settlements, which are of no way.
func deriveName(attributes map[string]any) map[string]any {
	if of, isLocality := attributes["locality"]; isLocality {
		return map[string]any{"city_key": persian.Fold(text(of)), "way_id": localityID(text(attributes["name"])), "of_id": localityID(text(of))}
	}
	street, city := wayKeys(text(attributes["name"]), text(attributes["city"]))
	derived := map[string]any{"city_key": city, "way_id": wayID(street, city)}
	if of, isAlias := attributes["way"]; isAlias {
		derived["of_id"] = wayID(streetKey(text(of)), city)
	}
	return derived
}

// localityID is what the name of a settlement is told apart by, where names are told apart. No way has it: words have no such character.
func localityID(name string) int64 { return wayID("\x02", persian.Fold(name)) }

// streetKey is the name of a way as addresses are compared.
func streetKey(name string) string { return strings.Join(persian.WayTokens(name), " ") }

func nameDefinitions() []layers.Definition {
	return []layers.Definition{
		definition("ADR-street", "way-name", "E", layers.FieldScope, errs.T("نام معبر پذیرفتنی نیست", "The name of the way cannot be one"),
			errs.T("نام «{value}» {found}. نام معبر را چنان‌که بر تابلو است بنویسید.", "The name “{value}” {found}. Write the name of the way as its sign has it.")),
		added(11, definition("ADR-admin", "locality-name", "E", layers.FieldScope, errs.T("نام شهر یا آبادی پذیرفتنی نیست", "The name of the settlement cannot be one"),
			errs.T("نام «{value}» {found}. نام را چنان‌که نوشته می‌شود بنویسید.", "The name “{value}” {found}. Write the name as it is used."))),
		added(11, definition("ADR-admin", "locality-of-itself", "W", layers.RowScope, errs.T("نام دیگر همان نام است", "The other name is the same name"),
			errs.T("«{value}» پس از یکسان‌سازی همان نام شهر یا آبادی است و نام دیگری نیست. ردیف را بردارید.", "Folded, “{value}” is the name of the settlement itself, and no other name. Take the row out."))),
		definition("ADR-street", "alias-of-itself", "W", layers.RowScope, errs.T("نام دیگر همان نام است", "The other name is the same name"),
			errs.T("«{value}» پس از یکسان‌سازی همان نام معبر است و نام دیگری نیست. ردیف را بردارید.", "Folded, “{value}” is the name of the way itself, and no other name. Take the row out.")),
	}
}

// checkName finds what is wrong with one name.
func checkName(attributes map[string]any) (breaches []layers.Breach) {
	if of, isLocality := attributes["locality"]; isLocality {
		return checkLocality(text(of), text(attributes["name"]))
	}
	name := text(attributes["name"])
	for field, value := range map[string]string{"name": name, "way": text(attributes["way"])} {
		if wrong := wrongName(value); value != "" && !wrong.IsZero() {
			breaches = append(breaches, layers.Breach{Rule: "way-name", Field: field, Value: value, Found: wrong})
		}
	}
	if of, isAlias := attributes["way"]; isAlias && name != "" && streetKey(name) == streetKey(text(of)) {
		breaches = append(breaches, layers.Breach{Rule: "alias-of-itself", Field: "name", Value: name})
	}
	return breaches
}

// checkLocality finds what is wrong with another name of a settlement.
func checkLocality(of, name string) (breaches []layers.Breach) {
	for field, value := range map[string]string{"name": name, "locality": of} {
		if wrong := wrongName(value); value != "" && !wrong.IsZero() {
			breaches = append(breaches, layers.Breach{Rule: "locality-name", Field: field, Value: value, Found: wrong})
		}
	}
	if name != "" && persian.Fold(name) == persian.Fold(of) {
		breaches = append(breaches, layers.Breach{Rule: "locality-of-itself", Field: "name", Value: name})
	}
	return breaches
}
