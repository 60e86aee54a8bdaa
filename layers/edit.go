package layers

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"nsdi/internal/errs"
)

// MaxEdits is how many features one edit may have. More of them are a file, which is uploaded.
const MaxEdits = 1000

// Edit is a small delivery that comes in one piece: a GeoJSON document.
type Edit struct {
	Features []EditedFeature
	Single   bool // it is a Feature, and no collection
}

// EditedFeature is what has to be known of a feature before it is checked like any other.
type EditedFeature struct {
	Type       string                     `json:"type"`
	Properties map[string]json.RawMessage `json:"properties"`
}

// ParseEdit reads a GeoJSON Feature or FeatureCollection as far as to tell whether it is one. Its features are checked by the rules, as those of every delivery.
func ParseEdit(body []byte) (*Edit, error) {
	var kind struct {
		Type     string          `json:"type"`
		Features []EditedFeature `json:"features"`
	}
	if err := json.Unmarshal(body, &kind); err != nil {
		return nil, badEdit(errs.Tf("این متن GeoJSON نیست: %v", "The text is no GeoJSON: %v", err))
	}
	e := &Edit{Features: kind.Features}
	switch kind.Type {
	case "Feature":
		var one EditedFeature
		if err := json.Unmarshal(body, &one); err != nil {
			return nil, badEdit(errs.Tf("این متن GeoJSON نیست: %v", "The text is no GeoJSON: %v", err))
		}
		e.Features, e.Single = []EditedFeature{one}, true
	case "FeatureCollection":
	default:
		return nil, badEdit(errs.Tf("نوع %q پذیرفته نیست.", "The type %q is not taken.", kind.Type[:min(len(kind.Type), 60)]))
	}
	if len(e.Features) == 0 {
		return nil, badEdit(errs.T("عارضه‌ای در آن نیست.", "It has no features."))
	}
	if len(e.Features) > MaxEdits {
		return nil, badEdit(errs.Tf("%d عارضه دارد و بیشینه %d است.", "It has %d features; at most %d are taken.", len(e.Features), MaxEdits))
	}
	for i, f := range e.Features {
		if f.Type != "Feature" {
			return nil, badEdit(errs.Tf("عضو %d آن عارضه نیست.", "Its member %d is no Feature.", i+1))
		}
	}
	return e, nil
}

func badEdit(detail errs.Text) error {
	return &errs.Error{
		Code: "edit-invalid", Status: http.StatusUnprocessableEntity, Op: "layers.ParseEdit", Location: "body",
		Title: errs.T("عارضه‌ها خواندنی نیست", "The features cannot be read"), Detail: detail,
		Next: errs.Tf("یک Feature یا یک FeatureCollection با ۱ تا %d عارضه بفرستید؛ بیش از آن را در پرونده بارگذاری کنید.",
			"Send a Feature, or a FeatureCollection of 1 to %d features; upload more of them as a file.", MaxEdits),
	}
}

// KeyOf tells the key that the theme's rules will find in a feature; false when they will find none.
func (s *Set) KeyOf(ctx context.Context, q Querier, f EditedFeature) (string, bool, error) {
	theme, err := findTheme(ctx, q, s.Theme)
	if err != nil {
		return "", false, err
	}
	for name, raw := range f.Properties { // a member that is the key goes before those that make it
		if !strings.EqualFold(name, keyColumn) || string(raw) == "null" {
			continue
		}
		text := string(raw)
		if raw[0] == '"' {
			if err := json.Unmarshal(raw, &text); err != nil {
				return "", false, nil
			}
		}
		return text, strings.TrimSpace(text) != "", nil
	}
	var parts []string
	for _, name := range theme.KeyAttributes {
		at := slices.IndexFunc(theme.Attributes, func(a Attribute) bool { return a.Name == name })
		raw := f.Properties[name]
		if at < 0 || len(raw) == 0 || string(raw) == "null" {
			return "", false, nil
		}
		text := string(raw)
		if raw[0] == '"' {
			if err := json.Unmarshal(raw, &text); err != nil {
				return "", false, nil
			}
		}
		value, ok := theme.Attributes[at].parseValue(text)
		if !ok {
			return "", false, nil
		}
		parts = append(parts, keyPart(value, theme))
	}
	return strings.Join(parts, "/"), len(parts) > 0, nil
}

// Feature finds one in the newest version. The error for one that is not there is *errs.Error feature-unknown.
func (s *Set) Feature(ctx context.Context, q Querier, key string) (*Feature, error) {
	rows, err := q.Query(ctx, `
		select r.id, r.key, v.seq, r.valid_from, `+s.store.properties()+`, public.st_asgeojson(r.geom, 15, 0)
		from `+ident(s.store.Table)+` r
		join layers.version v on v.id = r.version_id
		where r.theme = $1 and r.dataset_id = $2 and r.key = $3`, s.Theme, s.ID, key)
	if err != nil {
		return nil, fmt.Errorf("feature of dataset %d: %w", s.ID, err)
	}
	defer rows.Close()
	if !rows.Next() {
		if err := rows.Err(); err != nil {
			return nil, fmt.Errorf("feature of dataset %d: %w", s.ID, err)
		}
		return nil, noSuch("feature-unknown", "path.key", key, errs.T("چنین عارضه‌ای نیست", "There is no such feature"),
			errs.Tf("عارضه‌ها در نشانی ‎/v1/datasets/%s/features‎ است.", "The features are listed at /v1/datasets/%s/features.", strconv.FormatInt(s.ID, 10)))
	}
	var f Feature
	if err := rows.Scan(&f.ID, &f.Key, &f.Version, &f.ValidFrom, &f.Properties, &f.Geometry); err != nil {
		return nil, fmt.Errorf("feature of dataset %d: %w", s.ID, err)
	}
	return &f, nil
}

// Removal makes the delivery that removes one feature, and the mapping to read it with.
func (s *Set) Removal(ctx context.Context, q Querier, f *Feature) ([]byte, Mapping, error) {
	theme, err := findTheme(ctx, q, s.Theme)
	if err != nil {
		return nil, Mapping{}, err
	}
	var all map[string]json.RawMessage
	if err := json.Unmarshal(f.Properties, &all); err != nil {
		return nil, Mapping{}, fmt.Errorf("feature of dataset %d: %w", s.ID, err)
	}
	properties := map[string]any{keyColumn: f.Key}
	for _, name := range theme.KeyAttributes {
		if raw, ok := all[name]; ok {
			properties[name] = raw
		}
	}
	body, err := json.Marshal(map[string]any{"type": "FeatureCollection", "features": []any{map[string]any{"type": "Feature", "properties": properties, "geometry": nil}}})
	if err != nil {
		return nil, Mapping{}, fmt.Errorf("feature of dataset %d: %w", s.ID, err)
	}
	return body, Mapping{Key: &Expr{Column: keyColumn}}, nil
}

// Content is a delivered file that came in the request itself.
type Content struct {
	Name string
	Body []byte
}

// keepContent writes it into the folder, and answers when it is on the disk.
func keepContent(c *Content, folder string) ([]File, error) {
	path := filepath.Join(folder, c.Name)
	if err := os.WriteFile(path, c.Body, 0o600); err != nil {
		return nil, fmt.Errorf("keeping %s: %w", c.Name, err)
	}
	for _, name := range []string{path, folder} {
		f, err := os.Open(name)
		if err != nil {
			return nil, fmt.Errorf("keeping %s: %w", c.Name, err)
		}
		err = f.Sync()
		f.Close()
		if err != nil {
			return nil, fmt.Errorf("keeping %s: %w", c.Name, err)
		}
	}
	files, err := describe([]string{path})
	if err != nil {
		return nil, err
	}
	files[0].Path = ""
	return files, nil
}
