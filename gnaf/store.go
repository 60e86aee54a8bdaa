package gnaf

import "nsdi/layers"

// Store is where addresses are published.
func Store() layers.Store {
	s := layers.Store{
		Table:   "gnaf.address",
		History: "gnaf.address_history",
		Derive:  Derive,
		Alike:   alike,
		Check:   check,
		Unread:  []string{"number"},
		Split:   split(),
		// Names of administrative units, which are few.
		Combined:    combined(),
		Definitions: definitions(),
		Settings:    settings(),
		Examine:     examine,
		// One code belongs to one unit.
		UniqueDerived: map[string]string{"postal_code": "postcode-unique"},
		AfterPublish:  followWays,
		// Of a site everybody reads; of its units who asks and may (docs/decisions/0010).
		Withheld: []string{"floor", "unit", "postal_code"},
	}
	for _, a := range []struct{ name, sqlType string }{
		{"province", "text"},
		{"county", "text"},
		{"city", "text"},
		{"neighbourhood", "text"},
		{"street_before", "text"},
		{"street", "text"},
		{"number", "int"},
		{"number_suffix", "text"},
		{"building", "text"},
		{"floor", "int"},
		{"unit", "text"},
	} {
		s.Columns = append(s.Columns, layers.AttributeColumn(a.name, a.sqlType))
	}
	s.Columns = append(s.Columns,
		layers.Column{Name: "postal_code", Expr: "derived->>'postal_code'"},
		layers.Column{Name: "way_id", Expr: "(derived->>'way_id')::bigint"})
	return s
}
