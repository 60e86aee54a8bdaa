package layers

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"nsdi/internal/errs"
)

// Outlook is what a submission changes, or would change.
type Outlook struct {
	Comparison
	From, To int // numbers of the versions; To is 0 as long as it is not published, From is 0 before the first one
}

// Outlook compares what a submission would publish, or has published, with the version before. One that nothing can be told of is *errs.Error
// difference-not-there (409). The transaction is of one snapshot (repeatable read): a report that is made anew in the meantime is not told in halves.
func (v *Versions) Outlook(ctx context.Context, tx pgx.Tx, s *Submission, w Window, shapes bool) (*Outlook, error) {
	switch s.State {
	case Validated, Submitted, Reviewed:
		return v.pending(ctx, tx, s, w, shapes)
	case Published, Unchanged:
		return v.done(ctx, tx, s, w, shapes)
	case Received, Inspected, Confirmed:
		return nil, noDifference(s, errs.T("تحویل هنوز بررسی نشده است.", "The submission is not checked yet."), errs.T("صبر کنید تا گزارش آماده شود.", "Wait for its report."))
	case Approved:
		return nil, noDifference(s, errs.T("تحویل در حال انتشار است.", "The submission is being published."), errs.T("کمی بعد دوباره بخوانید.", "Read it again in a moment."))
	default:
		return nil, noDifference(s, errs.T("تحویل پایان یافته و منتشر نشده است.", "The submission has ended and was not published."), errs.T("گزارش آن را بخوانید.", "Read its report."))
	}
}

func noDifference(s *Submission, detail, next errs.Text) error {
	return &errs.Error{
		Code: "difference-not-there", Status: http.StatusConflict, Op: "layers.Outlook", Location: "path.tracking", Value: s.Tracking,
		Title: errs.T("تفاوتی برای نشان دادن نیست", "There is no difference to show"), Detail: detail, Next: next,
	}
}

// stale is the answer when the tables of the report are not what the report was made of.
func stale(s *Submission) error {
	return noDifference(s, errs.T("آنچه گزارش بر پایه آن بود دیگر آنجا نیست.", "What the report was made of is not there any more."),
		errs.T("تحویل را دوباره تأیید کنید تا از نو بررسی شود.", "Confirm the submission again, so that it is checked anew."))
}

func (v *Versions) pending(ctx context.Context, tx pgx.Tx, s *Submission, w Window, shapes bool) (*Outlook, error) {
	set, err := v.Open(ctx, tx, s.DatasetID)
	if err != nil {
		return nil, err
	}
	t := tablesOf(s.ID)
	var o Outlook
	// Whoever makes the tables anew drops this one before the others are filled: as long as this transaction holds it, they are of one attempt.
	err = tx.QueryRow(ctx, `
		select count(*) filter (where op = '+'), count(*) filter (where op = '~'), count(*) filter (where op = '-')
		from `+t.difference).Scan(&o.Added, &o.Altered, &o.Removed)
	if undefined(err) {
		return nil, stale(s)
	}
	if err != nil {
		return nil, fmt.Errorf("what would change: %w", err)
	}
	newest, err := set.Versions(ctx, tx, 0, 1)
	if err != nil {
		return nil, err
	}
	based := int64(0)
	if len(newest) == 1 {
		o.From, based = newest[0].Seq, newest[0].id
	}
	r := s.Report
	if r == nil || based != s.BasedOn || int64(o.Added) != r.Added || int64(o.Altered) != r.Altered || int64(o.Removed) != r.Removed {
		return nil, stale(s) // a server that crashed has emptied its unlogged tables, or the dataset was rolled back
	}
	columns, expressions := set.store.targets(nil)
	row := ""
	for i, c := range columns {
		if slices.Contains([]string{"theme", "dataset_id", "version_id", "valid_from", "geom_3857"}, c) {
			continue
		}
		row += expressions[i] + " as " + c + ", "
	}
	o.List, o.More, err = differences(ctx, tx, `
		with page as (
			select id as published, ord as staged, key, op
			from `+t.difference+`
			where key collate "C" > $3
			order by key collate "C"
			limit $4
		)`, `
			select coalesce(p.published, 0) as id, p.key, case p.op when '+' then 'added' when '-' then 'removed' else 'altered' end as op,
			  (select `+set.store.everything()+` from (select o.*) r where o.key is not null) as old,
			  (select `+set.store.everything()+` from (select n.*) r where n.key is not null) as new,
			  o.geom as old_geom, n.geom as new_geom
			from page p
			left join `+ident(set.store.Table)+` o on o.theme = $1 and o.dataset_id = $2 and o.id = p.published
			left join (
				select `+row+`ord
				from `+t.staged+`
				where ord in (select staged from page)
			) n on n.ord = p.staged`, w.Limit, shapes, set.Theme, set.ID, w.After, w.Limit+1)
	if undefined(err) {
		return nil, stale(s)
	}
	if err != nil {
		return nil, fmt.Errorf("what would change: %w", err)
	}
	return &o, nil
}

// done compares the version that the submission became with the one before it. What was unchanged became none.
func (v *Versions) done(ctx context.Context, tx pgx.Tx, s *Submission, w Window, shapes bool) (*Outlook, error) {
	set, err := v.Open(ctx, tx, s.DatasetID)
	if err != nil {
		return nil, err
	}
	became, err := set.list(ctx, tx, `submission_id = $2`, s.ID, 1)
	if err != nil {
		return nil, err
	}
	if len(became) == 0 {
		return &Outlook{Comparison: Comparison{List: []Difference{}}}, nil
	}
	before, err := set.list(ctx, tx, `seq < $2`, became[0].Seq, 1)
	if err != nil {
		return nil, err
	}
	var from Version
	if len(before) == 1 {
		from = before[0]
	}
	c, err := set.Compare(ctx, tx, from, became[0], w, shapes)
	if err != nil {
		return nil, err
	}
	return &Outlook{Comparison: *c, From: from.Seq, To: became[0].Seq}, nil
}

// undefined reports whether an error says that a table, or a column that an earlier release did not write, is not there.
func undefined(err error) bool {
	var pgErr *pgconn.PgError
	return errors.As(err, &pgErr) && (pgErr.Code == "42P01" || pgErr.Code == "42703")
}
