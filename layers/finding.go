package layers

import (
	"context"
	"fmt"
	"sort"
	"strings"

	"github.com/jackc/pgx/v5"

	"nsdi/internal/errs"
)

// Of each rule this many findings are kept one by one; the count is always exact.
const (
	keptFindings = 10_000
	sampled      = 5
)

// keepFindings moves the findings to layers.finding, with their place and text, and counts them in the report.
func (s *staging) keepFindings(ctx context.Context, report *Report) error {
	// The counts come first: the connection carries one query at a time.
	counts, err := s.counted(ctx)
	if err != nil || len(counts) == 0 {
		return err
	}
	found, err := s.readFindings(ctx)
	if err != nil {
		return err
	}
	byRule := make(map[string][]Finding)
	var out [][]any
	for i, f := range found {
		if len(byRule[f.Rule]) < sampled {
			byRule[f.Rule] = append(byRule[f.Rule], f.Finding)
		}
		out = append(out, []any{
			report.Submission, i + 1, f.Rule, f.Severity, f.Source, nilIfZero(f.Row), nilIfEmpty(f.Key), nilIfEmpty(f.Field), nilIfEmpty(f.Value), f.Message.FA, f.Message.EN, f.place,
			nilIfEmpty(f.Proposed), f.Measure, nilIfEmpty(f.Unit), nilIfEmpty(f.Other), f.State,
		})
	}
	if err := s.insertFindings(ctx, report.Submission, out); err != nil {
		return fmt.Errorf("findings: %w", err)
	}
	set := s.rules
	for code, count := range counts {
		report.Rules = append(report.Rules, RuleCount{Rule: code, Severity: set[code].Severity, Title: set[code].Title, Count: count.all, Proposed: count.proposed, Samples: byRule[code]})
	}
	sort.Slice(report.Rules, func(i, j int) bool {
		a, b := report.Rules[i], report.Rules[j]
		if a.Severity != b.Severity {
			return strings.Index("EWI", a.Severity) < strings.Index("EWI", b.Severity)
		}
		if a.Count != b.Count {
			return a.Count > b.Count
		}
		return a.Rule < b.Rule
	})
	return nil
}

// insertFindings goes by a temporary table: a table under row-level security takes no COPY.
func (s *staging) insertFindings(ctx context.Context, submission int64, rows [][]any) error {
	const columns = "submission_id, seq, rule, severity, source, row_number, feature_key, field, raw_value, message_fa, message_en, geom, proposed, measure, unit, other_key, state"
	return pgx.BeginFunc(ctx, s.conn, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `create temp table kept on commit drop as select `+columns+` from layers.finding limit 0`); err != nil {
			return err
		}
		if _, err := tx.CopyFrom(ctx, pgx.Identifier{"pg_temp", "kept"}, strings.Split(columns, ", "), pgx.CopyFromRows(rows)); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `insert into layers.finding (`+columns+`) select `+columns+` from pg_temp.kept`); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `
			update layers.finding f
			set state = 'exception'
			from layers.exception e
			where f.submission_id = $1
			  and e.submission_id = $1
			  and e.rule = f.rule
			  and e.row_number = coalesce(f.row_number, 0)
			  and e.source = f.source`, submission)
		return err
	})
}

type placedFinding struct {
	Finding
	place []byte
}

// readFindings gives the first findings of each rule in the order of the rows. The place is the rule's own, or the middle of the feature.
func (s *staging) readFindings(ctx context.Context) ([]placedFinding, error) {
	rows, err := s.conn.Query(ctx, `
		select f.rule, coalesce(s.source, -1), coalesce(s.row_number, 0), coalesce(s.key, ''), coalesce(f.field, ''), coalesce(f.value, ''), coalesce(f.found, ''),
			coalesce(f.proposed, ''), f.measure, coalesce(f.unit, ''), coalesce(f.other_key, ''),
			public.st_asewkb(p.g), public.st_x(public.st_centroid(public.st_envelope(p.g))), public.st_y(public.st_centroid(public.st_envelope(p.g)))
		from (select *, row_number() over (partition by rule order by ord) n from `+s.tables.finding+`) f
		left join `+s.tables.staged+` s using (ord),
		lateral (select coalesce(f.place, case when public.st_isempty(s.geom) then null else public.st_centroid(public.st_envelope(s.geom)) end)) p(g)
		where f.n <= $1
		order by f.ord, f.rule, f.field, f.other_key, f.measure`, keptFindings)
	if err != nil {
		return nil, fmt.Errorf("findings: %w", err)
	}
	set := s.rules
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (placedFinding, error) {
		var f placedFinding
		var source int
		var found string
		err := row.Scan(&f.Rule, &source, &f.Row, &f.Key, &f.Field, &f.Value, &found, &f.Proposed, &f.Measure, &f.Unit, &f.Other, &f.place, &f.Lon, &f.Lat)
		rule := set[f.Rule]
		f.Severity, f.State = rule.Severity, "open"
		if source >= 0 {
			f.Source = s.sources[source]
		}
		switch {
		case f.Rule == "fixed":
			f.State = "fixed"
		case f.Proposed != "" && s.fixes.all[f.Rule]:
			f.State = "accepted"
		}
		value := f.Value
		if value == "" {
			value = f.Key
		}
		f.Message = rule.message(s.titleOf(f.Field), &f.Finding, value, found)
		return f, err
	})
}

func (s *staging) titleOf(field string) errs.Text {
	for i := range s.theme.Attributes {
		if s.theme.Attributes[i].Name == field {
			return s.theme.Attributes[i].Title()
		}
	}
	return errs.T(field, field)
}

func nilIfZero(n int64) any {
	if n == 0 {
		return nil
	}
	return n
}
