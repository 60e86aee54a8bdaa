package access

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"nsdi/internal/errs"
)

// Requests is the procedure by which planners and other applicants get access to what is not for everybody (Article 23 note 1): an agency asks, the custodian
// grants, narrows or refuses, and all of it is under one tracking identifier.
type Requests struct {
	Pool   *pgxpool.Pool    // what answers are read over, in the scope of who asks
	System *pgxpool.Pool    // sees everything: what is decided and followed up is written over it
	Now    func() time.Time // Defaults to time.Now.
	// InCharge answers the agency in charge of an inquiry service, by its code. Nil: there is no service to ask for.
	InCharge func(service string) (agency string, known bool)
}

// Request is what an agency asks for. One of Dataset, Theme and Service is set.
type Request struct {
	Tracking    Identifier
	Applicant   string // code of the agency that asks
	Custodian   string // code of the agency that decides
	Name        string // of who asked
	PersonID    int64
	KeyID       int64
	DatasetID   int64  // a restricted dataset
	Theme       string // all datasets of Custodian in a restricted theme
	Service     string // an inquiry service
	Territory   string // admin unit; "" for all of it
	Purpose     string
	LegalGround string
	Until       time.Time // not included
	State       string    // requested, granted, refused, withdrawn or revoked
	Reason      string    // of the custodian
	CreatedAt   time.Time
	DecidedAt   *time.Time
	Grant       *Granted // nil: none was given
	Uses        []Use    // of the grant, newest first; answered by Find only
}

const (
	// maxGrant bounds how long a grant that nobody thinks of any more is in force.
	maxGrant = 3 * 366 * 24 * time.Hour
	maxText  = 2000 // bytes of a purpose, a legal ground or a reason
)

const kindRequest = "access-request"

// Submit asks for access and answers the request with its identifier. The subject needs the role inquirer or administrator in the agency that asks, which may be
// left empty where there is only one. What is wrong is *errs.Error.
func (r *Requests) Submit(ctx context.Context, who Subject, q Request) (*Request, error) {
	const op = "access.Requests"
	now := moment(r.Now)
	applicant, err := asksFor(who, q.Applicant)
	if err != nil {
		return nil, err
	}
	q.Purpose, q.LegalGround = strings.TrimSpace(q.Purpose), strings.TrimSpace(q.LegalGround)
	if err := q.check(now); err != nil {
		return nil, err
	}
	custodian, theme, err := r.custodian(ctx, &q)
	if err != nil {
		return nil, err
	}
	if who.KeyID != 0 && !inScope(who.Scopes, Inquire, theme) {
		return nil, refused(who, Inquire, Resource{Theme: theme})
	}
	if custodian == applicant.AgencyID {
		return nil, requestInvalid(op, "body", q.Custodian, errs.T("دستگاه از خود درخواست دسترسی نمی‌کند.", "An agency does not ask itself for access."))
	}
	var id Identifier
	ctx = WithSubject(ctx, who)
	err = pgx.BeginFunc(ctx, r.System, func(tx pgx.Tx) error {
		var unit errs.Text
		if err := tx.QueryRow(ctx, `select code, name_fa, name_en from access.agency where id = $1`, custodian).Scan(&q.Custodian, &unit.FA, &unit.EN); err != nil {
			return err
		}
		id, err = (&Tracking{Now: r.Now}).Open(ctx, tx, kindRequest, applicant.Agency, Step{State: "requested", Unit: unit, Note: errs.T(q.Purpose, q.Purpose)})
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `
			insert into access.request (tracking, applicant_id, custodian_id, person_id, key_id, name, dataset_id, theme, service, territory, purpose, legal_ground,
			  until, state, created_at)
			values ($1, $2, $3, nullif($4::bigint, 0), nullif($5::bigint, 0), $6, nullif($7::bigint, 0), nullif($8, ''), nullif($9, ''), nullif($10, ''), $11, $12,
			  $13, 'requested', $14)`,
			id, applicant.AgencyID, custodian, who.PersonID, who.KeyID, who.Name, q.DatasetID, q.Theme, q.Service, q.Territory, q.Purpose, q.LegalGround, q.Until, now)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("asking for access: %w", err)
	}
	return r.Find(ctx, who, string(id))
}

// asksFor answers the membership in whose name the subject asks.
func asksFor(who Subject, agency string) (Membership, error) {
	if who.Public() {
		return Membership{}, refused(who, Inquire, Resource{})
	}
	var may []Membership
	for _, m := range who.Memberships {
		if (agency == "" || m.Agency == agency) && (slices.Contains(m.Roles, Inquirer) || slices.Contains(m.Roles, Administrator)) {
			may = append(may, m)
		}
	}
	switch len(may) {
	case 0:
		return Membership{}, refused(who, Inquire, Resource{})
	case 1:
		return may[0], nil
	}
	return Membership{}, requestInvalid("access.Requests", "body.applicant", "", errs.T("شما در چند دستگاه نقش دارید؛ یکی را نام ببرید.", "You have a role in several agencies: name one."))
}

// check looks at what can be judged without the database.
func (q *Request) check(now time.Time) error {
	const op = "access.Requests"
	given := 0
	for _, is := range []bool{q.DatasetID != 0, q.Theme != "", q.Service != ""} {
		if is {
			given++
		}
	}
	switch {
	case given != 1:
		return requestInvalid(op, "body", "", errs.T("یکی از dataset، theme و service را بدهید.", "Give one of dataset, theme and service."))
	case q.Theme != "" && q.Custodian == "":
		return requestInvalid(op, "body.custodian", "", errs.T("برای همه یک موضوع دستگاه متولی را نام ببرید.", "Name the custodian whose theme it is."))
	case q.Purpose == "" || len(q.Purpose) > maxText:
		return requestInvalid(op, "body.purpose", "", errs.Tf("هدف را بنویسید، تا %d بایت.", "Write the purpose, in at most %d bytes.", maxText))
	case q.LegalGround == "" || len(q.LegalGround) > maxText:
		return requestInvalid(op, "body.legal_ground", "", errs.Tf("مبنای قانونی را بنویسید، تا %d بایت.", "Write the legal ground, in at most %d bytes.", maxText))
	case !areText(q.Purpose, q.LegalGround, q.Theme, q.Custodian, q.Service, q.Territory):
		return requestInvalid(op, "body", "", errs.T("متن درست نیست.", "That is no text."))
	case !q.Until.After(now) || q.Until.Sub(now) > maxGrant:
		return requestInvalid(op, "body.until", q.Until.Format(time.RFC3339), errs.T("پایان باید در آینده و تا سه سال دیگر باشد.", "The end is in the future, and within three years."))
	}
	return nil
}

// custodian answers who decides, and of which theme it is, after it looked whether what is asked for is there and restricted.
func (r *Requests) custodian(ctx context.Context, q *Request) (id int64, theme string, err error) {
	const op = "access.Requests"
	if q.Service != "" {
		agency, known := "", false
		if r.InCharge != nil {
			agency, known = r.InCharge(q.Service)
		}
		if !known {
			return 0, "", requestInvalid(op, "body.service", q.Service, errs.T("چنین خدمتی برای درخواست نیست.", "There is no such service to ask for."))
		}
		q.Custodian = agency
	}
	var restricted, unit, inside bool
	err = r.System.QueryRow(ctx, `
		select a.id, coalesce(t.code, ''), coalesce(t.restricted, false),
		  $5 = '' or exists (select from layers.admin_unit where code = $5),
		  $5 = '' or d.territory is null or access.within($5, d.territory)
		from (values (1)) one
		left join layers.dataset d on d.id = $1
		join access.agency a on a.id = d.agency_id or $1 = 0 and a.code = $2
		left join layers.theme t on t.code = coalesce(d.theme, $3)
		where $4 <> '' or t.code is not null and (d.id is not null or access.delivers(a.id, t.code))`, q.DatasetID, q.Custodian, q.Theme, q.Service, q.Territory).
		Scan(&id, &theme, &restricted, &unit, &inside)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return 0, "", requestInvalid(op, "body", "", errs.T("چنین داده‌ای نزد این دستگاه نیست.", "The agency has no such data."))
	case err != nil:
		return 0, "", fmt.Errorf("asking for access: %w", err)
	case !unit:
		return 0, "", unknownTerritory(op, q.Territory)
	case !inside:
		return 0, "", requestInvalid(op, "body.territory", q.Territory, errs.T("این جا بیرون از قلمرو داده است.", "The place is outside that of the data."))
	case q.Service == "" && !restricted:
		return 0, "", requestInvalid(op, "body", theme, errs.T("این داده برای همگان است و درخواست نمی‌خواهد.", "The data is for everybody and needs no request."))
	}
	return id, theme, nil
}

func requestInvalid(op, location, value string, what errs.Text) *errs.Error {
	return &errs.Error{
		Code: "access-request-invalid", Status: http.StatusUnprocessableEntity, Op: op, Location: location, Value: value,
		Title:  errs.T("درخواست دسترسی پذیرفته نیست", "The request for access is not accepted"),
		Detail: what,
		Next:   errs.T("آن را درست کنید و دوباره بفرستید؛ داده‌ها در ‎/v1/datasets و موضوع‌ها در ‎/v1/themes است.", "Correct it and send it again; datasets are at /v1/datasets and themes at /v1/themes."),
	}
}

const requestColumns = `
	r.tracking, e.code, c.code, r.name, coalesce(r.person_id, 0), coalesce(r.key_id, 0), coalesce(r.dataset_id, 0), coalesce(r.theme, ''), coalesce(r.service, ''),
	coalesce(r.territory, ''), r.purpose, r.legal_ground, r.until, r.state, r.reason, r.created_at, r.decided_at
	from access.request r
	join access.agency e on e.id = r.applicant_id
	join access.agency c on c.id = r.custodian_id`

func scanRequest(row pgx.CollectableRow) (*Request, error) {
	var q Request
	return &q, row.Scan(&q.Tracking, &q.Applicant, &q.Custodian, &q.Name, &q.PersonID, &q.KeyID, &q.DatasetID, &q.Theme, &q.Service, &q.Territory, &q.Purpose,
		&q.LegalGround, &q.Until, &q.State, &q.Reason, &q.CreatedAt, &q.DecidedAt)
}

// Find answers a request to the members of both its sides, with its grant and the uses of that. To everybody else it is as one that is not there.
func (r *Requests) Find(ctx context.Context, who Subject, typed string) (*Request, error) {
	id, err := ParseIdentifier(typed)
	if err != nil {
		id = decoyIdentifier
	}
	var q *Request
	err = readAs(ctx, r.Pool, who, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `select `+requestColumns+` where r.tracking = $1 and (r.applicant_id = any($2) or r.custodian_id = any($2))`, id, who.agencies())
		if err != nil {
			return err
		}
		if q, err = pgx.CollectExactlyOneRow(rows, scanRequest); err != nil {
			return err
		}
		all, err := listGrants(ctx, tx, `g.tracking = $1`, id)
		if err != nil || len(all) != 1 {
			return err
		}
		q.Grant = all[0]
		q.Uses, err = usesUnder(ctx, tx, id)
		return err
	})
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, trackingUnknown()
	}
	if err != nil {
		return nil, fmt.Errorf("request %s: %w", id, err)
	}
	return q, nil
}

// List answers the requests of the subject's agencies, on either side, newest first.
func (r *Requests) List(ctx context.Context, who Subject) (all []*Request, err error) {
	err = readAs(ctx, r.Pool, who, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `select `+requestColumns+` where r.applicant_id = any($1) or r.custodian_id = any($1) order by r.created_at desc, r.tracking`, who.agencies())
		if err != nil {
			return err
		}
		all, err = pgx.CollectRows(rows, scanRequest)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("listing requests: %w", err)
	}
	return all, nil
}

// areText reports whether PostgreSQL takes all of these as text.
func areText(all ...string) bool {
	return !slices.ContainsFunc(all, func(s string) bool { return storable(s) != s })
}
