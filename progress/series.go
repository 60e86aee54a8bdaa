package progress

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"nsdi/internal/errs"
	"nsdi/internal/pg"
)

// Course is how one figure of a unit went, where it stands against its plans, and where it goes.
type Course struct {
	Obligation string   `json:"obligation"`
	Measure    string   `json:"measure"`
	Article    string   `json:"article"`
	Title      Text     `json:"title"`
	Points     []Moment `json:"points" doc:"From snapshots, the last of each day, in the order of time"`
	Now        *Moment  `json:"now" doc:"As it is at present; in no snapshot yet"`
	Breaks     []Break  `json:"breaks" doc:"Days from which on figures are not comparable with those before"`
	Legal      *Plan    `json:"legal_plan"`
	Revised    *Plan    `json:"revised_plan" doc:"Newest decision for the unit, or for the nearest above it; beside the legal plan"`
	ByLaw      Standing `json:"legal"`
	ByDecision Standing `json:"revised"`
	Forecast   Forecast `json:"forecast" doc:"From the snapshots since the last break"`
	Missing    *Missing `json:"missing" doc:"What there is to do until all is published; null where that is not known"`
	Change     *Change  `json:"change" doc:"Since the last snapshot that is 30 days old, or the first one; null where there is none of before today, and across a break"`
}

// Moment is a figure on a day.
type Moment struct {
	Snapshot    int      `json:"snapshot,omitempty"`
	Day         string   `json:"day" format:"date"`
	Jalali      string   `json:"day_jalali"`
	State       string   `json:"state" enum:"known,unknown,not-applicable"`
	Unit        *string  `json:"unit"`
	Denominator *float64 `json:"denominator"`
	Value       *float64 `json:"value" doc:"Published, as counted"`
	Delivered   *float64 `json:"delivered_percent"`
	Validated   *float64 `json:"validated_percent"`
	Published   *float64 `json:"published_percent"`
	Fresh       *float64 `json:"fresh_percent"`
	Provisional bool     `json:"provisional" doc:"100 per cent was by a layer that the committee had not approved in this version"`

	day             time.Time
	ruleSet, method int
	sources         []source // layers in the denominator
}

// Break is where a curve must not be read across.
type Break struct {
	Day    string `json:"day" format:"date"`
	Jalali string `json:"day_jalali"`
	Kind   string `json:"kind" enum:"rules,method,denominator"`
	Text   Text   `json:"text"`

	restarts bool // a forecast begins after it
}

// Missing is what is left, in the unit of account.
type Missing struct {
	Amount  float64 `json:"amount"`
	Unit    string  `json:"unit"`
	Percent float64 `json:"percent"`
}

// Courses is the answer about one unit.
type Courses struct {
	AsOf       string   `json:"as_of" format:"date-time"`
	AsOfJalali string   `json:"as_of_jalali"`
	Unit       Unit     `json:"unit"`
	Courses    []Course `json:"series"`
}

// Courses answers how the figures of a unit went: the headlines of all obligations, or all measures of one.
func (s *Service) Courses(ctx context.Context, unit, obligation string) (*Courses, error) {
	if unit == "" {
		unit = country
	}
	now := s.now()
	out := &Courses{AsOf: now.UTC().Format(time.RFC3339), AsOfJalali: jalali(dayOf(now)), Courses: []Course{}}
	err := pg.InScope(ctx, s.Pool, pg.Public, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		u, err := readUnit(ctx, tx, unit)
		if err != nil {
			return err
		}
		out.Unit = u.Unit
		planned, err := readPlans(ctx, tx, unit)
		if err != nil {
			return err
		}
		moments, err := readMoments(ctx, tx, unit, dayOf(now))
		if err != nil {
			return err
		}
		rows, err := tx.Query(ctx, `select code, article, title_fa, title_en from progress.obligation where $1 = '' or code = $1 order by position`, obligation)
		if err != nil {
			return err
		}
		heads, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (c Course, err error) {
			return c, row.Scan(&c.Obligation, &c.Article, &c.Title.FA, &c.Title.EN)
		})
		if err != nil {
			return err
		}
		if len(heads) == 0 {
			return obligationUnknown(obligation)
		}
		for _, c := range heads {
			for _, measure := range moments.measures(c.Obligation, obligation != "") {
				c.Measure = measure
				c.complete(moments[c.Obligation][measure], planned[unit], dayOf(now))
				out.Courses = append(out.Courses, c)
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("series of %q: %w", unit, err)
	}
	return out, nil
}

// moments are the days of each figure, by obligation and measure, in the order of time; that of now is last and in no snapshot.
type moments map[string]map[string][]Moment

func (m moments) measures(obligation string, all bool) []string {
	found := []string{headline}
	if all {
		for measure := range m[obligation] {
			if measure != headline {
				found = append(found, measure)
			}
		}
		slices.Sort(found[1:])
	}
	return found
}

func readMoments(ctx context.Context, tx pgx.Tx, unit string, today time.Time) (moments, error) {
	rows, err := tx.Query(ctx, `
		select `+snapshotColumns+`
		from progress.snapshot s
		where not exists (select from progress.snapshot later where later.day = s.day and later.id > s.id)
		order by s.id`)
	if err != nil {
		return nil, fmt.Errorf("reading snapshots: %w", err)
	}
	list, err := pgx.CollectRows(rows, scanSnapshot)
	if err != nil {
		return nil, fmt.Errorf("reading snapshots: %w", err)
	}
	taken := map[int]*Snapshot{0: {day: today}}
	for i := range list {
		taken[list[i].ID] = &list[i]
	}
	frozen, err := collectFrozen(tx.Query(ctx, frozenColumns+` where r.admin_code = $1 order by r.snapshot_id`, unit))
	if err != nil {
		return nil, err
	}
	current, err := collectFrozen(tx.Query(ctx, currentColumns+` where f.admin_code = $1`, unit))
	if err != nil {
		return nil, err
	}
	m := moments{}
	for _, f := range append(frozen, current...) {
		n, shown := taken[f.snapshot]
		if !shown { // a later one of the same day is
			continue
		}
		if m[f.Obligation] == nil {
			m[f.Obligation] = map[string][]Moment{}
		}
		m[f.Obligation][f.Measure] = append(m[f.Obligation][f.Measure], f.moment(n))
	}
	return m, nil
}

func (f *Frozen) moment(n *Snapshot) Moment {
	return Moment{
		Snapshot: f.snapshot, Day: n.day.Format(time.DateOnly), Jalali: jalali(n.day), State: f.State, Unit: f.Unit, Denominator: f.Denominator, Value: f.Published,
		Delivered: percent(f.Delivered, f.Denominator), Validated: percent(f.Validated, f.Denominator), Published: f.Percent, Fresh: percent(f.Fresh, f.Denominator), Provisional: f.Provisional,
		day: n.day, ruleSet: n.RuleSet, method: n.Method, sources: sourcesOf(f.Sources),
	}
}

// complete fills in what follows from the days and the plans.
func (c *Course) complete(all []Moment, p plans, today time.Time) {
	c.Points, c.Now, c.Breaks = []Moment{}, nil, []Break{}
	for i := range all {
		if all[i].Snapshot == 0 {
			c.Now = &all[i]
			continue
		}
		if i > 0 {
			c.Breaks = append(c.Breaks, breaks(&all[i-1], &all[i])...)
		}
		c.Points = append(c.Points, all[i])
	}
	var done *float64
	if c.Now != nil {
		done = c.Now.Published
	}
	c.Legal, c.Revised = p.legal[c.Obligation], p.revised[c.Obligation]
	c.ByLaw, c.ByDecision = stands(c.Legal.line(), done, today), stands(c.Revised.line(), done, today)
	c.Forecast = forecast(c.comparable())
	c.Missing = c.left()
	c.Change = c.change(today)
}

// line is the curve of a plan, also of none.
func (p *Plan) line() Curve {
	if p == nil {
		return nil
	}
	return p.curve
}

// breaks says why two successive days are not comparable.
func breaks(a, b *Moment) []Break {
	at := func(kind string, restarts bool, t errs.Text) Break {
		return Break{b.Day, b.Jalali, kind, Text(t), restarts}
	}
	var found []Break
	if a.method != b.method {
		t := errs.Tf("روش محاسبه %d به جای %d", "Method of calculation %d instead of %d", b.method, a.method)
		found = append(found, at("method", true, t))
	}
	if a.ruleSet != b.ruleSet {
		t := errs.Tf("مجموعه قاعده %d به جای %d", "Rule set %d instead of %d", b.ruleSet, a.ruleSet)
		found = append(found, at("rules", true, t))
	}
	switch {
	case a.Denominator == nil && b.Denominator == nil:
	case a.Denominator == nil:
		found = append(found, at("denominator", true, errs.T("مخرج معلوم شد", "The denominator became known")))
	case b.Denominator == nil:
		found = append(found, at("denominator", true, errs.T("مخرج دیگر معلوم نیست", "The denominator is no longer known")))
	case a.Unit != nil && b.Unit != nil && *a.Unit != *b.Unit:
		found = append(found, at("denominator", true, errs.T("رقم اصلی از سهم دیگری است: یکای سنجش دیگر شد", "The headline is of another share: what is counted is another")))
	case !close(a.Denominator, b.Denominator):
		change := 100 * (*b.Denominator - *a.Denominator) / *a.Denominator
		t := errs.Tf("مخرج %+.2f٪ تغییر کرد", "The denominator changed by %+.2f %%", change)
		// A little more or less, as units come and go, moves no trend.
		found = append(found, at("denominator", math.Abs(change) > 1, t))
	}
	for _, t := range layerEvents(a.sources, b.sources, len(found) > 0 && found[len(found)-1].Kind == "denominator") {
		found = append(found, at("denominator", false, t))
	}
	return found
}

// comparable are the known points since the last break that restarts the forecast.
func (c *Course) comparable() []Point {
	since := ""
	for _, b := range c.Breaks {
		if b.restarts {
			since = b.Day
		}
	}
	var points []Point
	for _, p := range c.Points {
		if p.Published != nil && p.Day >= since {
			points = append(points, Point{p.day, *p.Published})
		}
	}
	return points
}

func (c *Course) left() *Missing {
	if c.Now == nil || c.Now.Published == nil || c.Now.Unit == nil {
		return nil
	}
	return &Missing{max(0, *c.Now.Denominator-*c.Now.Value), *c.Now.Unit, hundredths(100 - *c.Now.Published)}
}

// Change is by how much a figure is another one than some days ago.
type Change struct {
	Points float64 `json:"points" doc:"Percentage points"`
	Days   int     `json:"days" minimum:"1"`
}

// change is the difference to a month ago, or to the first snapshot.
func (c *Course) change(today time.Time) *Change {
	if c.Now == nil || c.Now.Published == nil || len(c.Points) == 0 {
		return nil
	}
	from := 0
	for from+1 < len(c.Points) && days(c.Points[from+1].day, today) >= 30 {
		from++
	}
	before := c.Points[from]
	last := c.Points[len(c.Points)-1]
	if before.Published == nil || len(c.Breaks) > 0 && c.Breaks[len(c.Breaks)-1].Day > before.Day || !close(last.Denominator, c.Now.Denominator) {
		return nil
	}
	since := days(before.day, today)
	if since < 1 {
		return nil
	}
	return &Change{hundredths(*c.Now.Published - *before.Published), since}
}

func (s *Service) now() time.Time {
	if s.Now != nil {
		return s.Now()
	}
	return time.Now()
}

func obligationUnknown(code string) *errs.Error {
	return &errs.Error{
		Code: "obligation-unknown", Status: 404, Op: "progress.Service", Location: "query.obligation", Value: code,
		Title:  errs.T("چنین بندی نیست", "There is no such obligation"),
		Detail: errs.Tf("بند «%s» یافت نشد.", "The obligation %q was not found.", code),
		Next:   errs.T("شناسه‌ها در ‎/v1/progress است.", "The codes are in /v1/progress."),
	}
}
