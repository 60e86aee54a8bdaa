package progress

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"nsdi/internal/errs"
	"nsdi/internal/pg"
)

// NewDenominator is a decision of what is due in a unit: a number of addresses or plates, or that nothing is.
type NewDenominator struct {
	Obligation    string   `json:"obligation" maxLength:"32"`
	Unit          string   `json:"unit" maxLength:"64" doc:"Code of an administrative unit"`
	Amount        *float64 `json:"amount,omitempty" minimum:"1" maximum:"1000000000" doc:"Of A27-GNAF: how many places should have an address; of A25-URBAN: how many plates the registry's books have; of A23 and A23-N2: how many themes and duties there are"`
	NotApplicable *Text    `json:"not_applicable,omitempty" doc:"Or why nothing is due, of any obligation: counts where the unit has no denominator"`
	Source        string   `json:"source" minLength:"1" maxLength:"400" doc:"Where the number comes from"`
	Dated         string   `json:"dated" format:"date" doc:"Day that it is for"`
	Decision      string   `json:"decision" minLength:"1" maxLength:"80" doc:"Number of the decision"`
	DecidedOn     string   `json:"decided_on" format:"date"`
	Body          Text     `json:"body" doc:"Who decided"`
}

// Denominator is a decision as it is kept.
type Denominator struct {
	NewDenominator
	Version int       `json:"version" doc:"The newest of an obligation and unit counts"`
	SetAt   time.Time `json:"set_at"`
}

func (n *NewDenominator) check(today time.Time) (dated, decided time.Time, err error) {
	texts := map[string]string{"body.source": n.Source, "body.decision": n.Decision, "body.body.fa": n.Body.FA, "body.body.en": n.Body.EN}
	if n.NotApplicable != nil {
		texts["body.not_applicable.fa"], texts["body.not_applicable.en"] = n.NotApplicable.FA, n.NotApplicable.EN
	}
	for at, text := range texts {
		if strings.TrimSpace(text) == "" || len(text) > 1000 || strings.ContainsRune(text, 0) {
			return dated, decided, denominatorWrong(at, text, errs.T("منبع، شماره تصمیم، مرجع و دلیل به دو زبان لازم است.", "Source, number of the decision, the body and the reason, in both languages, are needed."))
		}
	}
	switch {
	case (n.Amount == nil) == (n.NotApplicable == nil):
		return dated, decided, denominatorWrong("body.amount", "", errs.T("یا عدد لازم است یا دلیل اینکه چیزی بر عهده نیست.", "Either a number is needed, or why nothing is due."))
	case n.Amount != nil && !slices.Contains([]string{addresses, urbanCadastre, infrastructure, handingOver}, n.Obligation):
		return dated, decided, denominatorWrong("body.obligation", n.Obligation, errs.T("تنها مخرج A27-GNAF، پلاک‌های A25-URBAN، A23 و A23-N2 عدد است؛ مخرج بندهای دیگر لایه منتشرشده است.", "Only A27-GNAF, the plates of A25-URBAN, A23 and A23-N2 are counted against a number; the others are against published layers."))
	case n.Amount != nil && !(*n.Amount >= 1 && *n.Amount <= 1e9):
		return dated, decided, denominatorWrong("body.amount", fmt.Sprint(*n.Amount), errs.T("عدد باید از ۱ تا یک میلیارد باشد.", "The number has to be from 1 to a billion."))
	}
	for at, day := range map[string]struct {
		text string
		to   *time.Time
	}{"body.dated": {n.Dated, &dated}, "body.decided_on": {n.DecidedOn, &decided}} {
		d, wrong := time.Parse(time.DateOnly, day.text)
		if wrong != nil || d.After(today) || d.Year() < 1900 {
			return dated, decided, denominatorWrong(at, day.text, errs.T("این روز هنوز نیامده است یا روز نیست؛ روز به شکل \u20662026-03-21\u2069 است.", "This is no day, or one to come; a day looks like 2026-03-21."))
		}
		*day.to = d
	}
	return dated, decided, nil
}

func denominatorWrong(at, value string, why errs.Text) error {
	return &errs.Error{
		Code: "denominator-wrong", Status: http.StatusUnprocessableEntity, Op: "progress.SetDenominator", Location: at, Value: value,
		Title: errs.T("این مخرج پذیرفته نیست", "The denominator cannot be taken"), Detail: why, Next: errs.T("مقدار را درست کنید و دوباره بفرستید.", "Correct the value and send it again."),
	}
}

// SetDenominator keeps a decision as the newest of its obligation and unit, and has the figures follow it, within a transaction that records who did it.
func SetDenominator(ctx context.Context, tx pgx.Tx, n NewDenominator, today time.Time) (*Denominator, error) {
	dated, decided, err := n.check(today)
	if err != nil {
		return nil, err
	}
	if _, err := readUnit(ctx, tx, n.Unit); err != nil {
		return nil, err
	}
	if _, err := tx.Exec(ctx, `select pg_advisory_xact_lock($1)`, int64(planLock)); err != nil {
		return nil, fmt.Errorf("setting a denominator: %w", err)
	}
	var reason [2]*string
	if n.NotApplicable != nil {
		reason = [2]*string{&n.NotApplicable.FA, &n.NotApplicable.EN}
	}
	d := &Denominator{NewDenominator: n}
	err = tx.QueryRow(ctx, `
		insert into progress.denominator (obligation, admin_code, version, amount, source, dated, reason_fa, reason_en, decision, decided_on, body_fa, body_en)
		select $1, $2, 1 + coalesce(max(version), 0), $3, $4, $5, $6, $7, $8, $9, $10, $11
		from progress.denominator
		where obligation = $1
		  and admin_code = $2
		having exists (select from progress.obligation where code = $1)
		returning version, set_at`, n.Obligation, n.Unit, n.Amount, n.Source, dated, reason[0], reason[1], n.Decision, decided, n.Body.FA, n.Body.EN).Scan(&d.Version, &d.SetAt)
	if err == pgx.ErrNoRows {
		return nil, denominatorWrong("body.obligation", n.Obligation, errs.T("چنین بندی نیست؛ شناسه‌ها در ‎/v1/progress است.", "There is no such obligation; the codes are in /v1/progress."))
	}
	if err != nil {
		return nil, fmt.Errorf("setting a denominator: %w", err)
	}
	end, err := logEnd(ctx, tx)
	if err != nil {
		return nil, err
	}
	w := &work{end: end, obligations: map[string]bool{n.Obligation: true}}
	if w.waiting, err = readWaiting(ctx, tx); err != nil {
		return nil, err
	}
	return d, w.do(ctx, tx)
}

// Denominators lists the decisions on a unit, the newest first.
func (s *Service) Denominators(ctx context.Context, unit string) ([]Denominator, error) {
	if unit == "" {
		unit = country
	}
	all := []Denominator{}
	err := pg.InScope(ctx, s.Pool, pg.Public, pgx.TxOptions{AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		if _, err := readUnit(ctx, tx, unit); err != nil {
			return err
		}
		rows, err := tx.Query(ctx, `
			select obligation, version, amount, reason_fa, reason_en, source, dated::text, coalesce(decision, ''), coalesce(decided_on::text, ''), coalesce(body_fa, ''), coalesce(body_en, ''), set_at
			from progress.denominator
			where admin_code = $1
			order by obligation, version desc`, unit)
		if err != nil {
			return err
		}
		all, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (Denominator, error) {
			d := Denominator{NewDenominator: NewDenominator{Unit: unit}}
			var fa, en *string
			err := row.Scan(&d.Obligation, &d.Version, &d.Amount, &fa, &en, &d.Source, &d.Dated, &d.Decision, &d.DecidedOn, &d.Body.FA, &d.Body.EN, &d.SetAt)
			d.NotApplicable = bilingual(fa, en)
			return d, err
		})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("listing the denominators of %q: %w", unit, err)
	}
	return all, nil
}

// exempt are the units in which nothing of an obligation is due, with the reason and who decided.
func exempt(ctx context.Context, tx pgx.Tx, obligation string) (map[string]figure, error) {
	rows, err := tx.Query(ctx, `
		select admin_code, reason_fa, reason_en, coalesce(body_fa, '') || ' ' || coalesce(decision, '')
		from (
			select distinct on (admin_code) *
			from progress.denominator
			where obligation = $1
			order by admin_code, version desc
		) d
		where amount is null`, obligation)
	if err != nil {
		return nil, fmt.Errorf("reading what is not due: %w", err)
	}
	all := map[string]figure{}
	var code string
	f := figure{state: "not-applicable"}
	if _, err := pgx.ForEachRow(rows, []any{&code, &f.reason.FA, &f.reason.EN, &f.approvedBy}, func() error { all[code] = f; return nil }); err != nil {
		return nil, fmt.Errorf("reading what is not due: %w", err)
	}
	return all, nil
}
