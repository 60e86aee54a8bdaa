package layers

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"nsdi/internal/errs"
)

// What people decide about a submission. Each is done in the caller's transaction, whose scope has to show the submission, after the permission was asked.
// A decision that the submission's state does not allow is *errs.Error submission-state (409).

// Actor is who decides: a person, or an API key.
type Actor struct{ Person, Key int64 }

// Confirmation says how the files of an inspected submission are to be taken.
type Confirmation struct {
	Theme         string
	Territory     string
	Mapping       Mapping
	Mode          Mode // Defaults to Replace.
	AllowRemovals bool
	Profile       string // that decides how grave findings are; defaults to StandardProfile
	Submit        bool   // a report without errors is sent to be reviewed at once
}

// Confirm has the submission checked. A checked submission may be confirmed again with another mapping.
func (im *Importer) Confirm(ctx context.Context, tx pgx.Tx, s *Submission, c Confirmation) error {
	if c.Mode == "" {
		c.Mode = Replace
	}
	if !slices.Contains(Modes(), c.Mode) {
		return unknown("mode-unknown", string(c.Mode), errs.T("چنین شیوه‌ای نیست", "There is no such mode"), errs.T("یکی از replace، append، upsert و delete را بنویسید.", "Write replace, append, upsert or delete."))
	}
	req := Request{Theme: c.Theme, Agency: s.Agency, Territory: c.Territory, Mapping: c.Mapping}
	if req.Theme == "" {
		return unknown("theme-unknown", "", errs.T("موضوع نوشته نشده است", "No theme is named"), errs.T("موضوع را بنویسید.", "Name the theme."))
	}
	dataset, err := im.address(ctx, tx, &req)
	if err != nil {
		return err
	}
	if err := im.answered(ctx, tx, s, &c); err != nil {
		return err
	}
	mapping, err := json.Marshal(c.Mapping)
	if err != nil {
		return fmt.Errorf("confirm: %w", err)
	}
	through := Validated
	if c.Submit {
		through = Submitted
	}
	theme, err := called(ctx, tx, c.Theme)
	if err != nil {
		return err
	}
	err = im.decide(ctx, tx, s, Confirmed, []State{Inspected, Validated}, theme, `
		dataset_id = $4, theme = $5, territory = nullif($6, ''), options = $7, mode = $8, through = $9, allow_removals = $10, problem = null`,
		dataset, c.Theme, c.Territory, mapping, c.Mode, through, c.AllowRemovals)
	if err != nil {
		return err
	}
	if err := setProfile(ctx, tx, s.ID, c.Profile); err != nil {
		return err
	}
	return im.enqueue(ctx, tx, s.ID)
}

// answered refuses a confirmation that leaves open what the inspection asked, or in which reference system the coordinates are.
func (im *Importer) answered(ctx context.Context, tx pgx.Tx, s *Submission, c *Confirmation) error {
	if s.Inspection == nil {
		return nil
	}
	theme, err := findTheme(ctx, tx, c.Theme)
	if err != nil {
		return err
	}
	if theme.Geometry != "none" && c.Mode != Delete && c.Mapping.CRS == "" {
		options, err := c.Mapping.options()
		if err != nil {
			return err
		}
		for _, l := range s.Inspection.Layers {
			if options.Chosen(l.Name) && l.CRS == "" && l.Geometry != "none" && !isTable(l.File) {
				return missingCRS(l.File)
			}
		}
	}
	if s.Inspection.Question == nil {
		return nil
	}
	store, err := im.storeOf(theme)
	if err != nil || store.Plates == nil || c.Mapping.answers(s.Inspection.Question, store.Plates) {
		return err
	}
	problem := s.Inspection.Question.unanswered()
	problem.Location = "body.mapping.plate"
	return problem
}

// Submit asks for a review. What would be lost has to be confirmed by name: rows that were refused, and a large part of what is published.
func (im *Importer) Submit(ctx context.Context, tx pgx.Tx, s *Submission, acceptRefused, allowRemovals bool) error {
	if s.State == Validated && s.Report != nil {
		if s.Report.Accepted == 0 {
			return nothingAccepted(s.Report)
		}
		if s.Report.Refused > 0 && !acceptRefused {
			return &errs.Error{
				Code: "rows-refused", Status: http.StatusConflict, Op: "layers.Submit", Location: "body.accept_refused",
				Title:  errs.T("بخشی از ردیف‌ها رد شده است", "Some rows were refused"),
				Detail: errs.Tf("%d ردیف از %d ردیف منتشر نخواهد شد.", "%d of %d rows will not be published.", s.Report.Refused, s.Report.RowsIn),
				Next:   errs.T("آن‌ها را درست کنید و دوباره تحویل دهید، یا با accept_refused تأیید کنید.", "Mend them and deliver again, or confirm with accept_refused."),
			}
		}
		theme, err := findTheme(ctx, tx, s.Theme)
		if err != nil {
			return err
		}
		if massive(s.Report, theme.MassRemoval) && !s.AllowRemovals && !allowRemovals {
			return massRemovalProblem(s.Report.Removed, s.Report.Unchanged+s.Report.Altered+s.Report.Removed+s.Report.Kept)
		}
	}
	return im.decide(ctx, tx, s, Submitted, []State{Validated}, errs.T("برای بررسی فرستاده شد.", "It was sent to be reviewed."),
		`allow_removals = allow_removals or $4`, allowRemovals)
}

// withNote is a text with what a person adds to it.
func withNote(t errs.Text, note string) errs.Text {
	if note == "" {
		return t
	}
	return errs.T(t.FA+" "+note, t.EN+" "+note)
}

// Accept is a reviewer's yes. A publisher is asked next.
func (im *Importer) Accept(ctx context.Context, tx pgx.Tx, s *Submission, by Actor, note string) error {
	return im.decide(ctx, tx, s, Reviewed, []State{Submitted}, withNote(errs.T("بررسی شد و پذیرفته است.", "It was reviewed and accepted."), note),
		`reviewed_by_person = nullif($4::bigint, 0), reviewed_by_key = nullif($5::bigint, 0), review_reason = nullif($6, '')`, by.Person, by.Key, note)
}

// Publish is a publisher's yes. The publication is a job.
func (im *Importer) Publish(ctx context.Context, tx pgx.Tx, s *Submission, by Actor, note string) error {
	err := im.decide(ctx, tx, s, Approved, []State{Submitted, Reviewed}, withNote(errs.T("انتشار پذیرفته شد.", "Its publication was accepted."), note), `
		published_by = nullif($4::bigint, 0), reviewed_by_person = coalesce(reviewed_by_person, nullif($4::bigint, 0)), reviewed_by_key = coalesce(reviewed_by_key, nullif($5::bigint, 0)),
		review_reason = coalesce(nullif($6, ''), review_reason), problem = null`, by.Person, by.Key, note)
	if err != nil {
		return err
	}
	return im.enqueue(ctx, tx, s.ID)
}

// Return is a reviewer's no, for a reason that the uploader is told.
func (im *Importer) Return(ctx context.Context, tx pgx.Tx, s *Submission, by Actor, reason string) error {
	reason = strings.TrimSpace(reason)
	if reason == "" {
		return &errs.Error{
			Code: "reason-missing", Status: http.StatusUnprocessableEntity, Op: "layers.Return", Location: "body.reason",
			Title: errs.T("دلیل نوشته نشده است", "No reason is given"),
			Next:  errs.T("بنویسید چرا بازگردانده می‌شود و چه باید درست شود.", "Write why it is returned and what has to be mended."),
		}
	}
	return im.decide(ctx, tx, s, Returned, []State{Submitted, Reviewed}, errs.T("بازگردانده شد: "+reason, "It was returned: "+reason), `
		reviewed_by_person = nullif($4::bigint, 0), reviewed_by_key = nullif($5::bigint, 0), review_reason = $6, finished_at = now()`, by.Person, by.Key, reason)
}

// Withdraw takes back what is not published yet.
func (im *Importer) Withdraw(ctx context.Context, tx pgx.Tx, s *Submission, reason string) error {
	note := errs.T("پس گرفته شد.", "It was withdrawn.")
	if reason != "" {
		note = errs.T("پس گرفته شد: "+reason, "It was withdrawn: "+reason)
	}
	return im.decide(ctx, tx, s, Withdrawn, []State{Received, Inspected, Confirmed, Validated, Submitted, Reviewed}, note, `progress = null, finished_at = now()`)
}

// Excepted names one row that breaks a rule.
type Excepted struct {
	Rule   string
	Source string // file and layer, as in the finding
	Row    int64
	Reason string
}

// waivable are the rules that a reviewer may let a row break: the row is whole, and only where it lies is not as it should be.
func waivable() []string {
	var codes []string
	for code, d := range (&Store{}).definitions() {
		if d.Excusable {
			codes = append(codes, code)
		}
	}
	slices.Sort(codes)
	return codes
}

// Except lets a row break a rule, for a reason, and has the submission checked again.
func (im *Importer) Except(ctx context.Context, tx pgx.Tx, s *Submission, by Actor, e Excepted) error {
	if strings.TrimSpace(e.Reason) == "" {
		return &errs.Error{
			Code: "reason-missing", Status: http.StatusUnprocessableEntity, Op: "layers.Except", Location: "body.reason",
			Title: errs.T("دلیل نوشته نشده است", "No reason is given"), Next: errs.T("دلیل استثنا را بنویسید.", "Write the reason of the exception."),
		}
	}
	if !slices.Contains(waivable(), e.Rule) {
		return &errs.Error{
			Code: "rule-not-waivable", Status: http.StatusUnprocessableEntity, Op: "layers.Except", Location: "body.rule", Value: e.Rule,
			Title:  errs.T("این قاعده استثنا نمی‌پذیرد", "The rule takes no exceptions"),
			Detail: errs.Tf("قاعده‌هایی که استثنا می‌پذیرند: %s", "Rules that do: %s", strings.Join(waivable(), ", ")),
			Next:   errs.T("ردیف باید درست شود؛ تحویل را با دلیل بازگردانید.", "The row has to be mended; return the submission with a reason."),
		}
	}
	var found bool
	err := tx.QueryRow(ctx, `
		select exists (select from layers.finding where submission_id = $1 and rule = $2 and source = $3 and coalesce(row_number, 0) = $4)`,
		s.ID, e.Rule, e.Source, e.Row).Scan(&found)
	if err != nil {
		return fmt.Errorf("exception: %w", err)
	}
	if !found {
		return &errs.Error{
			Code: "finding-unknown", Status: http.StatusNotFound, Op: "layers.Except", Location: "body", Value: fmt.Sprint(e.Row),
			Title: errs.T("چنین یافته‌ای نیست", "There is no such finding"), Next: errs.T("یافته را از گزارش بردارید.", "Take the finding from the report."),
		}
	}
	err = im.decide(ctx, tx, s, Confirmed, []State{Validated, Submitted, Reviewed},
		errs.Tf("استثنا برای %[1]s در ردیف %[2]d: %[3]s", "Exception to %[1]s in row %[2]d: %[3]s", e.Rule, e.Row, e.Reason), `problem = null`)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `
		insert into layers.exception (submission_id, rule, source, row_number, reason, granted_by_person, granted_by_key)
		values ($1, $2, $3, $4, $5, nullif($6::bigint, 0), nullif($7::bigint, 0))
		on conflict do nothing`, s.ID, e.Rule, e.Source, e.Row, e.Reason, by.Person, by.Key)
	if err != nil {
		return fmt.Errorf("exception: %w", err)
	}
	return im.enqueue(ctx, tx, s.ID)
}

// decide moves the submission from one of the states, with what else is set; $4 and on are its arguments.
func (im *Importer) decide(ctx context.Context, tx pgx.Tx, s *Submission, to State, from []State, note errs.Text, set string, args ...any) error {
	tag, err := tx.Exec(ctx, `
		update layers.submission
		set state = $2, attempts = 0, updated_at = now(), `+set+`
		where id = $1
		  and state = any($3)`, append([]any{s.ID, to, from}, args...)...)
	if err != nil {
		return fmt.Errorf("%s: %w", to, err)
	}
	if tag.RowsAffected() == 0 {
		return conflict(s, to)
	}
	s.State = to
	w := &work{importer: im, sub: s}
	return w.moved(ctx, tx, string(to), note)
}
