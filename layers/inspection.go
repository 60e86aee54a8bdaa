package layers

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"nsdi/geo"
	"nsdi/internal/errs"
	"nsdi/layers/reading"
)

// Inspection is what was found in a submission's files, for a person to confirm.
type Inspection struct {
	Layers  []InspectedLayer `json:"layers"`
	Ignored []string         `json:"ignored_files,omitempty"`
	// Proposal is what the theme's catalogue, the names in the files and what the agency confirmed before suggest.
	Proposal *Proposal `json:"proposal,omitempty"`
	// Question is what has to be answered in the mapping that is confirmed.
	Question *Question `json:"question,omitempty"`
}

// InspectedLayer is one layer of the files.
type InspectedLayer struct {
	File     string      `json:"file"`
	Name     string      `json:"name"`
	Features int64       `json:"features"` // as the file claims; -1 unknown
	Geometry string      `json:"geometry"` // of the first rows: point, line, polygon, mixed or none
	CRS      string      `json:"crs"`      // "" where the file declares none
	CRSName  string      `json:"crs_name,omitempty"`
	Columns  []string    `json:"columns"`
	Rows     [][]*string `json:"rows"`
	// Places of the first rows in each reference system that the coordinates may be in, for the preview on the map: WKB in EPSG:4326.
	Preview []Preview `json:"preview,omitempty"`
}

// Preview is where the first rows lie when the coordinates are read in a reference system.
type Preview struct {
	CRS      string       `json:"crs"`
	Title    errs.Text    `json:"title"`
	Declared bool         `json:"declared"` // by the file
	Inside   int          `json:"inside"`   // of the rows within the territory, or within Iran where that has no outline
	Rows     int          `json:"rows"`
	Points   [][2]float64 `json:"points"` // lon, lat of the middle of each row's geometry
}

// candidates are the reference systems that files of Iran come in.
func candidates() []Preview {
	out := []Preview{{CRS: "EPSG:4326", Title: errs.T("طول و عرض جغرافیایی (WGS 84)", "Longitude and latitude (WGS 84)")}}
	for zone := 38; zone <= 41; zone++ {
		out = append(out, Preview{CRS: fmt.Sprintf("EPSG:326%d", zone), Title: errs.Tf("یوتی‌ام زون %d (WGS 84)", "UTM zone %d N (WGS 84)", zone)})
	}
	for zone := 38; zone <= 41; zone++ {
		// 2058 to 2061 are the zones 38 to 41 of ED50(ED77).
		out = append(out, Preview{CRS: fmt.Sprintf("EPSG:%d", 2058+zone-38), Title: errs.Tf("یوتی‌ام زون %d (ED50(ED77))", "UTM zone %d N (ED50(ED77))", zone)})
	}
	return append(out, Preview{CRS: "EPSG:3857", Title: errs.T("وب مرکاتور", "Web Mercator")})
}

const inspectedRows = 20

// inspect looks into the files. Nothing is staged yet.
func (w *work) inspect(ctx context.Context) (*Inspection, error) {
	options, err := w.sub.Mapping.options()
	if err != nil {
		return nil, err
	}
	delivery, err := w.importer.Reader.Open(ctx, w.paths(), options)
	if err != nil {
		return nil, err
	}
	defer delivery.Close()
	if err := w.importer.bounded(delivery.Layers); err != nil {
		return nil, err
	}
	w.tell(Progress{Stage: "inspecting", Total: -1})
	sampled, err := delivery.Sample(ctx, inspectedRows)
	if err != nil {
		return nil, err
	}
	found := &Inspection{Ignored: delivery.Ignored, Layers: []InspectedLayer{}}
	for i := range sampled {
		l, err := w.inspectLayer(ctx, &sampled[i])
		if err != nil {
			return nil, err
		}
		found.Layers = append(found.Layers, *l)
	}
	if found.Proposal, err = w.propose(ctx, found.Layers); err != nil || found.Proposal == nil {
		return found, err
	}
	return found, w.openQuestion(ctx, found)
}

// openQuestion looks whether the first rows leave open which side of the slash is the main plate. The proposal then names the column and waits for the side.
func (w *work) openQuestion(ctx context.Context, found *Inspection) error {
	theme, err := findTheme(ctx, w.conn, found.Proposal.Theme)
	if err != nil {
		return err
	}
	store, err := w.importer.storeOf(theme)
	if err != nil || store.Plates == nil {
		return err
	}
	m := &found.Proposal.Mapping
	for i := range found.Layers {
		l := &found.Layers[i]
		p := m.plan(theme, store.Plates, l.Columns)
		if p.plate == nil || p.plateColumn == "" {
			continue
		}
		ask, sure := &asking{plates: store.Plates, column: p.plateColumn}, false
		for _, cells := range l.Rows {
			text, ok := p.plate(sampledRow(cells))
			if !ok {
				continue
			}
			t, ok := store.Plates.Read(text)
			if _, _, answered := t.main(p.plateSide); !ok || answered {
				sure = sure || ok && t.Sure && t.Right > 0
				continue
			}
			if !ask.sample(text, t) {
				break
			}
		}
		if q := ask.question(); q != nil && found.Question == nil {
			found.Question = q
		}
		if m.Plate == nil && (sure || len(ask.samples) > 0) {
			m.Plate = &PlateColumn{Column: p.plateColumn}
			for _, name := range []string{store.Plates.Main, store.Plates.Sub} {
				if e := m.Attributes[name]; e != nil && strings.EqualFold(e.Column, p.plateColumn) {
					delete(m.Attributes, name)
				}
			}
			found.Proposal.Missing = slices.DeleteFunc(found.Proposal.Missing, func(name string) bool { return name == store.Plates.Main })
			found.Proposal.Unused = slices.DeleteFunc(found.Proposal.Unused, func(name string) bool { return strings.EqualFold(name, p.plateColumn) })
		}
	}
	return nil
}

// sampledRow makes a row of the cells that an inspection shows.
func sampledRow(cells []*string) *reading.Row {
	r := &reading.Row{Values: make([]string, len(cells)), Null: make([]bool, len(cells))}
	for i, c := range cells {
		if r.Null[i] = c == nil; c != nil {
			r.Values[i] = *c
		}
	}
	return r
}

func (w *work) inspectLayer(ctx context.Context, s *reading.Sampled) (*InspectedLayer, error) {
	l := &InspectedLayer{
		File: s.File, Name: s.Name, Features: s.Features, Geometry: "none", CRS: s.CRS, Columns: append([]string{}, s.Columns...), Rows: append([][]*string{}, s.Rows...),
	}
	if l.CRS != "" {
		l.CRSName = shortened([]string{l.CRS})[0]
	}
	var geoms [][]byte
	for _, g := range s.Geoms {
		if g == nil {
			continue
		}
		g, shape, err := geo.Normalize(g, maxVertices)
		if err != nil || shape.Empty {
			continue
		}
		kind := [...]string{"point", "line", "polygon"}[max(0, shape.Kind.Dimension())]
		if l.Geometry != "none" && l.Geometry != kind {
			kind = "mixed"
		}
		l.Geometry = kind
		geoms = append(geoms, g)
	}
	if len(geoms) == 0 {
		return l, nil
	}
	return l, w.places(ctx, l, geoms)
}

// places tries the declared reference system and the ones that are usual in Iran.
func (w *work) places(ctx context.Context, l *InspectedLayer, geoms [][]byte) error {
	tries := candidates()
	if l.CRS != "" && !slices.ContainsFunc(tries, func(p Preview) bool { return p.CRS == l.CRS }) {
		tries = append([]Preview{{CRS: l.CRS, Title: errs.T(l.CRSName, l.CRSName)}}, tries...)
	}
	for _, p := range tries {
		p.Declared = p.CRS == l.CRS
		srid, err := (&staging{conn: w.conn}).srid(ctx, p.CRS)
		if _, told := errs.As(err); told {
			continue // a reference system that PostGIS does not know has no preview
		}
		if err != nil {
			return err
		}
		rows, err := w.conn.Query(ctx, `
			with territory as (
				select public.st_union(geom) as g
				from layers.admin_unit
				where code = nullif($3, '')
			)
			select public.st_x(c), public.st_y(c),
			  coalesce(public.st_covers((select g from territory), c), c && public.st_makeenvelope(43.5, 24, 64, 40, 4326)), c is not null
			from unnest($1::bytea[]) with ordinality as u(wkb, n),
			lateral (select public.st_centroid(public.st_envelope(layers.try_transform(public.st_geomfromewkb(wkb), $2)))) t(c)
			order by n`, geoms, srid, w.sub.Territory)
		if err != nil {
			return fmt.Errorf("preview: %w", err)
		}
		var x, y *float64
		var inside *bool
		var placed bool
		_, err = pgx.ForEachRow(rows, []any{&x, &y, &inside, &placed}, func() error {
			p.Rows++
			if placed && x != nil && y != nil && *x >= -180 && *x <= 180 && *y >= -90 && *y <= 90 {
				p.Points = append(p.Points, [2]float64{*x, *y})
				if inside != nil && *inside {
					p.Inside++
				}
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("preview: %w", err)
		}
		if p.Declared || p.Inside > 0 {
			l.Preview = append(l.Preview, p)
		}
	}
	// The declared system first, then those that put most rows where they belong.
	slices.SortStableFunc(l.Preview, func(a, b Preview) int {
		if a.Declared != b.Declared {
			if a.Declared {
				return -1
			}
			return 1
		}
		return b.Inside - a.Inside
	})
	return nil
}
