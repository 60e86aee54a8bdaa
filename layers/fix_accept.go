package layers

import (
	"context"
	"fmt"
	"net/http"

	"github.com/jackc/pgx/v5"

	"nsdi/internal/errs"
)

// Correction names what is accepted: the proposed values of a rule in all rows, or in one.
type Correction struct {
	Rule   string
	Source string // file and layer, as in the finding; "" with Row 0
	Row    int64  // 0: all
}

// AcceptFixes has a checked submission checked again with the proposed values of these rules. Only what was proposed can be accepted.
func (im *Importer) AcceptFixes(ctx context.Context, tx pgx.Tx, s *Submission, by Actor, list []Correction) error {
	err := im.decide(ctx, tx, s, Confirmed, []State{Validated}, errs.Tn(len(list), "%d اصلاح خودکار پذیرفته شد؛ از نو بررسی می‌شود.", "%d automatic correction was accepted; it is checked again.", "%d automatic corrections were accepted; it is checked again.", len(list)),
		`problem = null`)
	if err != nil {
		return err
	}
	for _, c := range list {
		var proposed bool
		err := tx.QueryRow(ctx, `
			select exists (
				select
				from layers.finding
				where submission_id = $1
				  and rule = $2
				  and proposed is not null
				  and rule <> 'fixed'
				  and ($4::bigint = 0 or source = $3 and row_number = $4))`, s.ID, c.Rule, c.Source, c.Row).Scan(&proposed)
		if err != nil {
			return fmt.Errorf("corrections: %w", err)
		}
		if !proposed {
			return &errs.Error{
				Code: "correction-unknown", Status: http.StatusUnprocessableEntity, Op: "layers.AcceptFixes", Location: "body", Value: c.Rule,
				Title:  errs.T("چنین اصلاحی پیشنهاد نشده است", "No such correction was proposed"),
				Detail: errs.Tf("یافته‌ای از قاعده «%s» با مقدار پیشنهادی نیست.", "No finding of the rule “%s” has a proposed value.", c.Rule),
				Next:   errs.T("یافته‌هایی را برگزینید که مقدار پیشنهادی دارند.", "Choose findings that have a proposed value."),
			}
		}
		_, err = tx.Exec(ctx, `
			insert into layers.fix (submission_id, rule, source, row_number, accepted_by_person, accepted_by_key)
			values ($1, $2, $3, $4, nullif($5::bigint, 0), nullif($6::bigint, 0))
			on conflict do nothing`, s.ID, c.Rule, c.Source, c.Row, by.Person, by.Key)
		if err != nil {
			return fmt.Errorf("corrections: %w", err)
		}
	}
	return im.enqueue(ctx, tx, s.ID)
}
