package gnaf

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"nsdi/gnaf/persian"
	"nsdi/internal/errs"
	"nsdi/layers"
)

// combined are the attributes that name administrative units.
func combined() []string { return []string{"province", "county", "city", "city_code", "locality_type"} }

// unitTree is the national list of administrative units.
type unitTree struct {
	byCode map[string]*unitNode
	byName map[string][]*unitNode // by folded name without the word of its level, and by English name
	below  map[string]bool        // "level under code" that the list has
}

type unitNode struct {
	code, official, level, name string
	parent                      *unitNode
	parentCode                  string
	placed                      bool
}

func loadUnits(ctx context.Context, q layers.Querier) (*unitTree, error) {
	rows, err := q.Query(ctx, `select code, coalesce(official_code, ''), level, name_fa, name_key, lower(coalesce(name_en, '')), coalesce(parent_code, ''), geom is not null from layers.admin_unit order by code`)
	if err != nil {
		return nil, fmt.Errorf("administrative units: %w", err)
	}
	t := &unitTree{byCode: map[string]*unitNode{}, byName: map[string][]*unitNode{}, below: map[string]bool{}}
	var u unitNode
	var key, english string
	var all []*unitNode
	_, err = pgx.ForEachRow(rows, []any{&u.code, &u.official, &u.level, &u.name, &key, &english, &u.parentCode, &u.placed}, func() error {
		one := u
		all = append(all, &one)
		t.byCode[u.code] = &one
		t.byName[key] = append(t.byName[key], &one)
		if english != "" && english != key {
			t.byName[english] = append(t.byName[english], &one)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("administrative units: %w", err)
	}
	for _, u := range all {
		if u.official != "" && t.byCode[u.official] == nil {
			t.byCode[u.official] = u
		}
		u.parent = t.byCode[u.parentCode]
	}
	for _, u := range all {
		for p, depth := u.parent, 0; p != nil && depth < 12; p, depth = p.parent, depth+1 {
			t.below[u.level+" "+p.code] = true
		}
	}
	return t, nil
}

func (u *unitNode) under(above *unitNode) bool {
	for p, depth := u, 0; p != nil && depth < 12; p, depth = p.parent, depth+1 {
		if p == above {
			return true
		}
	}
	return false
}

// named answers the units of some levels that have a name, below a unit if one is known.
func (t *unitTree) named(name string, above *unitNode, levels ...string) (found []*unitNode) {
	for _, level := range levels {
		for _, key := range []string{persian.UnitName(level, name), strings.ToLower(strings.TrimSpace(name))} {
			for _, u := range t.byName[key] {
				if u.level == level && (above == nil || u.under(above)) && !slices.Contains(found, u) {
					found = append(found, u)
				}
			}
		}
	}
	return found
}

// lists answers whether the list has units of a level below a unit, or in the country.
func (t *unitTree) lists(level string, above *unitNode) bool {
	code := "IR"
	if above != nil {
		code = above.code
	}
	return t.below[level+" "+code]
}

// judged is what the list says of the names that rows have together.
type judgedUnits struct {
	field, value string    // that is wrong; "" nothing is
	unlisted     bool      // the list may be incomplete: it has no unit of the name anywhere
	unit         *unitNode // the smallest that is known for certain
}

// judge looks the names of a row up, from the largest unit to the smallest. Where the list has no units of a level, nothing can be said of them.
func (t *unitTree) judge(province, county, city, code, kind string) judgedUnits {
	var above *unitNode
	if province != "" {
		found := t.named(province, nil, "province")
		if len(found) == 0 {
			return judgedUnits{field: "province", value: province}
		}
		above = found[0]
	}
	if county != "" && t.lists("county", above) {
		found := t.named(county, above, "county")
		switch len(found) {
		case 0:
			return judgedUnits{field: "county", value: county, unit: above, unlisted: len(t.named(county, nil, "county")) == 0}
		case 1:
			above = found[0]
		}
	}
	levels := []string{"city", "village"}
	switch kind {
	case "city":
		levels = levels[:1]
	case "village":
		levels = levels[1:]
	case "hamlet":
		return judgedUnits{unit: above}
	}
	if code != "" && slices.ContainsFunc(levels, func(l string) bool { return t.lists(l, nil) }) {
		u := t.byCode[persian.ASCIIDigits(code)]
		if u == nil || !slices.Contains(levels, u.level) || above != nil && !u.under(above) {
			return judgedUnits{field: "city_code", value: code, unit: above, unlisted: u == nil}
		}
		return judgedUnits{unit: u}
	}
	for _, level := range levels {
		if !t.lists(level, above) {
			return judgedUnits{unit: above} // of a kind that the list does not have there
		}
	}
	found := t.named(city, above, levels...)
	switch len(found) {
	case 0:
		return judgedUnits{field: "city", value: city, unit: above, unlisted: len(t.named(city, nil, levels...)) == 0}
	case 1:
		above = found[0]
	}
	return judgedUnits{unit: above}
}

// checkUnits compares the names of administrative units with the national list, and the places of addresses with the units that they name.
func checkUnits(ctx context.Context, e *layers.Examination) ([]errs.Text, error) {
	if !e.Asks("admin-unknown") && !e.Asks("admin-unlisted") && !e.Asks("outside-unit") {
		return nil, nil
	}
	rows, all := e.Combinations()
	if !all {
		return []errs.Text{errs.T("واحدهای تقسیماتی با فهرست ملی سنجیده نشد: نام‌های جدا بیش از اندازه است.",
			"Administrative units were not compared with the national list: there are too many different names.")}, nil
	}
	tree, err := loadUnits(ctx, e.Conn)
	if err != nil {
		return nil, err
	}
	wrong, placed := map[string][][]string{}, make([][]string, 7) // the names in columns, and what is said of them
	var tolerances []float64
	for _, r := range rows {
		j := tree.judge(r[0], r[1], r[2], r[3], r[4])
		rule := "admin-unknown"
		if j.unlisted {
			rule = "admin-unlisted"
		}
		if j.field != "" {
			if wrong[rule] == nil {
				wrong[rule] = make([][]string, 7)
			}
			appendRow(wrong[rule], append(slices.Clone(r), j.field, j.value))
		}
		if j.unit != nil && j.unit.placed {
			appendRow(placed, append(slices.Clone(r), j.unit.code, j.unit.name))
			tolerance := "rural"
			if j.unit.level == "city" {
				tolerance = "urban"
			}
			tolerances = append(tolerances, e.Parameter("outside-unit", tolerance))
		}
	}
	for rule, w := range wrong {
		err := e.Query(ctx, rule, `
			select s.ord, n.field, n.value, null, null::public.geometry, null::float8, null, null
			from `+e.Staged+` s
			join unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[]) n (province, county, city, city_code, locality_type, field, value) on `+sameUnits,
			w[0], w[1], w[2], w[3], w[4], w[5], w[6])
		if err != nil {
			return nil, err
		}
	}
	if len(placed[0]) == 0 {
		return nil, nil
	}
	return nil, e.Query(ctx, "outside-unit", `
		select ord, null, name, null, null::public.geometry, round(metres::numeric, 1), 'm', null
		from (
			select s.ord, n.name, n.tolerance, public.st_distance(s.geom::public.geography, u.geom::public.geography) as metres
			from `+e.Staged+` s
			join unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::float8[]) n (province, county, city, city_code, locality_type, code, name, tolerance)
			  on `+sameUnits+`
			join layers.admin_unit u on u.code = n.code
			where s.geom is not null
			  and not public.st_covers(u.geom, s.geom)
			  and `+sound(e, "s")+`
		) t
		where metres > tolerance`, placed[0], placed[1], placed[2], placed[3], placed[4], placed[5], placed[6], tolerances)
}

const sameUnits = `coalesce(s.attributes->>'province', '') = n.province
			and coalesce(s.attributes->>'county', '') = n.county
			and coalesce(s.attributes->>'city', '') = n.city
			and coalesce(s.attributes->>'city_code', '') = n.city_code
			and coalesce(s.attributes->>'locality_type', '') = n.locality_type`

func appendRow(columns [][]string, row []string) {
	for i, value := range row {
		columns[i] = append(columns[i], value)
	}
}
