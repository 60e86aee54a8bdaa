package progress

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"nsdi/internal/errs"
	"nsdi/internal/pg"
)

// Trace is the list that a figure is the sum of, page by page.
type Trace struct {
	Obligation string   `json:"obligation"`
	Measure    string   `json:"measure" doc:"Which of the obligation's figures: headline, or what stands beside it"`
	Unit       string   `json:"unit"`
	Measured   string   `json:"measured" enum:"m2,address,layer,person,parcel,village,household,theme,service,sheet" doc:"What the portions count"`
	Total      Portion  `json:"total" doc:"Sum of the whole list, which is the figure"`
	Items      []Traced `json:"items"`
	Next       *string  `json:"next" doc:"Value of after for the next page; null at the end"`
}

// Portion is what an item adds to a figure: square metres of a piece of ground, one for an address or a layer.
type Portion struct {
	Denominator float64 `json:"denominator"`
	Delivered   float64 `json:"delivered"`
	Validated   float64 `json:"validated"`
	Published   float64 `json:"published"`
	Fresh       float64 `json:"fresh"`
}

// Traced is one item.
type Traced struct {
	Kind        string          `json:"kind" enum:"piece,feature,address,layer,parcel,village,theme,service,sheet" doc:"A piece is what of an H3 cell lies in one unit and in what is measured; its features are asked for by cell"`
	Cell        string          `json:"cell,omitempty" doc:"H3 index"`
	Unit        string          `json:"unit,omitempty" doc:"Deepest administrative unit"`
	UnitName    *Text           `json:"unit_name,omitempty"`
	Feature     int64           `json:"feature,omitempty"`
	Key         string          `json:"key,omitempty"`
	Theme       string          `json:"theme,omitempty"`
	ThemeTitle  *Text           `json:"theme_title,omitempty"`
	Agency      string          `json:"agency,omitempty" doc:"Who delivered it, or has to"`
	AgencyName  *Text           `json:"agency_name,omitempty"`
	Dataset     int64           `json:"dataset,omitempty"`
	Version     int             `json:"version,omitempty"`
	PublishedAt *time.Time      `json:"published_at,omitempty"`
	State       string          `json:"state,omitempty" enum:"none,delivered,validated,published,fresh,not-counted"`
	Findings    int             `json:"findings,omitempty" doc:"How many findings of its delivery a feature still has"`
	Portion     Portion         `json:"portion" doc:"Of a feature: its own area in the cell's pieces; features that overlap add up to more than the piece has"`
	Geometry    json.RawMessage `json:"geometry,omitempty" doc:"GeoJSON"`
	after       string
}

// TraceQuery says whose list.
type TraceQuery struct {
	Obligation, Unit string
	Measure          string // empty: the headline
	Cell             string // H3 index: the features of this cell instead of the pieces
	After            string
	Limit            int
	Shapes           bool // with geometries
}

// Trace answers a page of the list behind a figure.
func (s *Service) Trace(ctx context.Context, q TraceQuery) (*Trace, error) {
	t := &Trace{Items: []Traced{}}
	err := s.listed(ctx, q, func(tx pgx.Tx, q TraceQuery, sql string, args []any) error {
		t.Obligation, t.Measure, t.Unit, t.Measured = q.Obligation, q.Measure, q.Unit, q.measured()
		if err := t.read(ctx, tx, q, sql, args); err != nil {
			return err
		}
		return t.name(ctx, tx)
	})
	if err != nil {
		return nil, err
	}
	return t, nil
}

// TraceAll gives the whole list behind a figure, one item at a time in the order of its pages, without names and findings. It is read
// once, and never in memory as a whole. After, Limit and Shapes of the query count for nothing.
func (s *Service) TraceAll(ctx context.Context, q TraceQuery, yield func(*Traced) error) error {
	return s.listed(ctx, q, func(tx pgx.Tx, _ TraceQuery, sql string, args []any) error {
		rows, err := tx.Query(ctx, `select `+tracedColumns+`, null, after from (`+sql+`) l order by after collate "C"`, args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			i, err := scanTraced(rows)
			if err != nil {
				return err
			}
			if err := yield(&i); err != nil {
				return err
			}
		}
		return rows.Err()
	})
}

// listed makes the query of a list, for f to read in one snapshot. What of q was left to us is said in the q that f is given.
func (s *Service) listed(ctx context.Context, q TraceQuery, f func(tx pgx.Tx, q TraceQuery, sql string, args []any) error) error {
	q.Unit, q.Measure = cmp.Or(q.Unit, country), cmp.Or(q.Measure, headline)
	// Submissions and postal codes are behind a wall; of them only states and places are told, as the figures do.
	err := pg.InScope(ctx, s.Pool, pg.Everything, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		if _, err := readUnit(ctx, tx, q.Unit); err != nil {
			return err
		}
		if err := q.smaller(ctx, tx); err != nil {
			return err
		}
		sql, args, err := q.sql()
		if err != nil {
			return err
		}
		return f(tx, q, sql, args)
	})
	if err != nil {
		return fmt.Errorf("tracing %s of %q: %w", q.Obligation, q.Unit, err)
	}
	return nil
}

// smaller says which of two shares a headline is: its list is that one's.
func (q *TraceQuery) smaller(ctx context.Context, tx pgx.Tx) error {
	if q.Obligation != urbanCadastre || q.Measure != headline {
		return nil
	}
	var by *string
	err := tx.QueryRow(ctx, `select details ->> 'by' from progress.figure where obligation = $1 and admin_code = $2 and measure = 'headline'`, q.Obligation, q.Unit).Scan(&by)
	if err != nil && err != pgx.ErrNoRows {
		return err
	}
	if by != nil && q.Cell == "" {
		q.Measure = *by
	}
	return nil
}

// measured is what the portions of the list count.
func (q *TraceQuery) measured() string {
	switch {
	case q.Obligation == ruralCadastre && q.Cell == "" && q.Measure == "households":
		return "household"
	case q.Obligation == ruralCadastre && q.Cell == "" && q.Measure != "area":
		return "village"
	case slices.Contains(bySheets(), q.Measure):
		return "sheet"
	case q.Measure == "plates" || q.Measure == "built-parcels":
		return "parcel"
	case q.Obligation == addresses:
		return "address"
	case q.Measure == byPopulation:
		return "person"
	case q.Obligation == municipalLayers || q.Obligation == handingOver:
		return "layer"
	case q.Obligation == infrastructure:
		return "theme"
	case InquiryServices()[q.Obligation] != nil:
		return "service"
	}
	return "m2"
}

// stateOf is the SQL of the furthest of the states that are true.
func stateOf(row string) string {
	return `case when ` + row + `fresh then 'fresh' when ` + row + `published then 'published' when ` + row + `validated then 'validated' when ` + row + `delivered then 'delivered' else 'none' end`
}

// tracedUnits are the units whose items are in a figure by measure $3: those below the unit, and of the country those of the provinces that are in its figure.
const tracedUnits = `
		with recursive top as (
			select $1::text as code
			where $1 <> 'IR'
			   or not exists (select from layers.admin_unit where level = 'province' and geom is not null)
			union
			select u.code
			from layers.admin_unit u
			where $1 = 'IR'
			  and u.level = 'province'
			  and ($2 = 'A26-LAYERS' or exists (
				select
				from progress.figure f
				where f.obligation = $2
				  and f.measure = $3
				  and f.state = 'known'
				  and (f.admin_code = u.code or f.admin_code = 'IR' and (f.details ->> 'stated')::boolean) -- a number of the country's own is for all of it
			  ))
		), inside as (
			select code
			from top
			union
			select u.code
			from layers.admin_unit u
			join inside i on u.parent_code = i.code
		)`

// sql lists, for unit $1 and obligation $2: kind, cell, unit, feature, key, theme, agency, dataset, version, published_at, state, the portion, GeoJSON and what the page after
// begins behind, in the order of that.
func (q TraceQuery) sql() (string, []any, error) {
	args := []any{q.Unit, q.Obligation, q.Measure}
	listed := map[string][]string{
		anyScale: {cityMaps}, "scale-500": {cityMaps, otherMaps}, "scale-2000": {cityMaps, otherMaps}, "area": {urbanCadastre, ruralCadastre}, "plates": {urbanCadastre}, "built-parcels": {addresses}, "households": {ruralCadastre}, byPopulation: {municipalLayers}, "small-villages": {ruralCadastre},
		"sheets-500": {cityMaps, otherMaps}, "sheets-2000": {cityMaps, otherMaps},
	}
	if q.Measure != headline && !(captureYear.MatchString(q.Measure) && slices.Contains(listed[mapScales()[0]], q.Obligation)) && !slices.Contains(listed[q.Measure], q.Obligation) {
		return "", nil, traceWrong("query.measure", q.Measure, errs.T("این رقم فهرستی ندارد.", "This figure has no list."))
	}
	const about = `a.code as agency, d.id as dataset, v.seq as version, v.published_at`
	switch {
	case q.measured() == "village" || q.measured() == "household":
		which, each := isMandatory, `1`
		switch q.Measure {
		case "small-villages":
			which = isSmall
		case "households":
			which, each = `v.households > 0`, `v.households`
		}
		is := func(stage string) string {
			return `(case when ` + complete(stage) + ` then ` + each + ` else 0 end)::float8 as ` + stage
		}
		return tracedUnits + `
			select 'village' as kind, '' as cell, v.admin_code as unit, v.feature_id as feature, v.key, v.theme, a.code as agency, d.id as dataset, n.seq as version, n.published_at,
			  case when ` + complete("fresh") + ` then 'fresh' when ` + complete("published") + ` then 'published' when ` + complete("validated") + ` then 'validated'
			    when ` + complete("delivered") + ` then 'delivered' else 'none' end as state,
			  (` + each + `)::float8 as whole, ` + is("delivered") + `, ` + is("validated") + `, ` + is("published") + `, ` + is("fresh") + `, v.geom,
			  to_char(v.feature_id, 'FM0000000000000000000') as after
			from (
				select v.*, f.key, f.theme, f.dataset_id, f.version_id, f.geom, ` + householdsOf + ` as households
				from progress.village v
				join layers.feature f on f.theme = 'village' and f.id = v.feature_id
			) v
			join layers.dataset d on d.id = v.dataset_id
			join access.agency a on a.id = d.agency_id
			join layers.version n on n.id = v.version_id
			where ` + which + `
			  and v.admin_code in (select code from inside)`, args, nil
	case q.measured() == "parcel":
		which, state, whole, published, fresh := `l.counts`, `case when f.fresh then 'fresh' else 'published' end`, `0`, `1`, `coalesce(f.fresh, false)::int`
		if q.Measure == "built-parcels" {
			which, state, whole, published, fresh = `l.built`, `case when l.addressed then 'published' else 'none' end`, `1`, `l.addressed::int`, `0`
		}
		return tracedUnits + `
			select 'parcel' as kind, '' as cell, l.admin_code as unit, l.feature_id as feature, p.key, p.theme, ` + about + `, ` + state + ` as state,
			  ` + whole + `::float8 as whole, ` + published + `::float8 as delivered, ` + published + `::float8 as validated, ` + published + `::float8 as published, ` + fresh + `::float8 as fresh,
			  p.geom, to_char(l.feature_id, 'FM0000000000000000000') as after
			from progress.lot l
			join cadastre.parcel p on p.id = l.feature_id
			join layers.dataset d on d.id = p.dataset_id
			join access.agency a on a.id = d.agency_id
			join layers.version v on v.id = p.version_id
			left join progress.freshness f on f.dataset_id = l.dataset_id
			where ` + which + `
			  and l.admin_code in (select code from inside)`, args, nil
	case q.Obligation == addresses:
		return tracedUnits + `
			select 'address' as kind, '' as cell, n.admin_code as unit, n.feature_id as feature, p.key, p.theme, ` + about + `,
			  case when f.fresh then 'fresh' else 'published' end as state, 0::float8 as whole, 1::float8 as delivered, 1::float8 as validated, 1::float8 as published,
			  coalesce(f.fresh, false)::int::float8 as fresh, p.geom, to_char(n.feature_id, 'FM0000000000000000000') as after
			from progress.counted_code n
			join gnaf.address p on p.id = n.feature_id
			join layers.dataset d on d.id = p.dataset_id
			join access.agency a on a.id = d.agency_id
			join layers.version v on v.id = p.version_id
			left join progress.freshness f on f.dataset_id = n.dataset_id
			where n.admin_code in (select code from inside)`, args, nil
	case q.Obligation == infrastructure:
		return tracedUnits + `, ` + themesHandedOver() + `
			select 'theme' as kind, '' as cell, '' as unit, 0::bigint as feature, '' as key, theme, '' as agency, 0::bigint as dataset, 0 as version, null::timestamptz as published_at,
			  ` + stateOf("") + ` as state, 1::float8 as whole, delivered::int::float8 as delivered, validated::int::float8 as validated, published::int::float8 as published,
			  fresh::int::float8 as fresh, null::geometry as geom, theme as after
			from themes
			where $1 = 'IR'`, args, nil
	case InquiryServices()[q.Obligation] != nil:
		i := slices.IndexFunc(inquiryRules(), func(i inquiries) bool { return i.obligation == q.Obligation })
		rule := inquiryRules()[i]
		return tracedUnits + `
			select 'service' as kind, '' as cell, '' as unit, 0::bigint as feature, service as key, '' as theme, '' as agency, 0::bigint as dataset, 0 as version,
			  answered_at as published_at, ` + stateOf("") + ` as state, 1::float8 as whole, 1::float8 as delivered, validated::int::float8 as validated, published::int::float8 as published,
			  fresh::int::float8 as fresh, null::geometry as geom, service as after
			from (
				select s.service, n.answered_at, true as delivered, exists (select from ` + rule.store + `) as validated, coalesce(n.answered_at > now() - ` + inForce + `, false) as published,
				  coalesce(n.answered_at > now() - ` + lately + `, false) as fresh
				from unnest($4::text[]) s (service)
				left join progress.inquiry_service n on n.service = s.service
			) s
			where $1 = 'IR'`, append(args, rule.services), nil
	case q.Obligation == municipalLayers || q.Obligation == handingOver:
		list, where := dueLayers(), `exists (select from access.agency_territory at where at.agency_id = due.agency_id and at.admin_code in (select code from inside union select $1))`
		if q.Obligation == handingOver {
			list, where = dueThemes(), `($1 = 'IR' or `+where+`)`
		}
		// By people each layer of a municipality is the same part of those who live there.
		each, of := `1::float8`, ``
		if q.Measure == byPopulation {
			each, of = `each.people`, `
			join (
				select p.agency_id, p.people / count(*) as people
				from (select agency_id, `+populationOf("array_agg(admin_code)")+` as people from progress.seen_territory group by agency_id) p
				join due on due.agency_id = p.agency_id
				where p.people > 0
				group by p.agency_id, p.people
			) each on each.agency_id = due.agency_id`
		}
		is := func(stage string) string {
			return `case when due.` + stage + ` then ` + each + ` else 0 end as ` + stage
		}
		return tracedUnits + `, ` + list + `
			select 'layer' as kind, '' as cell, '' as unit, 0::bigint as feature, '' as key, due.theme, a.code as agency, 0::bigint as dataset, 0 as version, null::timestamptz as published_at,
			  ` + stateOf("due.") + ` as state,
			  ` + each + ` as whole, ` + is("delivered") + `, ` + is("validated") + `, ` + is("published") + `, ` + is("fresh") + `, null::geometry as geom, a.code || ' ' || due.theme as after
			from due
			join access.agency a on a.id = due.agency_id` + of + `
			where ` + where + `
			  and $3 in ('headline', '` + byPopulation + `')`, args, nil
	}
	for _, r := range rules() {
		switch {
		case r.obligation != q.Obligation:
		case q.measured() == "sheet":
			return r.tracedSheets(args)
		default:
			return r.traced(q, args)
		}
	}
	return "", nil, traceWrong("query.obligation", q.Obligation, errs.T("این بند فهرستی ندارد؛ شناسه‌ها در ‎/v1/progress است.", "This obligation has no list; the codes are in /v1/progress."))
}

func (t *Trace) read(ctx context.Context, tx pgx.Tx, q TraceQuery, sql string, args []any) error {
	p := &t.Total
	if err := tx.QueryRow(ctx, `
		select coalesce(sum(whole), 0), coalesce(sum(delivered), 0), coalesce(sum(validated), 0), coalesce(sum(published), 0), coalesce(sum(fresh), 0)
		from (`+sql+`
		) l`, args...).Scan(&p.Denominator, &p.Delivered, &p.Validated, &p.Published, &p.Fresh); err != nil {
		return err
	}
	shape := `null::text`
	if q.Shapes {
		shape = `st_asgeojson(geom, 7)`
	}
	rows, err := tx.Query(ctx, fmt.Sprintf(`
		select %s, %s, after
		from (%s
		) l
		where after > $%d collate "C"
		order by after collate "C"
		limit $%d`, tracedColumns, shape, sql, len(args)+1, len(args)+2), append(args, q.After, q.Limit+1)...)
	if err != nil {
		return err
	}
	t.Items, err = pgx.CollectRows(rows, scanTraced)
	if err != nil {
		return err
	}
	if len(t.Items) > q.Limit {
		t.Items = t.Items[:q.Limit]
		t.Next = &t.Items[q.Limit-1].after
	}
	return nil
}

// tracedColumns are those of a list, before its shape and what the page after begins behind.
const tracedColumns = `kind, cell, unit, feature, key, theme, agency, dataset, version, published_at, state, whole, delivered, validated, published, fresh`

func scanTraced(row pgx.CollectableRow) (Traced, error) {
	var i Traced
	var shape *string
	p := &i.Portion
	err := row.Scan(&i.Kind, &i.Cell, &i.Unit, &i.Feature, &i.Key, &i.Theme, &i.Agency, &i.Dataset, &i.Version, &i.PublishedAt, &i.State,
		&p.Denominator, &p.Delivered, &p.Validated, &p.Published, &p.Fresh, &shape, &i.after)
	if shape != nil {
		i.Geometry = json.RawMessage(*shape)
	}
	return i, err
}

func traceWrong(at, value string, why errs.Text) error {
	return &errs.Error{
		Code: "trace-unknown", Status: http.StatusUnprocessableEntity, Op: "progress.Trace", Location: at, Value: value,
		Title: errs.T("چنین فهرستی نیست", "There is no such list"), Detail: why,
		Next: errs.T("مقدار را درست کنید.", "Correct the value."),
	}
}
