package layers

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"nsdi/internal/errs"
	"nsdi/layers/reading"
)

// judging is what the rules of a delivery go by, and what they have found so far.
type judging struct {
	rules    map[string]judged
	profile  string
	today    time.Time
	fixes    fixes
	row      rowName
	proposal string           // for the geometry that is being chosen
	noted    map[string]int64 // findings of each rule that refuses no row
	filled   map[string]int64 // rows that have a value, by attribute
	longest  int              // characters of a text
	// What rules over pairs of features may take, and what they could not do.
	ruleTime  time.Duration
	mostPairs int64
	leftOut   []errs.Text
	pool      *pgxpool.Pool // for what is done beside
	// textRules are asked for every value, so they are made once.
	textRules []textRule
}

// rowName names a row as people see it.
type rowName struct {
	source string
	number int64
}

// judge reads by which rules the submission is checked, and which corrections were accepted.
func (w *work) judge(ctx context.Context) error {
	var code string
	if err := w.conn.QueryRow(ctx, `select profile from layers.submission where id = $1`, w.sub.ID).Scan(&code); err != nil {
		return fmt.Errorf("profile: %w", err)
	}
	p, err := FindProfile(code)
	if err != nil {
		return err
	}
	accepted, err := acceptedFixes(ctx, w.conn, w.sub.ID)
	if err != nil {
		return err
	}
	w.report.Profile = p.Code
	w.staging.judging = judging{
		rules: judge(w.store, p, w.theme), profile: p.Code, today: w.importer.Now(), fixes: accepted, noted: make(map[string]int64),
		filled: make(map[string]int64), textRules: textRules(), ruleTime: w.importer.RuleTime, mostPairs: cmp.Or(w.importer.mostPairs, mostPairs),
		pool: w.importer.Pool,
	}
	if long := w.staging.rules["text-long"]; !long.off() {
		w.staging.longest = int(long.value("characters"))
	}
	return nil
}

// setProfile records by which profile the submission is to be checked.
func setProfile(ctx context.Context, tx pgx.Tx, submission int64, code string) error {
	p, err := FindProfile(code)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `update layers.submission set profile = $2 where id = $1`, submission, p.Code)
	return err
}

// at says which row is read. Only corrections of single rows need its name.
func (s *staging) at(ord int64, r *reading.Row) {
	s.row = rowName{number: r.Number}
	if len(s.fixes.rows) > 0 {
		s.row.source = r.File + " · " + r.Layer
	}
}

func (s *staging) off(rule string) bool { return s.rules != nil && s.rules[rule].off() }

// noted is one finding on the row that is being added.
type noted struct {
	rule, field, value, found, proposed, unit, other string
	measure                                          any
	place                                            []byte
}

// note keeps a finding. Those that refuse no row are only counted when there are more than are ever shown.
func (s *staging) note(n noted) {
	if s.off(n.rule) {
		return
	}
	if s.rules[n.rule].Severity != "E" && s.noted != nil {
		s.noted[n.rule]++
		if s.noted[n.rule] > keptFindings {
			return
		}
	}
	s.findings = append(s.findings, []any{
		s.ord, n.rule, nilIfEmpty(n.field), nilIfEmpty(shown(n.value)), nilIfEmpty(n.found), n.place, nilIfEmpty(shown(n.proposed)), n.measure, nilIfEmpty(n.unit),
		nilIfEmpty(n.other),
	})
}

// shown is a value as a finding keeps it.
func shown(value string) string {
	if len(value) > 200 {
		value = strings.ToValidUTF8(value[:200], "") + "…"
	}
	return cleanText(value)
}

// measure runs a query that finds things with more of what a finding has: proposed value, measure and unit, and the other feature's key.
func (s *staging) measure(ctx context.Context, rule, query string, args ...any) error {
	if s.off(rule) {
		return nil
	}
	_, err := s.conn.Exec(ctx, `insert into `+s.tables.finding+` (ord, rule, field, value, found, place, proposed, measure, unit, other_key) `+query, append([]any{rule}, args...)...)
	if err != nil {
		return fmt.Errorf("rule %s: %w", rule, err)
	}
	return nil
}

// whole records a finding on the delivery as a whole.
func (s *staging) whole(ctx context.Context, n noted) error {
	return s.measure(ctx, n.rule, `select 0, $1, $2, $3, $4, null, null, $5::float8, $6, null`, nilIfEmpty(n.field), nilIfEmpty(n.value), nilIfEmpty(n.found), n.measure, nilIfEmpty(n.unit))
}

// counted gives how often each rule was broken: what is in the table, and what was only counted.
func (s *staging) counted(ctx context.Context) (map[string]tally, error) {
	counts := make(map[string]tally)
	rows, err := s.conn.Query(ctx, `select rule, count(*), count(proposed) from `+s.tables.finding+` group by rule`)
	if err != nil {
		return nil, fmt.Errorf("findings: %w", err)
	}
	var rule string
	var n tally
	_, err = pgx.ForEachRow(rows, []any{&rule, &n.all, &n.proposed}, func() error {
		if more := max(0, s.noted[rule]-keptFindings); more > 0 {
			// Of those that are not kept it is not known whether they have a proposal: they do where all others have.
			if n.proposed == n.all {
				n.proposed += more
			}
			n.all += more
		}
		if s.fixes.all[rule] || rule == "fixed" {
			n.proposed = 0 // it was accepted
		}
		counts[rule] = n
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("findings: %w", err)
	}
	return counts, nil
}

// tally is how many findings a rule has, and how many of them propose a value that can still be accepted.
type tally struct{ all, proposed int64 }

// without reports whether the theme has the attribute and no row fills it.
func (s *staging) without(names ...string) (string, bool) {
	for _, name := range names {
		if slices.ContainsFunc(s.theme.Attributes, func(a Attribute) bool { return a.Name == name }) {
			return name, s.filled[name] == 0
		}
	}
	return "", false
}
