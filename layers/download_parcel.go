package layers

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"nsdi/internal/errs"
)

// parcel is what the formats of cadastres tell of a feature, by the names of INSPIRE.
type parcel struct {
	LocalID   string
	Label     string
	Reference string // nationalCadastralReference
	Area      string // declared, in m²
	Zoning    string
	ValidFrom string // a day
	Begins    time.Time
}

// parcelOnly refuses a format of cadastres for what is no parcel.
func (e *exporting) parcelOnly() error {
	if e.theme.Geometry == "polygon" && slices.ContainsFunc(e.theme.Attributes, func(a Attribute) bool { return a.Name == "main_plate" }) {
		return nil
	}
	return &errs.Error{
		Code: "format-of-parcels", Status: http.StatusUnprocessableEntity, Op: "layers.Downloads", Location: "query.format", Value: e.order.Format,
		Title:  errs.T("این قالب تنها برای قطعه‌های کاداستر است", "The format is for parcels of the cadastre only"),
		Detail: errs.Tf("موضوع %[1]s قطعه ثبتی ندارد.", "The theme %[1]s has no parcels.", e.theme.Code),
		Next:   errs.T("قالب gpkg یا geojson را بخواهید.", "Ask for gpkg or geojson."),
	}
}

// parcel reads a feature. What the store's own expressions gave of it, by the names of the view, comes first.
func (e *exporting) parcel(f *Feature) (*parcel, error) {
	var properties map[string]json.RawMessage
	if err := json.Unmarshal(f.Properties, &properties); err != nil {
		return nil, fmt.Errorf("feature %d: %w", f.ID, err)
	}
	var plate struct{ FA string }
	if text := properties["plate"]; text != nil {
		if err := json.Unmarshal(text, &plate); err != nil {
			return nil, fmt.Errorf("feature %d: %w", f.ID, err)
		}
	}
	get := func(name string) string { return plain(properties[name]) }
	key := cmp.Or(f.Key, get("parcel_id"), strconv.FormatInt(f.ID, 10))
	p := &parcel{
		LocalID: fmt.Sprintf("%d/%s", f.Dataset, key), Label: cmp.Or(get("inspire_label"), get("label"), plate.FA, key), Area: get("declared_area_m2"),
		Zoning: cmp.Or(get("inspire_zoning"), get("section")), ValidFrom: get("registered_on"), Begins: f.ValidFrom,
	}
	p.Reference = cmp.Or(get("inspire_reference"), get("national_parcel_id"), joined(get("registry_unit"), p.Zoning, get("district"), get("main_plate"), cmp.Or(get("sub_plate"), "0"), get("lot")))
	return p, nil
}

// phrase is the plate in words, without the marks that programs for drawings show as boxes.
func phrase(f *Feature) (string, error) {
	var properties struct {
		Plate    struct{ FA string } `json:"plate"`
		Label    string              `json:"label"`
		ParcelID string              `json:"parcel_id"`
	}
	if err := json.Unmarshal(f.Properties, &properties); err != nil {
		return "", fmt.Errorf("feature %d: %w", f.ID, err)
	}
	return strings.Map(func(r rune) rune {
		if r >= '\u2066' && r <= '\u2069' || r < ' ' {
			return -1
		}
		return r
	}, cmp.Or(properties.Plate.FA, properties.Label, properties.ParcelID)), nil
}

func joined(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), "-")
}
