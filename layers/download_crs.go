package layers

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/peterstace/simplefeatures/geom"

	"nsdi/geo"
	"nsdi/internal/errs"
)

// ZoneOfMost is the UTM zone in which most features lie, asked for as a reference system.
const ZoneOfMost = "utm"

// Windows1256 is the encoding that old programs on Persian Windows read.
const Windows1256 = "windows-1256"

// In asks for the file in a reference system and with its text in an encoding; "" is what the format has by itself. Errors are *errs.Error: crs-unknown, crs-not-of-format,
// encoding-unknown, encoding-not-of-format.
func (o *Order) In(crs, encoding string) error {
	f, known := formats()[o.Format]
	if !known { // which whoever makes the file says
		return nil
	}
	if f.drawn && crs == "" {
		crs = ZoneOfMost
	}
	code, isCode := strings.CutPrefix(crs, "EPSG:")
	epsg, err := strconv.Atoi(code)
	_, there := geo.Projected(epsg)
	zone := crs == ZoneOfMost || epsg > 32600
	switch {
	case crs == "" || crs == "EPSG:4326" && !f.drawn:
		crs = ""
	case crs != ZoneOfMost && (!isCode || err != nil || !there || strconv.Itoa(epsg) != code):
		return badChoice("crs-unknown", "crs", crs, errs.T("این سامانه مختصات ساخته نمی‌شود", "Files are not made in this reference system"),
			errs.T("EPSG:4326، EPSG:3857، زون‌های یوتی‌ام EPSG:32601 تا EPSG:32660 و EPSG:32701 تا EPSG:32760، یا utm برای زون بیشتر عارضه‌ها.",
				"There are EPSG:4326, EPSG:3857, the UTM zones EPSG:32601 to EPSG:32660 and EPSG:32701 to EPSG:32760, and utm for the zone of most features."))
	case !f.crs || f.drawn && !zone:
		return badChoice("crs-not-of-format", "crs", crs, errs.T("این قالب در این سامانه مختصات نیست", "The format has no such reference system"),
			errs.T("GeoJSON و CSV طول و عرض جغرافیایی دارند و DXF یوتی‌ام؛ gpkg، flatgeobuf، shapefile و gml همه را می‌پذیرند.",
				"GeoJSON and CSV have longitude and latitude, DXF has UTM; gpkg, flatgeobuf, shapefile and gml take all."))
	}
	switch {
	case encoding == "", strings.EqualFold(encoding, "UTF-8"):
		encoding = ""
	case !strings.EqualFold(encoding, Windows1256):
		return badChoice("encoding-unknown", "encoding", encoding, errs.T("این رمزگذاری ساخته نمی‌شود", "Files are not made in this encoding"),
			errs.T("UTF-8 یا windows-1256 بخواهید.", "Ask for UTF-8 or windows-1256."))
	case o.Format != "shapefile":
		return badChoice("encoding-not-of-format", "encoding", encoding, errs.T("این قالب تنها UTF-8 دارد", "The format has UTF-8 only"),
			errs.T("windows-1256 را برای shapefile بخواهید.", "Ask for windows-1256 with shapefile."))
	default:
		encoding = Windows1256
	}
	o.CRS, o.Encoding = crs, encoding
	return nil
}

func badChoice(code, name, value string, title, next errs.Text) error {
	return &errs.Error{
		Code: code, Status: http.StatusUnprocessableEntity, Op: "layers.Order", Location: "query." + name, Value: clippedTo(strings.ToValidUTF8(value, "\uFFFD"), 60), Title: title,
		Detail: errs.Tf("%[1]s پذیرفته نشد.", "%[1]s is not accepted.", clippedTo(strings.ToValidUTF8(value, "\uFFFD"), 60)), Next: next,
	}
}

// settle finds the projection of the file, and says on the sheet which one it is.
func (e *exporting) settle(ctx context.Context) error {
	crs := e.order.CRS
	if crs == "" && e.drawn {
		crs = ZoneOfMost
	}
	e.epsg = 4326
	switch {
	case crs == "" || e.theme.Geometry == "none":
		return nil
	case crs == ZoneOfMost:
		var err error
		if e.epsg, err = e.zone(ctx); err != nil {
			return err
		}
	default:
		var err error
		if e.epsg, err = strconv.Atoi(strings.TrimPrefix(crs, "EPSG:")); err != nil {
			return fmt.Errorf("download: %w", err)
		}
	}
	var ok bool
	if e.project, ok = geo.Projected(e.epsg); !ok {
		return fmt.Errorf("download: there is no projection to EPSG:%d", e.epsg)
	}
	line := Line{"crs", "سامانه مختصات", "Reference system", fmt.Sprintf("EPSG:%d", e.epsg)}
	if i := slices.IndexFunc(e.sheet, func(l Line) bool { return l.Code == "crs" }); i >= 0 {
		e.sheet[i] = line
	} else {
		e.sheet = append(e.sheet, line)
	}
	return nil
}

// zone is the one in which most of the features lie; the first of two that have as many.
func (e *exporting) zone(ctx context.Context) (int, error) {
	counts := map[int]int{}
	err := e.rows(ctx, func(f *Feature) error {
		if len(f.Geometry) == 0 {
			return nil
		}
		g, err := geom.UnmarshalGeoJSON(f.Geometry, geom.NoValidate{})
		if err != nil {
			return fmt.Errorf("feature %d: %w", f.ID, err)
		}
		if low, high, ok := g.Envelope().MinMaxXYs(); ok {
			counts[geo.UTMCode((low.X+high.X)/2, (low.Y+high.Y)/2)]++
		}
		return nil
	})
	best := 32639 // the zone of Tehran, where there is nothing to go by
	for code, n := range counts {
		if n > counts[best] || n == counts[best] && code < best {
			best = code
		}
	}
	return best, err
}

// farthest is how many degrees from the middle of its zone UTM is written: beyond, coordinates mean nothing to anybody.
const farthest = 30

// shape reads a feature's geometry in the reference system of the file.
func (e *exporting) shape(f *Feature) (g geom.Geometry, there bool, err error) {
	if len(f.Geometry) == 0 {
		return g, false, nil
	}
	if g, err = geom.UnmarshalGeoJSON(f.Geometry, geom.NoValidate{}); err != nil {
		return g, false, fmt.Errorf("feature %d: %w", f.ID, err)
	}
	if e.project == nil {
		return g, true, nil
	}
	if low, high, ok := g.Envelope().MinMaxXYs(); ok && !e.reaches(low, high) {
		return g, false, &errs.Error{
			Code: "crs-does-not-reach", Status: http.StatusUnprocessableEntity, Op: "layers.Downloads", Location: "query.crs", Value: fmt.Sprintf("EPSG:%d", e.epsg),
			Title:  errs.T("سامانه مختصات تا آنجا نمی‌رسد", "The reference system does not reach there"),
			Detail: errs.Tf("عارضه‌ای در طول %.3f و عرض %.3f است.", "A feature lies at longitude %.3f, latitude %.3f.", low.X, low.Y),
			Next:   errs.T("زون دیگر، EPSG:4326، یا محدوده کوچک‌تر بخواهید.", "Ask for another zone, for EPSG:4326, or for a smaller area."),
		}
	}
	return g.TransformXY(func(p geom.XY) geom.XY {
		x, y := e.project(p.X, p.Y)
		return geom.XY{X: x, Y: y}
	}), true, nil
}

func (e *exporting) reaches(low, high geom.XY) bool {
	if e.epsg == 3857 {
		return low.Y > -89.9 && high.Y < 89.9
	}
	if e.epsg < 32600 {
		return true
	}
	middle := float64(e.epsg%100)*6 - 183
	return math.Abs(low.X-middle) <= farthest && math.Abs(high.X-middle) <= farthest
}
