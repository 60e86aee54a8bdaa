package tiles

import (
	"context"
	"fmt"
	"hash/crc32"
	"strings"
	"sync"

	"github.com/jackc/pgx/v5"

	"nsdi/internal/errs"
)

// AdminUnit is the layer that comes from the tree of administrative units instead of a theme's own store.
const AdminUnit = "admin-unit"

// layer is what the catalogue says about a theme, with the end of its part of the change log.
type layer struct {
	code       string
	store      string
	geometry   string
	titleFA    string
	titleEN    string
	minZoom    int
	splitZoom  int // the first zoom at which the features themselves are drawn
	maxZoom    int
	restricted bool // its features are not for everybody
	attributes []attribute
	position   int64
	made       int64  // the end of the part of the change log that the cells of the zooms below the split have in them
	madeBy     string // the rules that they were made by
	drawn      uint32 // names how its tiles are drawn
	waits      bool   // for its cells
	raw, cells *dirt  // at the zooms from the split, and below it
	version    string // of its tiles: another one where the data, the fields or the way of drawing is another

	name    string   // in addresses, where it is not the theme's code
	dataset int64    // of which alone it is; 0: of all
	agency  int64    // whose dataset it is, where it is of a restricted theme
	parts   []*layer // that its tiles have, where it is a combined layer

	completion *completion // of an obligation, where it is no theme's layer
}

// drawn is the way in which tiles are drawn. What draws the same rows in another way has another number: clients keep tiles of a version for good.
const drawn = 3

// attribute is one entry of layers.theme.attributes.
type attribute struct {
	Name    string `json:"name"`
	Type    string `json:"type"` // text, int, number, date, boolean
	TitleFA string `json:"title_fa"`
	TitleEN string `json:"title_en"`
	Private bool   `json:"private"`
	// Aggregate says what features that are drawn together show of it: most, sum, one or nothing.
	Aggregate string   `json:"aggregate"`
	Domain    []string `json:"domain"`
	Suggested []string `json:"suggested"`

	Labels map[string]errs.Text `json:"labels"` // of the values that are listed
}

// catalogue is the state of all layers at one end of the change log.
type catalogue struct {
	end     int64
	made    int64 // another number when cells have been made
	written int64 // another number when figures have been written
	layers  map[string]*layer

	datasets sync.Map // layers of one dataset each by name, as they were asked for

	restricted map[string]*layer // themes of which only the datasets have tiles, for those who may read them
	closed     sync.Map          // their layers by name, as they were asked for
}

// A restricted theme as a whole has no tiles, and answers as a layer that is not there does.
func (s *Service) loadCatalogue(ctx context.Context, end, made, written int64) (*catalogue, error) {
	all, err := readLayers(ctx, s.pool, public)
	if err != nil {
		return nil, err
	}
	closed, err := readLayers(ctx, s.pool, restricted)
	if err != nil {
		return nil, err
	}
	before := map[string]*layer{}
	if c := s.latest.Load(); c != nil {
		before = c.layers
	}
	c := &catalogue{end: end, made: made, written: written, layers: make(map[string]*layer, len(all)), restricted: make(map[string]*layer, len(closed))}
	for _, l := range closed {
		c.restricted[l.code] = l
	}
	for _, l := range all {
		l.prepared()
		if err := l.soil(ctx, s.pool, before[l.code]); err != nil {
			return nil, err
		}
		c.layers[l.code] = l
	}
	c.layers[BaseMap] = c.combined()
	completions, err := readCompletions(ctx, s.pool)
	if err != nil {
		return nil, err
	}
	for _, l := range completions {
		if err := l.soilCompletion(ctx, s.pool, before[l.name]); err != nil {
			return nil, err
		}
		c.layers[l.name] = l
	}
	return c, nil
}

// prepared makes the layer one that tiles can be made of, as its cells are.
func (l *layer) prepared() *layer {
	if l.splitZoom > l.minZoom && l.madeBy != l.rules() { // there are no cells yet
		l.minZoom, l.waits = l.splitZoom, true
	}
	l.setVersion()
	l.name = l.code
	return l
}

func (l *layer) setVersion() {
	l.drawn = crc32.ChecksumIEEE(fmt.Append(nil, drawn, l.sql(l.minZoom), l.sql(l.maxZoom), l.madeBy))
	l.version = fmt.Sprintf("%d.%d-%08x", l.position, l.made, l.drawn)
}

// querier is what pools and transactions have in common.
type querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}

// Which themes readLayers reads.
const public, restricted = false, true

func readLayers(ctx context.Context, q querier, which bool) ([]*layer, error) {
	rows, err := q.Query(ctx, `
		select t.code, t.store, t.geometry, t.title_fa, t.title_en, t.min_zoom, t.split_zoom, t.max_zoom, t.restricted, t.attributes,
		  greatest(0, (select max(c.last) from layers.change_span c where c.theme = t.code), case t.code when 'admin-unit' then n.last end),
		  coalesce(g.position, 0), coalesce(g.rules, '')
		from layers.theme t
		cross join (select max(last) as last from layers.change_span where theme = 'admin-division') n -- see sources
		left join layers.generalisation g on g.theme = t.code
		where t.restricted = $1`, which)
	if err != nil {
		return nil, fmt.Errorf("reading the catalogue of layers: %w", err)
	}
	all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (*layer, error) {
		var l layer
		err := row.Scan(&l.code, &l.store, &l.geometry, &l.titleFA, &l.titleEN, &l.minZoom, &l.splitZoom, &l.maxZoom, &l.restricted, &l.attributes, &l.position, &l.made, &l.madeBy)
		return &l, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading the catalogue of layers: %w", err)
	}
	return all, nil
}

// layer answers the layer as it is now, or the problem that there is none.
func (s *Service) layer(ctx context.Context, code string) (*layer, error) {
	c, err := s.current(ctx)
	if err != nil {
		return nil, err
	}
	l, err := s.find(ctx, c, code)
	if err != nil {
		return nil, err
	}
	if l == nil {
		return nil, &errs.Error{
			Code: "layer-unknown", Status: 404, Op: "tiles.layer", Location: "path.layer", Value: code,
			Title:  errs.T("چنین لایه‌ای نیست", "There is no such layer"),
			Detail: errs.Tf("لایه «%s» در فهرست نیست.", "The catalogue has no layer %q.", code),
			Next:   errs.T("فهرست لایه‌ها در ‎/v1/themes است.", "The list of layers is at /v1/themes."),
		}
	}
	if l.geometry == "none" {
		return nil, &errs.Error{
			Code: "layer-without-geometry", Status: 404, Op: "tiles.layer", Location: "path.layer", Value: code,
			Title:  errs.T("این موضوع هندسه ندارد", "This theme has no geometry"),
			Detail: errs.Tf("«%s» جدول است و کاشی ندارد.", "%q is a table and has no tiles.", code),
			Next:   errs.T("لایه‌ای با هندسه را از ‎/v1/themes برگزینید.", "Choose a layer with geometry from /v1/themes."),
		}
	}
	return l, nil
}

func (l *layer) checkZoom(z int) error {
	if z >= l.minZoom && z <= l.maxZoom {
		return nil
	}
	return &errs.Error{
		Code: "zoom-outside-range", Status: 404, Op: "tiles.Tile", Location: "path.z", Value: fmt.Sprint(z),
		Title: errs.T("لایه در این بزرگ‌نمایی کاشی ندارد", "The layer has no tiles at this zoom"),
		Detail: errs.Tf("لایه «%s» از بزرگ‌نمایی %d تا %d کاشی دارد؛ این پاسخ به معنای نبود داده نیست.",
			"The layer %s has tiles from zoom %d to %d; this does not mean that there is no data.", l.name, l.minZoom, l.maxZoom),
		Next: errs.T("از بازه minzoom تا maxzoom در TileJSON بخواهید.", "Ask within minzoom and maxzoom of the TileJSON."),
	}
}

// field is a column of the tile query with the name that it has in the tile.
type field struct {
	name, expr, kind string // kind: String, Number or Boolean, as TileJSON calls them
	title            string
	aggregate        string
	values           []string // that are listed
}

// fields lists what a tile of the layer carries. Numbers come as numbers; what does not read as one is left out, so
// that a single odd value cannot spoil a tile.
func (l *layer) fields() []field {
	var fields []field
	for _, a := range l.attributes {
		if a.Private {
			continue
		}
		f := field{name: a.Name, kind: "String", title: a.TitleFA + " | " + a.TitleEN, aggregate: a.Aggregate, values: append(a.Domain, a.Suggested...)}
		column, typed := l.column(a.Name)
		switch a.Type {
		case "int":
			f.kind = "Number"
			if f.expr = column; !typed {
				f.expr = "case when " + column + " ~ '^-?[0-9]{1,18}$' then (" + column + ")::bigint end"
			}
		case "number":
			f.kind = "Number"
			if f.expr = column; !typed {
				f.expr = "case when " + column + ` ~ '^-?[0-9]{1,30}(\.[0-9]{1,30})?([eE][-+]?[0-9]{1,2})?$' then (` + column + ")::float8 end"
			}
		case "boolean":
			f.kind = "Boolean"
			f.expr = "case when " + column + " in ('true', 'false') then (" + column + ")::boolean end"
		case "date":
			f.expr = "(" + column + ")::text"
		default:
			f.expr = column
		}
		fields = append(fields, f)
	}
	return fields
}

// sketched are the fields that features show which are drawn together.
func (l *layer) sketched() []field {
	var fields []field
	for _, f := range l.fields() {
		if f.aggregate != "" {
			fields = append(fields, f)
		}
	}
	return fields
}

// column answers the SQL of an attribute and whether it is a typed column. Names come from the catalogue and are quoted.
func (l *layer) column(name string) (string, bool) {
	typed := ""
	switch l.store {
	case "cadastre.parcel":
		typed = " parcel_id section district main_plate sub_plate lot land_use declared_area_m2 survey_method accuracy_m national_parcel_id registry_unit label registered_on parents source "
	case "gnaf.address":
		if name == "address_id" {
			return "key", true
		}
		typed = " province county city neighbourhood street_before street number number_suffix building floor unit postal_code "
	case "gnaf.name":
		typed = " city name kind "
	}
	if l.code == AdminUnit {
		typed = " code level name_fa name_en parent_code "
	}
	if strings.Contains(typed, " "+name+" ") {
		return quotedName(name), true
	}
	return "attributes ->> " + quote(name), false
}

func quotedName(parts ...string) string { return pgx.Identifier(parts).Sanitize() }

// quote writes a text literal. The names of attributes are data of the catalogue and cannot be parameters of a cached
// statement whose columns they name.
func quote(s string) string {
	return "'" + strings.ReplaceAll(s, "'", "''") + "'"
}
