package progress

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"nsdi/internal/errs"
	"nsdi/internal/pg"
)

// Overdue is one thing that is late, with who must act and how.
type Overdue struct {
	Obligation  string   `json:"obligation"`
	Title       Text     `json:"title"`
	Unit        Unit     `json:"unit"`
	Agency      Agency   `json:"agency" doc:"Who must act"`
	State       string   `json:"state" enum:"known,unknown,not-applicable"`
	Percent     *float64 `json:"percent"`
	Provisional bool     `json:"provisional" doc:"100 per cent is by a layer that the committee has not approved in this version"`
	Missing     *Missing `json:"missing"`
	Legal       Standing `json:"legal"`
	Revised     Standing `json:"revised"`
	DaysOverdue int      `json:"days_overdue" doc:"By the legal deadline"`
	Step        string   `json:"step" enum:"denominator,correct,publish,deliver"`
	Next        Text     `json:"next_step"`
}

// Agency is who must act.
type Agency struct {
	Code   string `json:"code"`
	NameFA string `json:"name_fa"`
	NameEN string `json:"name_en"`
}

// Overdue answers what is late in a unit and directly below it, the latest first. An agency or an obligation narrows it.
func (s *Service) Overdue(ctx context.Context, unit, agency, obligation string) ([]Overdue, error) {
	if unit == "" {
		unit = country
	}
	today := dayOf(s.now())
	list := []Overdue{}
	err := pg.InScope(ctx, s.Pool, pg.Public, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		if _, err := readUnit(ctx, tx, unit); err != nil {
			return err
		}
		units, err := familyOf(ctx, tx, unit)
		if err != nil {
			return err
		}
		figures, err := collectFrozen(tx.Query(ctx, currentColumns+`
			join layers.admin_unit a on a.code = f.admin_code
			where (a.code = $1 or a.parent_code = $1)
			  and f.measure = 'headline'`, unit))
		if err != nil {
			return err
		}
		titles, custodians, err := readDuties(ctx, tx)
		if err != nil {
			return err
		}
		var codes []string
		for _, u := range units {
			codes = append(codes, u.Code)
		}
		all, err := readPlans(ctx, tx, codes...)
		if err != nil {
			return err
		}
		for _, u := range units {
			planned := all[u.Code]
			for _, f := range figures {
				if f.admin != u.Code || f.State == "not-applicable" || obligation != "" && f.Obligation != obligation {
					continue
				}
				o := Overdue{Obligation: f.Obligation, Title: titles[f.Obligation], Unit: u, State: f.State, Percent: f.Percent, Provisional: f.Provisional}
				o.Legal, o.Revised = stands(planned.legal[f.Obligation].line(), f.Percent, today), stands(planned.revised[f.Obligation].line(), f.Percent, today)
				if o.Legal.DaysOverdue == nil || *o.Legal.DaysOverdue == 0 {
					continue
				}
				o.DaysOverdue = *o.Legal.DaysOverdue
				if f.Percent != nil {
					o.Missing = &Missing{max(0, *f.Denominator-*f.Published), *f.Unit, hundredths(100 - *f.Percent)}
				}
				o.step(&f, custodians)
				if agency == "" || o.Agency.Code == agency {
					list = append(list, o)
				}
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("what is late in %q: %w", unit, err)
	}
	slices.SortStableFunc(list, func(a, b Overdue) int {
		return cmp.Or(cmp.Compare(unknown(a), unknown(b)), cmp.Compare(b.DaysOverdue, a.DaysOverdue), cmp.Compare(a.Obligation, b.Obligation), cmp.Compare(left(b), left(a)), cmp.Compare(a.Unit.Code, b.Unit.Code))
	})
	return list, nil
}

// unknown puts what can be worked on before what first needs a denominator.
func unknown(o Overdue) int {
	if o.Missing == nil {
		return 1
	}
	return 0
}

func left(o Overdue) float64 {
	if o.Missing == nil {
		return 0
	}
	return o.Missing.Percent
}

// step says what comes next and who does it: the first of the stages in which something is held up.
func (o *Overdue) step(f *Frozen, custodians map[string]Agency) {
	o.Agency = custodians[o.Obligation]
	held := func(all, part *float64) float64 {
		if all == nil || part == nil {
			return 0
		}
		return *all - *part
	}
	switch {
	case f.State == "unknown":
		o.Step, o.Agency = "denominator", custodians[""]
		o.Next = text(errs.T("کمیته مخرج را تصویب و منتشر کند تا درصد معلوم شود.", "Approve and publish the denominator, so that there is a percentage."))
	case held(f.Validated, f.Published) > 0:
		o.Step, o.Next = "publish", text(errs.T("آنچه درست یافته شده است بررسی و منتشر شود.", "Review and publish what was found right."))
	case held(f.Delivered, f.Validated) > 0:
		o.Step, o.Next = "correct", text(errs.T("خطاهای گزارش تحویل برطرف و دوباره فرستاده شود.", "Correct the errors in the delivery's report, and send it again."))
	default:
		o.Step, o.Next = "deliver", text(errs.T("آنچه مانده است تحویل شود.", "Deliver what is left."))
	}
}

// readDuties answers the obligations' titles, and who has to act for each; under "", the steering committee.
func readDuties(ctx context.Context, tx pgx.Tx) (map[string]Text, map[string]Agency, error) {
	titles, custodians := map[string]Text{}, map[string]Agency{}
	rows, err := tx.Query(ctx, `
		select o.code, o.title_fa, o.title_en, coalesce(a.code, ''), coalesce(a.name_fa, o.responsible_fa), coalesce(a.name_en, o.responsible_en)
		from progress.obligation o
		left join access.agency a on a.code = case
			when o.code like 'A24-%' then 'ncc'
			when o.code like 'A25-%' then 'registry'
			when o.code like 'A26-%' then 'interior'
			when o.code like 'A27-%' then 'post'
		  end
		union all
		select '', '', '', code, name_fa, name_en
		from access.agency
		where code = 'committee'`)
	if err != nil {
		return nil, nil, fmt.Errorf("reading who must act: %w", err)
	}
	var code string
	var title Text
	var a Agency
	_, err = pgx.ForEachRow(rows, []any{&code, &title.FA, &title.EN, &a.Code, &a.NameFA, &a.NameEN}, func() error {
		titles[code], custodians[code] = title, a
		return nil
	})
	if err != nil {
		return nil, nil, fmt.Errorf("reading who must act: %w", err)
	}
	return titles, custodians, nil
}
