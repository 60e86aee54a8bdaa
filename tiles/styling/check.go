package styling

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"nsdi/internal/errs"
)

const (
	// MostBytes is how large a style may be.
	MostBytes  = 200_000
	mostLayers = 200
	// mostSources: a map of more of them asks for a tile of each.
	mostSources = 12
)

// Style is one that was found right.
type Style struct {
	Sources map[string]string `json:"sources"` // the layer whose tiles each has
	Layers  []Layer           `json:"layers"`
	View    map[string]any    `json:"view,omitempty"` // center, zoom, bearing and pitch, where they are said
}

// Layer is one of a style.
type Layer struct {
	ID, Source, SourceLayer string
	All                     map[string]any // with what MapLibre calls it
}

// MarshalJSON writes the layer as MapLibre reads it.
func (l Layer) MarshalJSON() ([]byte, error) { return json.Marshal(l.All) }

// UnmarshalJSON reads one that was found right before.
func (l *Layer) UnmarshalJSON(b []byte) error {
	if err := json.Unmarshal(b, &l.All); err != nil {
		return err
	}
	l.ID, _ = l.All["id"].(string)
	l.Source, _ = l.All["source"].(string)
	l.SourceLayer, _ = l.All["source-layer"].(string)
	return nil
}

// Check reads a style, or says what is wrong with it, where, and what to do.
func Check(body []byte) (*Style, error) {
	if len(body) > MostBytes {
		return nil, problem(&fault{why: errs.Tf("شیوه‌نامه از %d بایت بزرگ‌تر است.", "The style is larger than %d bytes.", MostBytes)})
	}
	var root map[string]any
	d := json.NewDecoder(bytes.NewReader(body))
	if err := d.Decode(&root); err != nil || root == nil || !utf8.Valid(body) || bytes.Contains(body, []byte(`\u0000`)) || !errors.Is(d.Decode(new(any)), io.EOF) {
		return nil, problem(&fault{why: errs.T("متن JSON درستی نیست.", "It is not one JSON object.")})
	}
	s := &Style{Sources: map[string]string{}}
	if f := s.read(root); f != nil {
		return nil, problem(f)
	}
	return s, nil
}

func problem(f *fault) error {
	at := "body"
	if f.at != "" {
		at += "." + f.at
	}
	return &errs.Error{
		Code: "style-invalid", Status: 422, Op: "styling.Check", Location: at, Value: f.value,
		Title: errs.T("شیوه‌نامه پذیرفته نیست", "The style is not valid"), Detail: f.why,
		Next: errs.T("همان جا را درست کنید و دوباره بفرستید؛ شیوه‌نامه کنونی نمونه‌ای درست است.", "Correct it there and send it again; the style that is there now is a valid example."),
	}
}

func (s *Style) read(root map[string]any) *fault {
	for _, name := range slices.Sorted(maps.Keys(root)) {
		v := root[name]
		switch name {
		case "version":
			if v != 8.0 {
				return wrong(name, v, errs.T("نسخه شیوه‌نامه ۸ است.", "The version of styles is 8."))
			}
		case "name", "metadata": // both are the layer's own
		case "zoom", "bearing", "pitch":
			n, ok := v.(float64)
			if !ok || n < -360 || n > 360 {
				return mismatch(name, v, number)
			}
		case "center":
			if f := new(expression).plain(name, v, numbers); f != nil {
				return f
			}
		case "sources":
			if f := s.readSources(v); f != nil {
				return f
			}
		case "layers":
		default:
			return wrong(name, v, errs.T("این بخش در اینجا پذیرفته نیست: شیوه‌نامه تنها لایه‌های همین سامانه را می‌کشد، بی تصویر و بی نشانی دیگر.",
				"This part is not taken here: a style draws layers of this server only, without images and without other addresses."))
		}
		if slices.Contains([]string{"center", "zoom", "bearing", "pitch"}, name) {
			if s.View == nil {
				s.View = map[string]any{}
			}
			s.View[name] = v
		}
	}
	if root["version"] == nil || root["sources"] == nil || root["layers"] == nil {
		return wrong("", nil, errs.T("version، sources و layers لازم است.", "version, sources and layers are needed."))
	}
	return s.readLayers(root["layers"])
}

// ours is the address of a layer's description, on this host or whatever it is called from outside: the host is not kept.
var ours = regexp.MustCompile(`^(?:https?://[^/?#\s@]+)?/tiles/([A-Za-z0-9-]{1,64})\.json$`)

func (s *Style) readSources(v any) *fault {
	all, ok := v.(map[string]any)
	if !ok || len(all) == 0 || len(all) > mostSources {
		return wrong("sources", nil, errs.Tf("منبع‌ها از یک تا %d است.", "There are from one to %d sources.", mostSources))
	}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		at := "sources." + name
		source, _ := all[name].(map[string]any)
		if source["type"] != "vector" || name == "" {
			return wrong(at, all[name], errs.T("تنها منبع vector پذیرفته است.", "Only vector sources are taken."))
		}
		for key := range source {
			if key != "type" && key != "url" {
				return wrong(at+"."+key, source[key], errs.T("منبع تنها type و url دارد.", "A source has type and url, and nothing else."))
			}
		}
		url, _ := source["url"].(string)
		found := ours.FindStringSubmatch(url)
		if found == nil {
			return wrong(at+".url", source["url"], errs.T("نشانی منبع ‎/tiles/{layer}.json همین سامانه است.", "A source's address is /tiles/{layer}.json of this server."))
		}
		s.Sources[name] = found[1]
	}
	return nil
}

func (s *Style) readLayers(v any) *fault {
	list, ok := v.([]any)
	if !ok || len(list) == 0 || len(list) > mostLayers {
		return wrong("layers", nil, errs.Tf("لایه‌ها از یک تا %d است.", "There are from one to %d layers.", mostLayers))
	}
	seen := map[string]bool{}
	for i, one := range list {
		at := index("layers", i)
		all, ok := one.(map[string]any)
		if !ok {
			return wrong(at, one, errs.T("لایه شیء است.", "A layer is an object."))
		}
		id, _ := all["id"].(string)
		if id == "" || len(id) > 200 || seen[id] {
			return wrong(at+".id", all["id"], errs.T("هر لایه شناسه‌ای از آن خود دارد.", "Each layer has an id of its own."))
		}
		seen[id] = true
		if f := s.readLayer(at, id, all); f != nil {
			return f
		}
	}
	return nil
}

func (s *Style) readLayer(at, id string, all map[string]any) *fault {
	l := Layer{ID: id, All: all}
	of, _ := all["type"].(string)
	layout, paint := properties(of)
	if layout == nil {
		return wrong(at+".type", all["type"], errs.T("نوع لایه background، fill، line، symbol، circle یا heatmap است.", "A layer's type is background, fill, line, symbol, circle or heatmap."))
	}
	l.Source, _ = all["source"].(string)
	l.SourceLayer, _ = all["source-layer"].(string)
	if of == "background" {
		if all["source"] != nil || all["source-layer"] != nil || all["filter"] != nil {
			return wrong(at, id, errs.T("زمینه منبع و صافی ندارد.", "A background has no source and no filter."))
		}
	} else if s.Sources[l.Source] == "" || l.SourceLayer == "" {
		return wrong(at+".source", all["source"], errs.T("منبع یکی از sources است و source-layer لازم است.", "The source is one of sources, and source-layer is needed."))
	}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		v := all[name]
		switch name {
		case "id", "type", "source", "source-layer":
		case "metadata":
			if _, ok := v.(map[string]any); !ok {
				return wrong(at+"."+name, v, errs.T("metadata شیء است.", "metadata is an object."))
			}
		case "minzoom", "maxzoom":
			if n, ok := v.(float64); !ok || n < 0 || n > 24 {
				return wrong(at+"."+name, v, errs.T("بزرگ‌نمایی از ۰ تا ۲۴ است.", "A zoom is from 0 to 24."))
			}
		case "filter":
			if _, truth := v.(bool); truth {
				continue
			}
			if _, ok := v.([]any); !ok {
				return mismatch(at+".filter", v, boolean)
			}
			x := &expression{filter: true, ops: operators()}
			if f := x.value(at+".filter", v, boolean, true, 0); f != nil {
				return f
			}
		case "layout", "paint":
			known := layout
			if name == "paint" {
				known = paint
			}
			if f := readProperties(at+"."+name, v, known); f != nil {
				return f
			}
		default:
			return wrong(at+"."+name, v, errs.T("لایه چنین بخشی ندارد.", "A layer has no such part."))
		}
	}
	s.Layers = append(s.Layers, l)
	return nil
}

func readProperties(at string, v any, known map[string]property) *fault {
	all, ok := v.(map[string]any)
	if !ok {
		return wrong(at, v, errs.T("این بخش شیء است.", "This part is an object."))
	}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		p, there := known[name]
		if !there {
			return wrong(at+"."+name, all[name], errs.T("این نوع لایه چنین ویژگی‌ای ندارد، یا تصویر می‌خواهد.", "This type of layer has no such property, or it needs images."))
		}
		if f := p.check(at+"."+name, all[name]); f != nil {
			return f
		}
	}
	return nil
}

func (p property) check(at string, v any) *fault {
	x := &expression{property: p, ops: operators()}
	list, isList := v.([]any)
	if isList && (p.kind == words || p.kind == numbers || p.kind == dashes) {
		name := ""
		if len(list) > 0 {
			name, _ = list[0].(string)
		}
		if _, op := x.ops[name]; p.fixed || !op && !slices.Contains(strings.Fields("literal case match coalesce step interpolate"), name) {
			return x.plain(at, v, p.kind)
		}
	}
	if isList && p.fixed {
		return wrong(at, v, errs.T("این ویژگی با عبارت نوشته نمی‌شود.", "This property cannot be an expression."))
	}
	if !isList && (p.kind == words || p.kind == numbers || p.kind == dashes) {
		return mismatch(at, v, p.kind)
	}
	if p.ramp != "" {
		if !isList || len(list) < 3 || list[0] != "interpolate" && list[0] != "step" {
			return wrong(at, v, errs.Tf("این رنگ interpolate یا step از [\"%s\"] است.", "This colour is an interpolate or step of [\"%s\"].", p.ramp))
		}
	}
	return x.value(at, v, p.kind, true, 0)
}
