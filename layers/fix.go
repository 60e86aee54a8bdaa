package layers

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"nsdi/geo"
)

// fixes are the corrections that the uploader has accepted: of a rule as a whole, or of it in one row.
type fixes struct {
	all  map[string]bool
	rows map[fixedRow]bool
}

type fixedRow struct {
	rule string
	row  rowName
}

// acceptedFixes reads what was accepted for a submission.
func acceptedFixes(ctx context.Context, q Querier, submission int64) (fixes, error) {
	f := fixes{all: make(map[string]bool), rows: make(map[fixedRow]bool)}
	rows, err := q.Query(ctx, `
		select rule, source, row_number
		from layers.fix
		where submission_id = $1`, submission)
	if err != nil {
		return f, fmt.Errorf("corrections: %w", err)
	}
	var r fixedRow
	_, err = pgx.ForEachRow(rows, []any{&r.rule, &r.row.source, &r.row.number}, func() error {
		if r.row.number == 0 {
			f.all[r.rule] = true
		} else {
			f.rows[r] = true
		}
		return nil
	})
	if err != nil {
		return f, fmt.Errorf("corrections: %w", err)
	}
	return f, nil
}

// fixing reports whether a rule's correction was accepted for the row that is being added.
func (s *staging) fixing(rule string) bool {
	return s.fixes.all[rule] || len(s.fixes.rows) > 0 && s.fixes.rows[fixedRow{rule, s.row}]
}

// fixed says in the report what was corrected.
func (s *staging) fixed(rule, field, raw, now string) {
	title := s.rules[rule].Title
	s.note(noted{rule: "fixed", field: field, value: raw, found: title.FA + bilingual + title.EN, proposed: now})
}

// chooseClosed takes a geometry with an open ring as one whose ring is closed, where that was accepted, and proposes it otherwise. Open is where one was open in the
// file that the reader has closed.
func (s *staging) chooseClosed(geoms [][]byte, open string) ([]byte, geo.Shape, error) {
	geom, shape, err := s.choose(geoms)
	if open != "" && err == nil && s.theme.takes(2) {
		if s.fixing("geometry-structure") {
			s.fixed("geometry-structure", "", "ring-open", "ring-closed")
			return geom, shape, nil
		}
		s.proposal = "ring-closed"
		return nil, shape, &geo.StructureError{Reason: "ring-open"}
	}
	if geo.Reason(err) != "ring-open" {
		return geom, shape, err
	}
	closed := make([][]byte, 0, len(geoms))
	for _, g := range geoms {
		if c, ok := geo.CloseRings(g); ok {
			g = c
		}
		closed = append(closed, g)
	}
	mended, was, still := s.choose(closed)
	switch {
	case still != nil:
		return geom, shape, err
	case s.fixing("geometry-structure"):
		s.fixed("geometry-structure", "", "ring-open", "ring-closed")
		return mended, was, nil
	}
	s.proposal = "ring-closed"
	return geom, shape, err
}

// chosen is the condition for the rows in which a rule's correction was accepted; $2 and $3 are the arguments that chosenRows gives.
const chosen = `($2 or ((($3::text[])[source + 1]) || ' ' || row_number) = any($4::text[]))`

// chosenRows are the arguments of chosen.
func (s *staging) chosenRows(rule string) (all bool, sources, rows []string, any bool) {
	rows = []string{}
	for r := range s.fixes.rows {
		if r.rule == rule {
			rows = append(rows, fmt.Sprintf("%s %d", r.row.source, r.row.number))
		}
	}
	return s.fixes.all[rule], s.sources, rows, s.fixes.all[rule] || len(rows) > 0
}

// mending is how the rows of a rule are corrected: which, to what, and what is said of it.
type mending struct{ rule, where, set, raw, now string }

// thinned takes out the vertices that are nearly the one before them, where the store has such a rule. The distance of the rule is in metres, and is brought to the units
// of the delivery by the two perimeters; where those are degrees, one of longitude is shorter, so a little more is taken.
func (s *staging) thinned(ctx context.Context) ([]mending, error) {
	rule, known := s.rules["vertices-repeated"]
	if !known || s.theme.Geometry != "polygon" {
		return nil, nil
	}
	thin := fmt.Sprintf(`public.st_removerepeatedpoints(s.source_geom, 1.4 * %g * public.st_perimeter(s.source_geom) / nullif(public.st_perimeter(s.geom::public.geography), 0))`, rule.value("distance"))
	placed, err := s.placedSource(ctx, thin)
	return []mending{{
		rule.Code, `public.st_dimension(source_geom) = 2 and public.st_isvalid(source_geom) and public.st_npoints(` + thin + `) < public.st_npoints(source_geom) and public.st_isvalid(` + thin + `)`,
		`source_geom = ` + thin + `, geom = ` + placed, `public.st_npoints(source_geom)`, `public.st_npoints(` + thin + `)`,
	}}, err
}

// fixGeometry applies the accepted corrections of places before the rules look at them. The hash of a corrected row differs from that of the row as it was.
func (s *staging) fixGeometry(ctx context.Context) error {
	if s.theme.Geometry == "none" {
		return nil
	}
	placed, err := s.placedSource(ctx, "layers.mended(s.source_geom)")
	if err != nil {
		return err
	}
	thinned, err := s.thinned(ctx)
	if err != nil {
		return err
	}
	for _, c := range append([]mending{
		{
			"coordinates-swapped", swappedInIran, `geom = public.st_flipcoordinates(geom), source_geom = public.st_flipcoordinates(source_geom)`,
			`concat_ws(' ', round(public.st_x(p)::numeric, 6), round(public.st_y(p)::numeric, 6))`, `concat_ws(' ', round(public.st_y(p)::numeric, 6), round(public.st_x(p)::numeric, 6))`,
		},
		{
			"geometry-invalid", `public.st_dimension(source_geom) > 0 and not public.st_isvalid(source_geom) and layers.mending(source_geom) < 0.001`,
			`source_geom = layers.mended(s.source_geom), geom = ` + placed, `(public.st_isvaliddetail(s.source_geom)).reason`, `'made-valid'`,
		},
	}, thinned...) {
		all, sources, rows, any := s.chosenRows(c.rule)
		if !any {
			continue
		}
		title := s.rules[c.rule].Title
		_, err := s.conn.Exec(ctx, `
			with t as materialized (
				select s.ord, `+c.raw+` as raw, `+c.now+` as mended
				from `+s.tables.staged+` s, public.st_centroid(public.st_envelope(s.geom)) p
				where s.geom is not null
				  and `+c.where+`
				  and `+chosen+`
			), u as (
				update `+s.tables.staged+` s
				set `+c.set+`, hash = decode(md5(hash || convert_to($1, 'UTF8')), 'hex')
				from t
				where t.ord = s.ord
			)
			insert into `+s.tables.finding+` (ord, rule, value, found, proposed)
			select ord, 'fixed', raw, $5, mended
			from t`, c.rule, all, sources, rows, title.FA+bilingual+title.EN)
		if err != nil {
			return fmt.Errorf("correct %s: %w", c.rule, err)
		}
	}
	return nil
}
