package access

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"nsdi/internal/errs"
)

// Decision is the custodian's answer to a request. What is empty is as it was asked for.
type Decision struct {
	Grant      bool
	Reason     string    // needed to refuse and to narrow
	Until      time.Time // not after what was asked for
	Territory  string    // inside what was asked for
	Attributes []string  // of the theme; nil for all of them
}

// Decide grants a request, as asked or narrowed, or refuses it. It is for administrators and publishers of the custodian, in person, and never for whoever asked.
func (r *Requests) Decide(ctx context.Context, who Subject, typed string, d Decision) (*Request, error) {
	const op = "access.Decide"
	q, err := r.Find(ctx, who, typed)
	if err != nil {
		return nil, err
	}
	if !decides(who, q) {
		return nil, refused(who, Administer, Resource{Theme: q.Theme})
	}
	d.Reason = strings.TrimSpace(d.Reason)
	narrowed := d.Grant && (!d.Until.IsZero() && d.Until.Before(q.Until) || d.Territory != "" && d.Territory != q.Territory || d.Attributes != nil)
	switch {
	case len(d.Reason) > maxText || !areText(append([]string{d.Reason, d.Territory}, d.Attributes...)...):
		return nil, requestInvalid(op, "body.reason", "", errs.Tf("دلیل متنی تا %d بایت است و قلمرو و صفت‌ها هم متن‌اند.", "A reason is text of at most %d bytes; territory and attributes are text too.", maxText))
	case d.Reason == "" && (!d.Grant || narrowed):
		return nil, requestInvalid(op, "body.reason", "", errs.T("برای رد یا محدود کردن دلیل لازم است.", "To refuse or to narrow, give the reason."))
	}
	if d.Until.IsZero() {
		d.Until = q.Until
	}
	if d.Territory == "" {
		d.Territory = q.Territory
	}
	now := moment(r.Now)
	if d.Grant {
		if err := r.fits(ctx, q, d, now); err != nil {
			return nil, err
		}
	}
	state := "refused"
	note := errs.Tf("رد شد: %s", "Refused: %s", d.Reason)
	detail := fmt.Sprintf("access of %s to %s refused", q.Applicant, q.what())
	if d.Grant {
		state = "granted"
		note = errs.Tf("داده شد تا %s.", "Granted until %s.", d.Until.UTC().Format(time.RFC3339))
		if narrowed {
			note = errs.Tf("محدود داده شد تا %s: %s", "Granted in part until %s: %s", d.Until.UTC().Format(time.RFC3339), d.Reason)
		}
		detail = fmt.Sprintf("access of %s to %s granted: territory %q, attributes %v, until %s", q.Applicant, q.what(), d.Territory, d.Attributes, d.Until.UTC().Format(time.RFC3339))
	}
	err = r.change(ctx, who, q, "requested", state, note, detail, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `update access.request set reason = $2, decided_at = $3 where tracking = $1`, q.Tracking, d.Reason, now)
		if err != nil || !d.Grant {
			return err
		}
		_, err = tx.Exec(ctx, `
			insert into access.grant (tracking, grantee_id, custodian_id, dataset_id, theme, service, territory, attributes, granted_at, until, granted_by)
			select tracking, applicant_id, custodian_id, dataset_id, theme, service, nullif($2, ''), $3, $4, $5, $6
			from access.request
			where tracking = $1`, q.Tracking, d.Territory, d.Attributes, now, d.Until, who.PersonID)
		return err
	})
	if err != nil {
		return nil, err
	}
	return r.Find(ctx, who, typed)
}

// decides reports whether the subject speaks for the custodian.
func decides(who Subject, q *Request) bool {
	return who.PersonID != 0 && who.KeyID == 0 && who.PersonID != q.PersonID && slices.ContainsFunc(who.Memberships, func(m Membership) bool {
		return m.Agency == q.Custodian && (slices.Contains(m.Roles, Administrator) || slices.Contains(m.Roles, Publisher))
	})
}

// fits looks whether a grant stays within what was asked for.
func (r *Requests) fits(ctx context.Context, q *Request, d Decision, now time.Time) error {
	const op = "access.Decide"
	if !d.Until.After(now) || d.Until.After(q.Until) {
		return requestInvalid(op, "body.until", d.Until.Format(time.RFC3339),
			errs.Tf("پایان در آینده و تا %s است؛ بیش از درخواست داده نمی‌شود.", "The end is in the future and until %s: no more is granted than was asked for.", q.Until.Format(time.RFC3339)))
	}
	var unit, inside bool
	var unknown []string
	err := r.System.QueryRow(ctx, `
		select $2 = '' or exists (select from layers.admin_unit where code = $2),
		  $2 = '' or (r.territory is null or access.within($2, r.territory)) and (d.territory is null or access.within($2, d.territory)),
		  (select coalesce(array_agg(a), '{}') from unnest($3::text[]) a where not coalesce(t.attributes, '[]') @> jsonb_build_array(jsonb_build_object('name', a)))
		from access.request r
		left join layers.dataset d on d.id = r.dataset_id
		left join layers.theme t on t.code = coalesce(d.theme, r.theme)
		where r.tracking = $1`, q.Tracking, d.Territory, d.Attributes).Scan(&unit, &inside, &unknown)
	switch {
	case err != nil:
		return fmt.Errorf("deciding %s: %w", q.Tracking, err)
	case !unit:
		return unknownTerritory(op, d.Territory)
	case !inside:
		return requestInvalid(op, "body.territory", d.Territory, errs.T("این جا بیرون از درخواست است.", "The place is outside what was asked for."))
	case len(unknown) > 0:
		return requestInvalid(op, "body.attributes", unknown[0], errs.Tf("موضوع صفتی به نام «%s» ندارد.", "The theme has no attribute %q.", unknown[0]))
	case d.Attributes != nil && len(d.Attributes) == 0:
		return requestInvalid(op, "body.attributes", "", errs.T("دست‌کم یک صفت بدهید یا همه را.", "Grant at least one attribute, or leave them out for all."))
	}
	return nil
}

// what names what a request is about.
func (q *Request) what() string {
	switch {
	case q.DatasetID != 0:
		return fmt.Sprintf("dataset:%d", q.DatasetID)
	case q.Theme != "":
		return "theme:" + q.Theme
	}
	return "service:" + q.Service
}

// Withdraw takes a request back before it is decided. It is for the agency that asked.
func (r *Requests) Withdraw(ctx context.Context, who Subject, typed string) (*Request, error) {
	q, err := r.Find(ctx, who, typed)
	if err != nil {
		return nil, err
	}
	if _, err := asksFor(who, q.Applicant); err != nil {
		return nil, err
	}
	note := errs.T("متقاضی آن را پس گرفت.", "The applicant took it back.")
	if err := r.change(ctx, who, q, "requested", "withdrawn", note, "", func(pgx.Tx) error { return nil }); err != nil {
		return nil, err
	}
	return r.Find(ctx, who, typed)
}

// Revoke ends a grant at once, for a reason. It is for who may decide.
func (r *Requests) Revoke(ctx context.Context, who Subject, typed, reason string) (*Request, error) {
	q, err := r.Find(ctx, who, typed)
	if err != nil {
		return nil, err
	}
	if !decides(who, q) {
		return nil, refused(who, Administer, Resource{Theme: q.Theme})
	}
	reason = strings.TrimSpace(reason)
	if reason == "" || len(reason) > maxText || storable(reason) != reason {
		return nil, requestInvalid("access.Revoke", "body.reason", "", errs.Tf("دلیل را بنویسید، تا %d بایت.", "Give the reason, in at most %d bytes.", maxText))
	}
	now := moment(r.Now)
	err = r.change(ctx, who, q, "granted", "revoked", errs.Tf("پس گرفته شد: %s", "Revoked: %s", reason), fmt.Sprintf("access of %s to %s revoked", q.Applicant, q.what()), func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `
			update access.grant
			set revoked_at = $2, revoked_by = $3
			where tracking = $1`, q.Tracking, now, who.PersonID)
		if err == nil {
			_, err = tx.Exec(ctx, `update access.request set reason = $2 where tracking = $1`, q.Tracking, reason)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return r.Find(ctx, who, typed)
}

// change takes a request from one state to the next, with what belongs to that, its event and, where detail says something, an entry in the audit trail. Of
// two that change it at once the second is told that it came too late.
func (r *Requests) change(ctx context.Context, who Subject, q *Request, from, to string, note errs.Text, detail string, also func(pgx.Tx) error) error {
	ctx = WithSubject(ctx, who)
	err := pgx.BeginFunc(ctx, r.System, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `
			update access.request
			set state = $3
			where tracking = $1
			  and state = $2`, q.Tracking, from, to)
		if err != nil {
			return err
		}
		if tag.RowsAffected() == 0 {
			return &errs.Error{
				Code: "access-request-decided", Status: http.StatusConflict, Op: "access.Requests", Value: string(q.Tracking),
				Title:  errs.T("درخواست در این وضعیت نیست", "The request is not in a state for this"),
				Detail: errs.Tf("این کار تنها از وضعیت «%s» شدنی است.", "This can be done in the state %q only.", from),
				Next:   errs.T("وضعیت درخواست را دوباره بخوانید.", "Read the state of the request again."),
			}
		}
		if err := also(tx); err != nil {
			return err
		}
		if err := (&Tracking{Now: r.Now}).Move(ctx, tx, q.Tracking, Step{State: to, Note: note}); err != nil {
			return err
		}
		if detail == "" {
			return nil
		}
		return (&AuditTrail{Now: r.Now}).Record(ctx, tx, Entry{
			Event: "permission", Action: Administer, Agency: q.Custodian, Resource: q.what(), Territory: q.Territory, Tracking: q.Tracking, Detail: detail,
		})
	})
	if err != nil {
		return fmt.Errorf("request %s: %w", q.Tracking, err)
	}
	return nil
}
