package layers

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/peterstace/simplefeatures/geom"

	"nsdi/internal/errs"
)

// Area is what a download is cut to.
type Area struct {
	WKB []byte     `json:"wkb"` // EPSG:4326
	Box [4]float64 `json:"box"` // west, south, east, north
}

// Bounds of an area that somebody draws.
const (
	MostAreaBytes    = 1 << 20
	MostAreaVertices = 10000
)

// DrawnArea reads a Polygon or MultiPolygon of GeoJSON, or a Feature with one. What it cannot take is *errs.Error area-invalid, area-too-detailed.
func DrawnArea(ctx context.Context, q Querier, text []byte) (*Area, error) {
	var feature struct {
		Type     string          `json:"type"`
		Geometry json.RawMessage `json:"geometry"`
	}
	if err := json.Unmarshal(text, &feature); err != nil {
		return nil, badArea("", errs.Tf("این متن JSON نیست: %v", "The text is no JSON: %v", err))
	}
	if feature.Type == "Feature" {
		text = feature.Geometry
	} else if feature.Type != "Polygon" && feature.Type != "MultiPolygon" {
		return nil, badArea(clipped(feature.Type), errs.T("محدوده باید Polygon یا MultiPolygon باشد.", "An area is a Polygon or a MultiPolygon."))
	}
	g, err := geom.UnmarshalGeoJSON(text, geom.NoValidate{})
	switch {
	case err != nil:
		return nil, badArea("", errs.Tf("این متن هندسه GeoJSON نیست: %v", "The text is no GeoJSON geometry: %v", err))
	case g.Type() != geom.TypePolygon && g.Type() != geom.TypeMultiPolygon:
		return nil, badArea(g.Type().String(), errs.T("محدوده باید Polygon یا MultiPolygon باشد.", "An area is a Polygon or a MultiPolygon."))
	case g.IsEmpty():
		return nil, badArea("", errs.T("محدوده تهی است.", "The area is empty."))
	}
	coordinates := g.Force2D().DumpCoordinates()
	if n := coordinates.Length(); n > MostAreaVertices {
		return nil, &errs.Error{
			Code: "area-too-detailed", Status: http.StatusUnprocessableEntity, Op: "layers.DrawnArea", Location: "body", Value: fmt.Sprint(n),
			Title:  errs.T("محدوده بیش از اندازه ریز است", "The area has too many vertices"),
			Detail: errs.Tf("%d رأس دارد و بیشینه %d است.", "It has %d vertices; at most %d are taken.", n, MostAreaVertices),
			Next:   errs.T("مرز را ساده کنید، یا واحد تقسیماتی را در unit بنویسید.", "Simplify the boundary, or name an administrative unit in unit."),
		}
	}
	for i := range coordinates.Length() {
		if xy := coordinates.GetXY(i); !(math.Abs(xy.X) <= 180 && math.Abs(xy.Y) <= 90) {
			return nil, badArea(fmt.Sprintf("%g %g", xy.X, xy.Y), errs.T("مختصات باید طول و عرض جغرافیایی به درجه (WGS 84) باشد.", "Coordinates are longitude and latitude in degrees (WGS 84)."))
		}
	}
	if !closed(g) { // PostGIS would not even read it
		return nil, badArea("", errs.T("حلقه باید دست‌کم چهار نقطه داشته باشد و به نقطه نخست خود بازگردد.", "A ring has four points at least and returns to its first one."))
	}
	wkb := g.Force2D().AsBinary()
	var valid bool
	var reason, place string
	err = q.QueryRow(ctx, `
		select d.valid, coalesce(d.reason, ''), coalesce(public.st_astext(d.location, 7), '')
		from public.st_isvaliddetail(public.st_geomfromwkb($1, 4326)) d`, wkb).Scan(&valid, &reason, &place)
	if err != nil {
		return nil, fmt.Errorf("area: %w", err)
	}
	if !valid {
		return nil, badArea(place, errs.Tf("هندسه نادرست است: %s در %s", "The geometry is not valid: %s at %s", reason, place))
	}
	return findArea(ctx, q, `select public.st_geomfromwkb($1, 4326)`, wkb)
}

// closed answers whether each ring ends where it began.
func closed(g geom.Geometry) bool {
	parts := []geom.Geometry{g}
	if many, ok := g.AsMultiPolygon(); ok {
		parts = nil
		for i := range many.NumPolygons() {
			parts = append(parts, many.PolygonN(i).AsGeometry())
		}
	}
	for _, part := range parts {
		for _, ring := range part.MustAsPolygon().DumpRings() {
			if c := ring.Coordinates(); c.Length() < 4 || c.GetXY(0) != c.GetXY(c.Length()-1) {
				return false
			}
		}
	}
	return true
}

func clipped(s string) string { return s[:min(len(s), 60)] }

func badArea(value string, detail errs.Text) error {
	return &errs.Error{
		Code: "area-invalid", Status: http.StatusUnprocessableEntity, Op: "layers.DrawnArea", Location: "body", Value: value,
		Title: errs.T("محدوده پذیرفته نیست", "The area is not accepted"), Detail: detail,
		Next: errs.T("یک Polygon یا MultiPolygon درست GeoJSON در WGS 84 بفرستید.", "Send a valid Polygon or MultiPolygon of GeoJSON in WGS 84."),
	}
}

// findArea reads an area that SQL gives; nil: it gives none, or an empty one.
func findArea(ctx context.Context, q Querier, sql string, args ...any) (*Area, error) {
	var a Area
	var box []float64
	err := q.QueryRow(ctx, `
		select public.st_asbinary(g), array[public.st_xmin(g), public.st_ymin(g), public.st_xmax(g), public.st_ymax(g)]
		from (`+sql+`) f (g)
		where g is not null
		  and not public.st_isempty(g)`, args...).Scan(&a.WKB, &box)
	if err == pgx.ErrNoRows {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("area: %w", err)
	}
	copy(a.Box[:], box)
	return &a, nil
}

// near is the condition that a row's box meets the area's, which indexes answer; $n and the three after it are the box.
func (a *Area) near(n int) (here, past string) {
	past = fmt.Sprintf(` and geom operator(public.&&) public.st_makeenvelope($%d, $%d, $%d, $%d, 4326)`, n, n+1, n+2, n+3)
	if a.Box[1] > 85 || a.Box[3] < -85 { // where Mercator ends
		return past, past
	}
	return past + fmt.Sprintf(` and geom_3857 operator(public.&&) public.st_transform(public.st_makeenvelope($%d, greatest($%d, -85.06), $%d, least($%d, 85.06), 4326), 3857)`, n, n+1, n+2, n+3), past
}

// within gives the features of a version that touch an area, in the order of keys, as the database sends them.
func (s *Set) within(ctx context.Context, q Querier, v Version, a *Area, cut bool, yield func(*Feature) error) error {
	here, past := a.near(5)
	shape := "geom"
	if cut {
		shape = `layers.cut(geom, area.g)`
	}
	part := func(table, condition string) string {
		return `
			select ` + s.store.row() + `
			from ` + ident(table) + `
			where theme = $1 and dataset_id = $2 and version_id <= $3` + condition
	}
	rows, err := q.Query(ctx, `
		with area as materialized (select public.st_geomfromwkb($4, 4326) as g)
		select id, key, valid_from, properties, public.st_asgeojson(shape, 15, 0)
		from (
			select id, key, valid_from, `+s.store.properties()+` as properties, `+shape+` as shape
			from (
				select r.*
				from (`+part(s.store.Table, here)+` union all `+part(s.store.History, ` and ended_by > $3`+past)+`) r, area
				where public.st_intersects(r.geom, area.g)
				order by key
			) chosen, area
		) shaped
		where not public.st_isempty(shape)`, s.Theme, s.ID, v.id, a.WKB, a.Box[0], a.Box[1], a.Box[2], a.Box[3])
	if err != nil {
		return fmt.Errorf("features of dataset %d within an area: %w", s.ID, err)
	}
	defer rows.Close()
	for rows.Next() {
		var f Feature
		if err := rows.Scan(&f.ID, &f.Key, &f.ValidFrom, &f.Properties, &f.Geometry); err != nil {
			return fmt.Errorf("features of dataset %d within an area: %w", s.ID, err)
		}
		if err := yield(&f); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("features of dataset %d within an area: %w", s.ID, err)
	}
	return nil
}

// UnitArea is that of an administrative unit, with its name. Errors are *errs.Error: unit-unknown, unit-without-boundary.
func UnitArea(ctx context.Context, q Querier, code string) (a *Area, name string, err error) {
	err = q.QueryRow(ctx, `select name_fa from layers.admin_unit where code = $1`, code).Scan(&name)
	if err == pgx.ErrNoRows {
		return nil, "", noSuch("unit-unknown", "query.unit", code, errs.T("چنین واحد تقسیماتی نیست", "There is no such administrative unit"),
			errs.T("شناسه‌ها در نشانی ‎/v1/admin-units‎ است.", "The codes are listed at /v1/admin-units."))
	}
	if err != nil {
		return nil, "", fmt.Errorf("area: %w", err)
	}
	if a, err = findArea(ctx, q, `select geom from layers.admin_unit where code = $1`, code); err == nil && a == nil {
		err = &errs.Error{
			Code: "unit-without-boundary", Status: http.StatusConflict, Op: "layers.UnitArea", Location: "query.unit", Value: code,
			Title:  errs.T("مرز این واحد در دست نیست", "The boundary of the unit is not known"),
			Detail: errs.Tf("واحد «%s» هنوز مرز ندارد.", "The unit %q has no boundary yet.", strings.TrimSpace(name)),
			Next:   errs.T("واحد دیگری بنویسید، یا محدوده را با POST بفرستید.", "Name another unit, or send an area by POST."),
		}
	}
	return a, name, err
}
