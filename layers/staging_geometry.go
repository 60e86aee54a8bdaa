package layers

import (
	"strings"

	"nsdi/geo"
	"nsdi/internal/errs"
	"nsdi/layers/reading"
)

// geometry gives the row's checked EWKB and its CRS; nil when the row has none, or none that can be kept.
func (s *staging) geometry(p *plan, r *reading.Row) ([]byte, string, error) {
	if r.Damage != "" {
		s.find("row-unreadable", "", strings.Join(r.Values, " "), r.Damage, nil)
		return nil, "", nil
	}
	if s.theme.Geometry == "none" || s.mode == Delete {
		return nil, "", nil
	}
	geoms, crs := r.Geoms, r.CRS
	if len(geoms) == 0 && p.lon != nil && p.lat != nil {
		geoms, crs = s.point(p, r)
	}
	geom, shape, err := s.chooseClosed(geoms, r.Open)
	if crs == "" && err == nil && isTable(r.File) {
		crs = p.degreesOf(shape)
	}
	if s.mapping.CRS != "" {
		crs = s.mapping.CRS
	}
	switch {
	case err != nil:
		s.note(noted{rule: "geometry-structure", value: r.Open, found: geo.Reason(err), proposed: s.proposal})
		s.proposal = ""
		return nil, "", nil
	case shape.Empty:
		s.find("geometry-missing", "", "", "", nil)
		return nil, "", nil
	case crs == "":
		return nil, "", missingCRS(r.File)
	case !s.theme.takes(shape.Kind.Dimension()) && !s.textOfAreas(r):
		s.find("geometry-type", "", "", shape.Kind.String(), nil)
	}
	return geom, crs, nil
}

// choose takes the feature's first geometry that belongs in the theme, or else its first.
func (s *staging) choose(geoms [][]byte) (geom []byte, shape geo.Shape, err error) {
	shape.Empty = true
	for _, g := range geoms {
		g, found, gerr := geo.Normalize(g, maxVertices)
		if gerr == nil {
			g, found = geo.Single(g, found)
		}
		fits := gerr == nil && !found.Empty && s.theme.takes(found.Kind.Dimension())
		if fits || geom == nil && err == nil {
			geom, shape, err = g, found, gerr
		}
		if fits {
			break
		}
	}
	return geom, shape, err
}

// point makes the geometry from coordinate columns. Without a declared CRS they are taken for degrees, if the layer's first ones can be degrees: a later
// row that cannot is a mistake of its own, and no reason to refuse the others.
func (s *staging) point(p *plan, r *reading.Row) ([][]byte, string) {
	lonText, ok1 := p.lon(r)
	latText, ok2 := p.lat(r)
	if !ok1 || !ok2 {
		return nil, ""
	}
	number := Attribute{Type: "number"}
	lon, ok1 := number.parseValue(lonText)
	lat, ok2 := number.parseValue(latText)
	if !ok1 || !ok2 {
		return nil, ""
	}
	x, y := lon.(float64), lat.(float64)
	crs := r.CRS
	p.degrees = p.degrees || x >= -180 && x <= 180 && y >= -90 && y <= 90
	if crs == "" && p.degrees {
		crs = "EPSG:4326"
	}
	return [][]byte{geo.EncodePoint(x, y)}, crs
}

func missingCRS(file string) error {
	return &errs.Error{
		Code: "crs-missing", Status: 422, Op: "layers", Location: file,
		Title:  errs.Tf("«%s» سامانه مختصات ندارد", "%s declares no coordinate reference system", file),
		Detail: errs.T("بدون آن جای عارضه‌ها معلوم نیست و حدس زده نمی‌شود.", "Without one the place of its features is not known, and it is not guessed."),
		Next: errs.T("هنگام تأیید آن را برگزینید (در خط فرمان با ‎--crs‎)، مانند \u2066EPSG:32639\u2069 یا ۳۲۶۳۸، ۳۲۶۴۰، ۳۲۶۴۱، ۴۳۲۶؛ یا پرونده ‎.prj‎ را هم بفرستید.",
			"Choose it when confirming (--crs on the command line), such as EPSG:32639, or 32638, 32640, 32641, 4326; or deliver the .prj file too."),
	}
}
