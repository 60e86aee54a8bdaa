package progress

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"nsdi/internal/errs"
	"nsdi/internal/pg"
)

// NewPlan is a decision of the committee, or of a province's.
type NewPlan struct {
	Obligation string            `json:"obligation" maxLength:"32"`
	Unit       string            `json:"unit,omitempty" default:"IR" maxLength:"64" doc:"Country or province"`
	Decision   string            `json:"decision" minLength:"1" maxLength:"80" doc:"Number of the decision"`
	DecidedOn  string            `json:"decided_on" format:"date"`
	Body       Text              `json:"body" doc:"Who decided"`
	Milestones []PlannedByTheDay `json:"milestones" minItems:"1" maxItems:"60" doc:"In the order of time; the last is 100 per cent"`
}

// planLock is taken while a plan is set: an arbitrary number of our own.
const planLock = 0x6e736469_02

// earliest and latest days that a plan can name: the law is older than none, and nobody plans for the next century.
const (
	firstYear = 2014
	lastYear  = 2099
)

// check answers the decision's day and the curve.
func (n *NewPlan) check(today time.Time) (time.Time, Curve, error) {
	decided, err := time.Parse(time.DateOnly, n.DecidedOn)
	if err != nil || decided.Before(deadline(0)) || decided.After(today) {
		return decided, nil, planWrong("body.decided_on", n.DecidedOn, errs.T("روز تصمیم باید میان ابلاغ مصوبه و امروز باشد.", "The day of the decision has to be between the notification of the resolution and today."))
	}
	for at, text := range map[string]string{"body.decision": n.Decision, "body.body.fa": n.Body.FA, "body.body.en": n.Body.EN} {
		if strings.TrimSpace(text) == "" || len(text) > 400 || strings.ContainsRune(text, 0) {
			return decided, nil, planWrong(at, text, errs.T("شماره تصمیم و نام مرجع آن به دو زبان لازم است.", "The decision's number and the body's name in both languages are needed."))
		}
	}
	var c Curve
	for i, m := range n.Milestones {
		at := "body.milestones[" + strconv.Itoa(i) + "]"
		due, err := time.Parse(time.DateOnly, m.Due)
		if err != nil || due.Year() < firstYear || due.Year() > lastYear {
			return decided, nil, planWrong(at+".due", m.Due, errs.T("روز باید به شکل \u20662027-03-20\u2069 باشد.", "A day looks like 2027-03-20."))
		}
		if i > 0 && !due.After(c[i-1].Due) {
			return decided, nil, planWrong(at+".due", m.Due, errs.T("روزها باید به ترتیب باشند.", "The days have to be in order."))
		}
		if !(m.Percent >= 0 && m.Percent <= 100) || i > 0 && m.Percent < c[i-1].Percent { // NaN is neither
			return decided, nil, planWrong(at+".percent", strconv.FormatFloat(m.Percent, 'g', -1, 64), errs.T("درصدها از ۰ تا ۱۰۰ است و پایین نمی‌رود.", "Shares are from 0 to 100 and never go down."))
		}
		c = append(c, Milestone{due, m.Percent})
	}
	if len(c) == 0 || len(c) > 60 || c[len(c)-1].Percent != 100 {
		return decided, nil, planWrong("body.milestones", "", errs.T("آخرین گام باید ۱۰۰ درصد باشد.", "The last milestone has to be 100 per cent."))
	}
	return decided, c, nil
}

// SetPlan keeps a decision as the newest version of its obligation and unit, within a transaction that records who did it.
func SetPlan(ctx context.Context, tx pgx.Tx, n NewPlan, today time.Time) (*Plan, error) {
	if n.Unit == "" {
		n.Unit = country
	}
	decided, curve, err := n.check(dayOf(today))
	if err != nil {
		return nil, err
	}
	u, err := readUnit(ctx, tx, n.Unit)
	if err != nil {
		return nil, err
	}
	if u.Level != "country" && u.Level != "province" {
		return nil, planWrong("body.unit", n.Unit, errs.T("هدف برای کشور یا یک استان است.", "A target is for the country or for a province."))
	}
	// One at a time, so that versions have no gap and no double.
	if _, err := tx.Exec(ctx, `select pg_advisory_xact_lock($1)`, int64(planLock)); err != nil {
		return nil, fmt.Errorf("setting a plan: %w", err)
	}
	var due []time.Time
	var share []float64
	for _, m := range curve {
		due, share = append(due, m.Due), append(share, m.Percent)
	}
	rows, err := tx.Query(ctx, `
		insert into progress.plan as p (obligation, admin_code, version, decision, decided_on, body_fa, body_en, due, share)
		select $1, $2, 1 + coalesce(max(version), 0), $3, $4, $5, $6, $7, $8
		from progress.plan
		where obligation = $1
		  and admin_code = $2
		having exists (select from progress.obligation where code = $1)
		returning `+planColumns, n.Obligation, n.Unit, n.Decision, decided, n.Body.FA, n.Body.EN, due, share)
	if err != nil {
		return nil, fmt.Errorf("setting a plan: %w", err)
	}
	p, err := pgx.CollectExactlyOneRow(rows, collectPlan)
	if err == pgx.ErrNoRows {
		return nil, planWrong("body.obligation", n.Obligation, errs.T("چنین بندی نیست؛ شناسه‌ها در ‎/v1/progress است.", "There is no such obligation; the codes are in /v1/progress."))
	}
	if err != nil {
		return nil, fmt.Errorf("setting a plan: %w", err)
	}
	return &p, nil
}

// Plans answers every plan that counts or counted for a unit: the legal ones, and all decisions for it and for what is above it, newest first.
func (s *Service) Plans(ctx context.Context, unit string) ([]Plan, error) {
	if unit == "" {
		unit = country
	}
	all := []Plan{}
	err := pg.InScope(ctx, s.Pool, pg.Public, pgx.TxOptions{AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		if _, err := readUnit(ctx, tx, unit); err != nil {
			return err
		}
		rows, err := tx.Query(ctx, `
			with recursive above as (
				select code, parent_code
				from layers.admin_unit
				where code = $1
				union
				select u.code, u.parent_code
				from above a
				join layers.admin_unit u on u.code = a.parent_code
			)
			select `+planColumns+`
			from progress.plan p
			join above a on a.code = p.admin_code
			join progress.obligation o on o.code = p.obligation
			order by o.position, p.admin_code, p.version desc`, unit)
		if err != nil {
			return err
		}
		revised, err := pgx.CollectRows(rows, collectPlan)
		if err != nil {
			return err
		}
		p, err := readPlans(ctx, tx, unit)
		if err != nil {
			return err
		}
		rows, err = tx.Query(ctx, `select code from progress.obligation order by position`)
		if err != nil {
			return err
		}
		codes, err := pgx.CollectRows(rows, pgx.RowTo[string])
		for _, code := range codes {
			if legal := p[unit].legal[code]; legal != nil {
				all = append(all, *legal)
			}
			for _, r := range revised {
				if r.Obligation == code {
					all = append(all, r)
				}
			}
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("plans of %q: %w", unit, err)
	}
	return all, nil
}

func planWrong(at, value string, detail errs.Text) *errs.Error {
	return &errs.Error{
		Code: "plan-invalid", Status: 422, Op: "progress.SetPlan", Location: at, Value: value,
		Title: errs.T("هدف پذیرفته نیست", "The target is not valid"), Detail: detail,
		Next: errs.T("آن را درست کنید و دوباره بفرستید.", "Correct it and send it again."),
	}
}
