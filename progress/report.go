package progress

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"nsdi/internal/errs"
	"nsdi/internal/pg"
)

// Service answers reports from the figures that the follower keeps.
type Service struct {
	Pool *pgxpool.Pool
	// Now is the clock. Defaults to time.Now.
	Now func() time.Time
}

// Text is a text in both languages.
type Text struct {
	FA string `json:"fa"`
	EN string `json:"en"`
}

func text(t errs.Text) Text { return Text{t.FA, t.EN} }

// Report is the progress of one unit.
type Report struct {
	AsOf        time.Time    `json:"as_of"`
	AsOfJalali  string       `json:"as_of_jalali"`
	Change      int64        `json:"change" doc:"Last change of the change log that the figures have seen"`
	Unit        Unit         `json:"unit"`
	Articles    []Article    `json:"articles"`
	Obligations []Obligation `json:"obligations"`
	Children    []Child      `json:"children"`
}

// Unit is an administrative unit.
type Unit struct {
	Code   string  `json:"code"`
	Level  string  `json:"level"`
	NameFA string  `json:"name_fa"`
	NameEN *string `json:"name_en"`
}

// Article is one of the five articles. Its percentage is the mean of its known obligations.
type Article struct {
	Article     string   `json:"article"`
	Title       Text     `json:"title"`
	Percent     *float64 `json:"percent"`
	Obligations []string `json:"obligations"`
}

// Obligation is what is due and how much of it is done.
type Obligation struct {
	Code                string        `json:"code"`
	Article             string        `json:"article"`
	Title               Text          `json:"title"`
	Responsible         Text          `json:"responsible"`
	Measure             string        `json:"measure" enum:"area,count,layers,none"`
	Unit                *string       `json:"unit" doc:"What is counted: m2, address, layer, …"`
	Numerator           *float64      `json:"numerator" doc:"What is published"`
	Denominator         *float64      `json:"denominator"`
	Percent             *float64      `json:"percent" doc:"At most 100; numerator and denominator are the raw numbers"`
	Delivered           *Stage        `json:"delivered" doc:"What has come in, published or not; null: it is not measured"`
	Validated           *Stage        `json:"validated" doc:"What of that was found right"`
	Published           *Stage        `json:"published" doc:"What of that is published"`
	Fresh               *Stage        `json:"fresh" doc:"What of that is no older than its update cycle"`
	State               string        `json:"state" enum:"known,unknown,not-applicable"`
	Reason              *Text         `json:"reason" doc:"Why the state is not known"`
	ApprovedBy          *string       `json:"approved_by" doc:"Who approved what 100 per cent is, with the decision, or that nothing is due; null: nobody yet, or it needs no approval"`
	Provisional         bool          `json:"provisional" doc:"100 per cent is by a layer that the committee has not approved in this version"`
	LegalDeadline       *string       `json:"legal_deadline" format:"date"`
	LegalDeadlineJalali *string       `json:"legal_deadline_jalali"`
	DaysOverdue         *int          `json:"days_overdue"`
	DenominatorSource   *Text         `json:"denominator_source"`
	Beside              []Beside      `json:"beside" doc:"Other measures of the same, which stand beside the headline: the urban cadastre by area and by plates, base maps by scale, municipal layers by population, parcels with a building that have an address"`
	CaptureYears        []CaptureYear `json:"capture_years,omitempty" doc:"Of base maps: how much those of each year cover, the newest first; where two overlap it counts for both. The list of one is that of the measure year-…"`
	Agencies            []AgencyShare `json:"agencies,omitempty" doc:"By agency: of A23-N2 in the country"`
}

// CaptureYear is what the base maps of one year cover.
type CaptureYear struct {
	Year    int      `json:"year" doc:"Gregorian"`
	Jalali  int      `json:"year_jalali" doc:"The one that begins in it"`
	Area    float64  `json:"m2"`
	Percent *float64 `json:"percent" doc:"Of all the ground of the obligation in the unit"`
	Old     bool     `json:"old" doc:"Longer ago than a base map may be"`
}

// readYears tells the years of base maps apart, as they are kept with a figure.
func readYears(details map[string]any, now time.Time) (list []CaptureYear) {
	kept, _ := details["capture_years_m2"].(map[string]any)
	ground, _ := details["ground_m2"].(float64)
	for name, m2 := range kept {
		year, err := strconv.Atoi(name)
		covered, is := m2.(float64)
		if err == nil && is && covered > 0 {
			list = append(list, CaptureYear{year, year - 621, covered, percent(&covered, &ground), year < now.Year()-mostSheetYears})
		}
	}
	slices.SortFunc(list, func(a, b CaptureYear) int { return b.Year - a.Year })
	return list
}

// AgencyShare is what one agency owes of an obligation, and how much of it is done.
type AgencyShare struct {
	Agency      Agency   `json:"agency"`
	Unit        string   `json:"unit"`
	Denominator float64  `json:"denominator"`
	Delivered   float64  `json:"delivered"`
	Validated   float64  `json:"validated"`
	Published   float64  `json:"published"`
	Fresh       float64  `json:"fresh"`
	Percent     *float64 `json:"percent" doc:"Published, at most 100"`
}

// Beside is a measure that stands beside a headline.
type Beside struct {
	Measure     string   `json:"measure" doc:"area, plates, built-parcels, any-scale, scale-500, scale-2000, sheets-500, sheets-2000, population, …"`
	Unit        *string  `json:"unit"`
	State       string   `json:"state" enum:"known,unknown"`
	Reason      *Text    `json:"reason" doc:"Why it is not known"`
	Denominator *float64 `json:"denominator"`
	Published   *float64 `json:"published"`
	Percent     *float64 `json:"percent"`
	Source      *Text    `json:"denominator_source"`
	Provisional bool     `json:"provisional" doc:"As of the headline"`
}

// Stage is a part of the denominator.
type Stage struct {
	Value   float64  `json:"value"`
	Percent *float64 `json:"percent" doc:"At most 100"`
}

// Child is a unit below the reported one, with the percentage of each obligation.
type Child struct {
	Unit
	Percent     *float64            `json:"percent"`
	Known       int                 `json:"known"`
	Obligations map[string]*float64 `json:"obligations"`
	Provisional []string            `json:"provisional,omitempty" doc:"Obligations of which 100 per cent is by a layer that the committee has not approved in this version"`
	NotDue      []string            `json:"not_applicable,omitempty" doc:"Obligations of which nothing is due there; other figures without a number are unknown"`
}

// Report answers the progress of a unit, the country by default.
func (s *Service) Report(ctx context.Context, code string) (*Report, error) {
	if code == "" {
		code = country
	}
	now := time.Now
	if s.Now != nil {
		now = s.Now
	}
	r := &Report{AsOf: now().UTC().Truncate(time.Second), Articles: []Article{}, Obligations: []Obligation{}, Children: []Child{}}
	err := pg.InScope(ctx, s.Pool, pg.Public, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		u, err := readUnit(ctx, tx, code)
		if err != nil {
			return err
		}
		r.Unit = u.Unit
		if err := r.readPosition(ctx, tx); err != nil {
			return err
		}
		if err := r.readObligations(ctx, tx, u, now()); err != nil {
			return err
		}
		return r.readChildren(ctx, tx)
	})
	if err != nil {
		return nil, fmt.Errorf("reporting progress of %q: %w", code, err)
	}
	r.AsOfJalali = jalali(r.AsOf.In(tehran()))
	r.addArticles()
	return r, nil
}

type reportedUnit struct {
	Unit
	outline bool // its own, or that of any province for the country
}

func readUnit(ctx context.Context, tx pgx.Tx, code string) (reportedUnit, error) {
	var u reportedUnit
	err := tx.QueryRow(ctx, `
		select code, level, name_fa, name_en, `+outlined+`
		from layers.admin_unit
		where code = $1`, code).Scan(&u.Code, &u.Level, &u.NameFA, &u.NameEN, &u.outline)
	if err == pgx.ErrNoRows {
		return u, &errs.Error{
			Code: "admin-unit-unknown", Status: 404, Op: "progress.Report", Location: "query.unit", Value: code,
			Title:  errs.T("چنین واحدی در تقسیمات کشوری نیست", "There is no such administrative unit"),
			Detail: errs.Tf("واحد «%s» یافت نشد.", "The unit %q was not found.", code),
			Next:   errs.T("شناسه را از ‎/v1/admin-units بردارید.", "Take the code from /v1/admin-units."),
		}
	}
	return u, err
}

// readPosition takes the moment from the follower where it is behind: the figures are as old as that.
func (r *Report) readPosition(ctx context.Context, tx pgx.Tx) error {
	var end int64
	var updated *time.Time
	err := tx.QueryRow(ctx, `
		select coalesce(max(position), 0), max(updated_at), layers.change_end()
		from layers.follower
		where name = $1`, followerName).Scan(&r.Change, &updated, &end)
	if updated != nil && end > r.Change {
		r.AsOf = updated.UTC().Truncate(time.Second)
	}
	return err
}

func (r *Report) readObligations(ctx context.Context, tx pgx.Tx, u reportedUnit, now time.Time) error {
	rows, err := tx.Query(ctx, `
		select o.code, o.article, o.title_fa, o.title_en, o.responsible_fa, o.responsible_en, o.measure, o.deadline_years, f.unit, f.denominator,
		  f.delivered, f.validated, f.published, f.fresh, f.state, f.reason_fa, f.reason_en, f.approved_by, f.source_fa, f.source_en,
		  `+isProvisional+`, coalesce(f.details, '{}')
		from progress.obligation o
		left join progress.figure f on f.obligation = o.code and f.admin_code = $1 and f.measure = 'headline'
		order by o.position`, u.Code)
	if err != nil {
		return err
	}
	r.Obligations, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (Obligation, error) {
		var o Obligation
		var s stages
		var years *int
		var details map[string]any
		var state, reasonFA, reasonEN, sourceFA, sourceEN *string
		err := row.Scan(&o.Code, &o.Article, &o.Title.FA, &o.Title.EN, &o.Responsible.FA, &o.Responsible.EN, &o.Measure, &years, &o.Unit, &o.Denominator,
			&s.delivered, &s.validated, &s.published, &s.fresh, &state, &reasonFA, &reasonEN, &o.ApprovedBy, &sourceFA, &sourceEN, &o.Provisional, &details)
		if err != nil {
			return o, err
		}
		o.CaptureYears = readYears(details, now)
		if unit := unitOf(o.Measure); o.Unit == nil && unit != "" {
			o.Unit = &unit
		}
		o.Reason, o.DenominatorSource = bilingual(reasonFA, reasonEN), bilingual(sourceFA, sourceEN)
		if state != nil {
			o.State = *state
		} else {
			o.State = "unknown"
			reason := text(whyUnknown(o.Code, u, false))
			o.Reason = &reason
		}
		o.stand(s)
		o.remind(years, now)
		o.Beside = []Beside{}
		return o, nil
	})
	if err != nil {
		return err
	}
	if err := r.readBeside(ctx, tx); err != nil {
		return err
	}
	return r.readAgencies(ctx, tx)
}

// readAgencies adds what is counted by agency.
func (r *Report) readAgencies(ctx context.Context, tx pgx.Tx) error {
	rows, err := tx.Query(ctx, `
		select f.obligation, a.code, a.name_fa, a.name_en, f.unit, f.denominator, f.delivered, f.validated, f.published, f.fresh
		from progress.agency_figure f
		join access.agency a on a.id = f.agency_id
		where f.obligation = 'A23-N2'
		  and $1 = 'IR'
		order by f.obligation, a.code`, r.Unit.Code)
	if err != nil {
		return err
	}
	var code string
	var s AgencyShare
	_, err = pgx.ForEachRow(rows, []any{&code, &s.Agency.Code, &s.Agency.NameFA, &s.Agency.NameEN, &s.Unit, &s.Denominator, &s.Delivered, &s.Validated, &s.Published, &s.Fresh}, func() error {
		s.Percent = percent(&s.Published, &s.Denominator)
		if i := slices.IndexFunc(r.Obligations, func(o Obligation) bool { return o.Code == code }); i >= 0 {
			r.Obligations[i].Agencies = append(r.Obligations[i].Agencies, s)
		}
		return nil
	})
	return err
}

// isProvisional is the SQL of whether a layer is in the denominator of figure f that nobody approved in this version.
const isProvisional = `coalesce(jsonb_path_exists(f.sources, '$[*] ? (exists (@.theme) && !(@.approved == true))'), false)`

// readBeside adds the measures that are no headline.
func (r *Report) readBeside(ctx context.Context, tx pgx.Tx) error {
	rows, err := tx.Query(ctx, `
		select f.obligation, f.measure, f.unit, f.state, f.reason_fa, f.reason_en, f.denominator, f.published, f.source_fa, f.source_en, `+isProvisional+`
		from progress.figure f
		where f.admin_code = $1
		  and f.measure <> 'headline'
		order by f.obligation, f.measure`, r.Unit.Code)
	if err != nil {
		return err
	}
	var code string
	var b Beside
	var reasonFA, reasonEN, sourceFA, sourceEN *string
	_, err = pgx.ForEachRow(rows, []any{&code, &b.Measure, &b.Unit, &b.State, &reasonFA, &reasonEN, &b.Denominator, &b.Published, &sourceFA, &sourceEN, &b.Provisional}, func() error {
		b.Percent, b.Reason, b.Source = percent(b.Published, b.Denominator), bilingual(reasonFA, reasonEN), bilingual(sourceFA, sourceEN)
		if i := slices.IndexFunc(r.Obligations, func(o Obligation) bool { return o.Code == code }); i >= 0 {
			r.Obligations[i].Beside = append(r.Obligations[i].Beside, b)
		}
		return nil
	})
	return err
}

// stand fills in what follows from the figure.
func (o *Obligation) stand(s stages) {
	o.Numerator, o.Percent = s.published, percent(s.published, o.Denominator)
	for _, p := range []struct {
		of *float64
		to **Stage
	}{{s.delivered, &o.Delivered}, {s.validated, &o.Validated}, {s.published, &o.Published}, {s.fresh, &o.Fresh}} {
		if p.of != nil {
			*p.to = &Stage{*p.of, percent(p.of, o.Denominator)}
		}
	}
}

// remind fills in what follows from the calendar. A standing duty has no date.
func (o *Obligation) remind(years *int, now time.Time) {
	if years == nil {
		return
	}
	due := deadline(*years)
	iso, shown, late := due.Format(time.DateOnly), jalali(due), daysAfter(due, now)
	if o.Percent != nil && *o.Percent >= 100 {
		late = 0
	}
	o.LegalDeadline, o.LegalDeadlineJalali, o.DaysOverdue = &iso, &shown, &late
}

func bilingual(fa, en *string) *Text {
	if fa == nil || en == nil {
		return nil
	}
	return &Text{*fa, *en}
}

// percent is nil without a denominator and never above 100; it is rounded to hundredths, but not up to 100.
func percent(numerator, denominator *float64) *float64 {
	if numerator == nil || denominator == nil || *denominator <= 0 {
		return nil
	}
	p := math.Round(10000**numerator / *denominator) / 100
	switch {
	case *denominator-*numerator <= min(0.5, 1e-7**denominator): // a whole, but for what measuring the same ground in two ways makes: less than half a square metre
		p = 100
	case p >= 100:
		p = 99.99
	}
	return &p
}

func (r *Report) readChildren(ctx context.Context, tx pgx.Tx) error {
	rows, err := tx.Query(ctx, `
		select u.code, u.level, u.name_fa, u.name_en, o.code, f.published, f.denominator, coalesce(f.state = 'not-applicable', false), `+isProvisional+`
		from layers.admin_unit u
		cross join progress.obligation o
		left join progress.figure f on f.obligation = o.code and f.admin_code = u.code and f.measure = 'headline'
		where u.parent_code = $1
		order by u.code, o.position`, r.Unit.Code)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var u Unit
		var obligation string
		var numerator, denominator *float64
		var notDue, provisional bool
		if err := rows.Scan(&u.Code, &u.Level, &u.NameFA, &u.NameEN, &obligation, &numerator, &denominator, &notDue, &provisional); err != nil {
			return err
		}
		if n := len(r.Children); n == 0 || r.Children[n-1].Code != u.Code {
			r.Children = append(r.Children, Child{Unit: u, Obligations: map[string]*float64{}})
		}
		c := &r.Children[len(r.Children)-1]
		c.Obligations[obligation] = percent(numerator, denominator)
		if provisional {
			c.Provisional = append(c.Provisional, obligation)
		}
		if notDue {
			c.NotDue = append(c.NotDue, obligation)
		}
	}
	for i := range r.Children {
		c := &r.Children[i]
		var known []*float64
		for _, p := range c.Obligations {
			if p != nil {
				known = append(known, p)
			}
		}
		c.Known, c.Percent = len(known), mean(known)
	}
	return rows.Err()
}

func (r *Report) addArticles() {
	for _, a := range articles() {
		var known []*float64
		for _, o := range r.Obligations {
			if o.Percent != nil && slices.Contains(a.codes, o.Code) {
				known = append(known, o.Percent)
			}
		}
		r.Articles = append(r.Articles, Article{Article: a.number, Title: text(a.title), Percent: mean(known), Obligations: a.codes})
	}
}

func mean(known []*float64) *float64 {
	if len(known) == 0 {
		return nil
	}
	sum := 0.0
	for _, p := range known {
		sum += *p
	}
	m := math.Round(sum/float64(len(known))*100) / 100
	return &m
}
