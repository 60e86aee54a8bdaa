package tiles

import (
	"fmt"

	"nsdi/internal/errs"
	"nsdi/tiles/styling"
)

// legendOf reads the legend off a style that somebody wrote: of each layer of the tiles the first that gives it a colour, as one colour, by values, or from a number on.
func (l *layer) legendOf(style *styling.Style) []Symbol {
	legend, told := []Symbol{}, map[string]bool{}
	for _, one := range style.Layers {
		paint, _ := one.All["paint"].(map[string]any)
		of, _ := one.All["type"].(string)
		name, geometry := "", ""
		switch of {
		case "fill":
			name, geometry = "fill-color", "polygon"
		case "line":
			name, geometry = "line-color", "line"
		case "circle":
			name, geometry = "circle-color", "point"
		default:
			continue
		}
		if told[one.SourceLayer] || paint[name] == nil {
			continue
		}
		part := l.part(one.SourceLayer)
		found := part.symbols(paint[name])
		for i := range found {
			found[i].Layer, found[i].Geometry = one.SourceLayer, geometry
		}
		told[one.SourceLayer] = len(found) > 0
		legend = append(legend, found...)
	}
	return legend
}

// part is the layer of the tiles that has a name; one of other tiles is known by its name alone.
func (l *layer) part(name string) *layer {
	for _, part := range l.all() {
		if part.code == name {
			return part
		}
	}
	return &layer{code: name, titleFA: name, titleEN: name}
}

// symbols are the lines that a colour is in the legend; none where it is more than a legend can say.
func (l *layer) symbols(colour any) []Symbol {
	whole := errs.Text{FA: l.titleFA, EN: l.titleEN}
	if one, ok := colour.(string); ok {
		return []Symbol{{Label: whole, Colour: one}}
	}
	list, _ := colour.([]any)
	if len(list) < 4 {
		return nil
	}
	name := attributeOf(list[1])
	var found []Symbol
	add := func(colour any, value string, label errs.Text) bool {
		one, ok := colour.(string)
		if ok {
			found = append(found, Symbol{Attribute: name, Value: value, Label: label, Colour: one})
		}
		return ok
	}
	switch list[0] {
	case "match":
		for i := 2; i+1 < len(list); i += 2 {
			values, several := list[i].([]any)
			if !several {
				values = []any{list[i]}
			}
			for _, v := range values {
				value := fmt.Sprint(v)
				if name == "" || !add(list[i+1], value, l.labelled(name, value)) {
					return nil
				}
			}
		}
		if !add(list[len(list)-1], "", errs.T("دیگر", "Other")) {
			return nil
		}
	case "step":
		if name == "" || !add(list[2], "", errs.Tf("کمتر از %v", "Below %v", list[3])) {
			return nil
		}
		for i := 3; i+1 < len(list); i += 2 {
			if !add(list[i+1], fmt.Sprint(list[i]), errs.Tf("از %v", "From %v", list[i])) {
				return nil
			}
		}
	default:
		return nil
	}
	return found
}

func (l *layer) labelled(name, value string) errs.Text {
	for _, a := range l.attributes {
		if label, ok := a.Labels[value]; ok && a.Name == name {
			return label
		}
	}
	return errs.Text{FA: value, EN: value}
}

// attributeOf is the attribute that an input reads, "" where it is something else.
func attributeOf(input any) string {
	list, _ := input.([]any)
	if len(list) < 2 {
		return ""
	}
	if name, ok := list[1].(string); ok && list[0] == "get" {
		return name
	}
	if list[0] == "to-string" || list[0] == "to-number" || list[0] == "coalesce" || list[0] == "string" || list[0] == "number" {
		return attributeOf(list[1])
	}
	return ""
}
