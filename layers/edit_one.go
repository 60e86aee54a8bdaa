package layers

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/jackc/pgx/v5"

	"nsdi/internal/errs"
)

// Edited makes the delivery that gives the feature of a key these contents, and the mapping to read it with. A key that the key attributes do not make stands in
// a member of its own. Contents that are those of another feature are *errs.Error key-differs; now is the published one, nil where there is none.
func (s *Set) Edited(ctx context.Context, q Querier, key string, now *Feature, body []byte) ([]byte, Mapping, error) {
	edit, err := ParseEdit(body)
	if err != nil {
		return nil, Mapping{}, err
	}
	if !edit.Single {
		return nil, Mapping{}, badEdit(errs.T("در این نشانی فقط یک Feature پذیرفته است.", "Only a single Feature is taken at this address."))
	}
	made, found, err := s.KeyOf(ctx, q, edit.Features[0])
	if err != nil || found && made == key {
		return body, Mapping{}, err
	}
	natural := true // the key attributes make the keys of this dataset, as far as can be seen
	if now != nil {
		var of EditedFeature
		if err := json.Unmarshal(now.Properties, &of.Properties); err != nil {
			return nil, Mapping{}, fmt.Errorf("feature of dataset %d: %w", s.ID, err)
		}
		was, known, err := s.KeyOf(ctx, q, of)
		if err != nil {
			return nil, Mapping{}, err
		}
		natural = known && was == key
	}
	if found && natural {
		return nil, Mapping{}, &errs.Error{
			Code: "key-differs", Status: http.StatusUnprocessableEntity, Op: "layers.Edited", Location: "body.properties", Value: made,
			Title:  errs.T("کلید عارضه با نشانی یکی نیست", "The feature's key is not that of the address"),
			Detail: errs.Tf("نشانی از آن «%[1]s» است و ویژگی‌های کلیدی از آن «%[2]s».", "The address is that of “%[1]s”, the key attributes are those of “%[2]s”.", key, made),
			Next:   errs.T("کلید هیچ عارضه‌ای دگرگون نمی‌شود: یکی را حذف و دیگری را اضافه کنید.", "No feature changes its key: remove the one, and add the other."),
		}
	}
	var whole map[string]json.RawMessage
	if err := json.Unmarshal(body, &whole); err != nil {
		return nil, Mapping{}, badEdit(errs.Tf("این متن GeoJSON نیست: %v", "The text is no GeoJSON: %v", err))
	}
	properties := map[string]any{}
	for name, raw := range edit.Features[0].Properties {
		if !strings.EqualFold(name, keyColumn) {
			properties[name] = raw
		}
	}
	properties[keyColumn] = key
	if whole["properties"], err = json.Marshal(properties); err != nil {
		return nil, Mapping{}, fmt.Errorf("feature of dataset %d: %w", s.ID, err)
	}
	body, err = json.Marshal(whole)
	return body, Mapping{Key: &Expr{Column: keyColumn}}, err
}

// Whole adds to a published feature what lists do not show of it, so that whoever answers for the dataset alters some attributes without losing those.
func (s *Set) Whole(ctx context.Context, q Querier, f *Feature) error {
	if f == nil || s.store.Hidden == "" && len(s.store.Withheld) == 0 {
		return nil
	}
	err := q.QueryRow(ctx, `
		select $3::jsonb || jsonb_strip_nulls(coalesce(`+cmp.Or(s.store.Hidden, s.store.everything())+`, '{}'))
		from `+ident(s.store.Table)+`
		where theme = $1
		  and id = $2`, s.Theme, f.ID, f.Properties).Scan(&f.Properties)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return fmt.Errorf("feature of dataset %d: %w", s.ID, err)
	}
	return nil
}

// Patched merges a patch (RFC 7396) into a published feature.
func (f *Feature) Patched(patch []byte) ([]byte, error) {
	var p map[string]any
	d := json.NewDecoder(bytes.NewReader(patch))
	d.UseNumber() // numbers stay as they were written
	if err := d.Decode(&p); err != nil || p == nil {
		return nil, badEdit(errs.T("وصله باید یک شیء JSON باشد.", "A patch is a JSON object."))
	}
	for name := range p {
		if name != "properties" && name != "geometry" && name != "type" {
			return nil, badEdit(errs.Tf("عضو «%s» را نمی‌توان دگرگون کرد.", "The member “%s” cannot be altered.", name[:min(len(name), 60)]))
		}
	}
	whole := map[string]any{"type": "Feature"}
	for name, raw := range map[string]json.RawMessage{"properties": f.Properties, "geometry": f.Geometry} {
		if len(raw) == 0 {
			whole[name] = nil
			continue
		}
		var v any
		d := json.NewDecoder(bytes.NewReader(raw))
		d.UseNumber()
		if err := d.Decode(&v); err != nil {
			return nil, fmt.Errorf("feature %d: %w", f.ID, err)
		}
		whole[name] = v
	}
	geometry, placed := p["geometry"]
	delete(p, "geometry") // another geometry replaces the one that was: parts of both would be neither
	whole = merged(whole, p)
	if placed {
		whole["geometry"] = geometry
	}
	return json.Marshal(whole)
}

// merged is RFC 7396's MergePatch for an object.
func merged(target, patch map[string]any) map[string]any {
	if target == nil {
		target = map[string]any{}
	}
	for name, value := range patch {
		switch v := value.(type) {
		case nil:
			delete(target, name)
		case map[string]any:
			was, _ := target[name].(map[string]any)
			target[name] = merged(was, v)
		default:
			target[name] = v
		}
	}
	return target
}
