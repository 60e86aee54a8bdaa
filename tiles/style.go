package tiles

import (
	"cmp"
	"context"
	"encoding/json"
	"hash/crc32"
	"maps"
	"slices"
	"strconv"

	"nsdi/internal/errs"
)

// Style is a MapLibre style of version 8.
type Style struct {
	Version  int            `json:"version"`
	Name     string         `json:"name"`
	Metadata StyleMetadata  `json:"metadata"`
	Sources  map[string]any `json:"sources"`
	Layers   []styleLayer   `json:"layers"`
	// View is where the map begins, in a style that somebody wrote: center, zoom, bearing and pitch.
	View map[string]any `json:"-"`
}

// MarshalJSON writes the style as MapLibre reads it.
func (style Style) MarshalJSON() ([]byte, error) {
	type plain Style
	if len(style.View) == 0 {
		return json.Marshal(plain(style))
	}
	all := map[string]any{"version": style.Version, "name": style.Name, "metadata": style.Metadata, "sources": style.Sources, "layers": style.Layers}
	maps.Copy(all, style.View)
	return json.Marshal(all)
}

// source is the tiles of a layer, whose address has no server yet.
func source(layer string) map[string]any {
	return map[string]any{"type": "vector", "url": "/tiles/" + layer + ".json"}
}

// at gives the addresses of a style the server that it is asked for at.
func (style *Style) at(base string) {
	for _, one := range style.Sources {
		if one, ok := one.(map[string]any); ok {
			one["url"] = base + one["url"].(string)
		}
	}
}

// StyleMetadata is what a style says to people.
type StyleMetadata struct {
	TitleFA string   `json:"nsdi:title_fa"`
	TitleEN string   `json:"nsdi:title_en"`
	Legend  []Symbol `json:"nsdi:legend"`
}

// Symbol is a line of the legend: how features look that have a value, or all others.
type Symbol struct {
	Layer     string    `json:"layer"`
	Geometry  string    `json:"geometry"`
	Attribute string    `json:"attribute,omitempty"`
	Value     string    `json:"value,omitempty"`
	Label     errs.Text `json:"label"`
	Colour    string    `json:"colour"`
}

type (
	styleLayer = map[string]any
	expression = []any
)

// palette are the colours of values in their order; what is not listed, and values beyond the last, are grey.
func palette() []string {
	return []string{"#2f6f9f", "#c8553d", "#5b8e3e", "#8a5a9e", "#d49a2a", "#2a8c82", "#b0487f", "#6b6f2d", "#4a5fb0", "#a3693b", "#3f9ac9", "#7c3f3f"}
}

// themeColours are those of themes whose things have a colour in everybody's mind, or had it on the map from the beginning: a layer's palette begins with it.
func themeColours() map[string]string {
	return map[string]string{
		"admin-unit": "#4b5f68", "urban-boundary": "#b4532a", "village": "#a0722a", "place": "#7a3b69", "range-forest": "#4c7a34", "territorial-sea": "#2f6fb0",
		"base-map-sheet": "#5b6fb5", "base-map-feature": "#6b6f76", "cadastre-urban": "#8c3f7d", "cadastre-rural": "#b0812c", "cadastre-range-forest": "#3f7d4e",
		"cadastre-marine": "#2577a8", "gnaf-address": "#c2362b", "municipal-district": "#7050a8", "road": "#b9772f", "building": "#7d5a4f", "city-block": "#8a8f45",
		"land-use": "#c0578a", "green-space": "#4f9a3d", "public-facility": "#1f5fbf", "neighbourhood": "#8456b8", "street-furniture": "#5e6b73",
	}
}

// palette are the colours of a layer's values in their order: its own takes the place of the one that is most like it.
func (l *layer) palette() []string {
	all := palette()
	own, ok := themeColours()[l.code]
	if !ok {
		first := crc32.ChecksumIEEE([]byte(l.code)) % uint32(len(all))
		return slices.Concat(all[first:], all[:first])
	}
	like := slices.MinFunc(all, func(a, b string) int { return cmp.Compare(apart(a, own), apart(b, own)) })
	return append([]string{own}, slices.DeleteFunc(all, func(colour string) bool { return colour == like })...)
}

// apart says how different two colours are.
func apart(a, b string) (sum int) {
	for i := 1; i < len(a); i += 2 {
		x, _ := strconv.ParseUint(a[i:i+2], 16, 8) // they are written above
		y, _ := strconv.ParseUint(b[i:i+2], 16, 8)
		sum += (int(x) - int(y)) * (int(x) - int(y))
	}
	return sum
}

const (
	otherColour = "#8b9096"
	textColour  = "#2a2023"
)

// style is the layer's where nobody wrote one: by geometry, with a colour for each listed value of the attribute that says of what kind features are, and Persian names. It names no
// glyphs: MapLibre draws the letters of Vazirmatn, or of what the page has instead, by itself.
func (l *layer) style() *Style {
	style := &Style{
		Version: 8, Name: l.name, Metadata: StyleMetadata{TitleFA: l.titleFA, TitleEN: l.titleEN, Legend: []Symbol{}},
		Sources: map[string]any{l.name: source(l.name)},
		Layers:  []styleLayer{{"id": "ground", "type": "background", "paint": map[string]any{"background-color": "#f5f3ee"}}},
	}
	var names []styleLayer
	for _, part := range l.all() {
		colour, legend := part.colours()
		style.Metadata.Legend = append(style.Metadata.Legend, legend...)
		for _, shape := range part.shapes(colour) {
			shape["source"], shape["source-layer"] = l.name, part.code
			style.Layers = append(style.Layers, shape)
		}
		if name := part.names(); name != nil {
			name["source"], name["source-layer"] = l.name, part.code
			names = append(names, name)
		}
	}
	style.Layers = append(style.Layers, names...) // above all that is drawn
	return style
}

// Style answers the style of a layer as it is now: the one that somebody wrote, or else the one that is made of the catalogue.
func (s *Service) Style(ctx context.Context, code, base string) (*Style, error) {
	style, _, err := s.StyleOf(ctx, code, base, 0)
	return style, err
}

// kindOf is the attribute whose listed values say of what kind features are, one that is shown at low zooms too where there is such.
func (l *layer) kindOf() *attribute {
	var found *attribute
	for i := range l.attributes {
		a := &l.attributes[i]
		if a.Private || a.Type != "text" || len(a.Domain)+len(a.Suggested) == 0 {
			continue
		}
		if found == nil || found.Aggregate == "" && a.Aggregate != "" {
			found = a
		}
	}
	return found
}

// colours answers the expression of a layer's colour, and its legend.
func (l *layer) colours() (any, []Symbol) {
	if l.completion != nil {
		return l.completionColours()
	}
	all := l.palette()
	a := l.kindOf()
	if a == nil {
		colour := all[0]
		return colour, []Symbol{{Layer: l.code, Geometry: l.geometry, Label: errs.Text{FA: l.titleFA, EN: l.titleEN}, Colour: colour}}
	}
	match := expression{"match", expression{"to-string", expression{"get", a.Name}}}
	var legend []Symbol
	for i, value := range append(append([]string(nil), a.Domain...), a.Suggested...) {
		if i == len(all) {
			break
		}
		match = append(match, value, all[i])
		label, ok := a.Labels[value]
		if !ok {
			label = errs.Text{FA: value, EN: value}
		}
		legend = append(legend, Symbol{Layer: l.code, Geometry: l.geometry, Attribute: a.Name, Value: value, Label: label, Colour: all[i]})
	}
	legend = append(legend, Symbol{Layer: l.code, Geometry: l.geometry, Attribute: a.Name, Label: errs.T("دیگر", "Other"), Colour: otherColour})
	return append(match, otherColour), legend
}

func byZoom(pairs ...any) expression {
	return append(expression{"interpolate", expression{"linear"}, expression{"zoom"}}, pairs...)
}

// shapes are the layers that draw features. One that stands for several, below the split zoom, is larger the more they are.
func (l *layer) shapes(colour any) []styleLayer {
	one := func(part, kind, geometry string, paint map[string]any) styleLayer {
		return styleLayer{
			"id": l.code + "-" + part, "type": kind, "paint": paint,
			"filter": expression{"in", expression{"geometry-type"}, expression{"literal", []string{geometry, "Multi" + geometry}}},
		}
	}
	if l.completion != nil {
		return []styleLayer{
			one("area", "fill", "Polygon", map[string]any{"fill-color": colour, "fill-opacity": 0.75}),
			one("edge", "line", "Polygon", map[string]any{"line-color": "#ffffff", "line-width": byZoom(5, 0.4, 12, 0.8)}),
		}
	}
	many := expression{"coalesce", expression{"get", count}, 1}
	draws := func(geometry string) bool { return l.geometry == geometry || l.geometry == "any" }
	var out []styleLayer
	if draws("polygon") {
		edge := one("edge", "line", "Polygon", map[string]any{"line-color": colour, "line-width": byZoom(5, 0.6, 12, 1, 18, 1.8)})
		edge["filter"] = expression{"all", edge["filter"], expression{"<=", many, 1}} // several are drawn as one area, whose edge is none of theirs
		out = append(out, one("area", "fill", "Polygon", map[string]any{"fill-color": colour, "fill-opacity": expression{"case", expression{">", many, 1}, 0.5, 0.35}}), edge)
	}
	if draws("line") {
		out = append(out, one("line", "line", "LineString", map[string]any{"line-color": colour, "line-width": byZoom(6, 0.6, 13, 1.6, 18, 6)}))
	}
	if draws("point") {
		many := expression{"log10", expression{"max", 1, many}}
		out = append(out, one("point", "circle", "Point", map[string]any{
			"circle-color": colour, "circle-stroke-color": "#ffffff", "circle-stroke-width": byZoom(5, 0.5, 16, 1),
			"circle-opacity": 0.85, "circle-radius": byZoom(5, expression{"+", 1.5, expression{"*", 1.3, many}}, 13, expression{"+", 2, expression{"*", 1.3, many}}, 18, 6),
		}))
	}
	return out
}

// names is the layer that writes what features are called in Persian, nil where nothing says it.
func (l *layer) names() styleLayer {
	field := ""
	for _, name := range []string{"name_fa", "name", "title", "label", "street_name", "sheet_no", "number"} {
		for _, a := range l.attributes {
			if a.Name == name && !a.Private && field == "" {
				field = name
			}
		}
	}
	if field == "" {
		return nil
	}
	from := min(max(l.splitZoom, l.minZoom), l.maxZoom)
	if field == "number" { // which says something only among its neighbours
		from = l.maxZoom + 1
	}
	layout := map[string]any{
		"text-field": expression{"to-string", expression{"coalesce", expression{"get", field}, ""}}, "text-font": []string{"Vazirmatn"},
		"text-size": byZoom(8, 11, 18, 14), "text-max-width": 8,
	}
	if l.geometry == "line" {
		layout["symbol-placement"] = "line"
	}
	return styleLayer{
		"id": l.code + "-name", "type": "symbol", "minzoom": from, "layout": layout,
		"paint": map[string]any{"text-color": textColour, "text-halo-color": "#ffffff", "text-halo-width": 1.3},
	}
}
