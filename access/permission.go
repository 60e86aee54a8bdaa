package access

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"nsdi/internal/errs"
)

// Resource is what an action is about. A field that does not matter is empty.
type Resource struct {
	Theme        string
	DatasetID    int64  // its theme, agency and territory are read from the database
	SubmissionID int64  // so are those of its dataset, and who uploaded it
	Agency       string // code of the agency whose it is; "" for national data
	Service      string // code of an inquiry service
}

// Permissions answers the one question of who may do what, where.
type Permissions struct {
	Pool *pgxpool.Pool
	Now  func() time.Time // what delegations are measured against
}

// asked is the question with everything that the database knows about the resource.
type asked struct {
	action     Action
	theme      string
	agency     string
	territory  string
	service    string
	dataset    int64
	submission int64
	uploadedBy int64 // person, or who made the key; 0 for the operator
}

// Can answers nil when the subject may, and *errs.Error otherwise: sign-in-needed (401) for the public, not-permitted (403) for everybody else.
// What nothing allows is denied. A territory is the code of an administrative unit; "" is the whole territory of the dataset's agency.
func (p *Permissions) Can(ctx context.Context, s Subject, a Action, r Resource, territory string) error {
	_, err := p.By(ctx, s, a, r, territory)
	return err
}

// By answers as Can does, and says by which grant the subject may: nil is by what everybody may, or by a role in the agency itself.
func (p *Permissions) By(ctx context.Context, s Subject, a Action, r Resource, territory string) (*Granted, error) {
	if a == Read { // what is published is for everybody, and a key takes nothing away from what the public may
		return nil, nil
	}
	if s.Public() || len(s.Memberships) == 0 || (s.KeyID != 0 && inPerson(a)) {
		return nil, refused(s, a, r)
	}
	if s.KeyID != 0 && !everInScope(s.Scopes, a, r.Theme) {
		return nil, outOfScope(s, a, r)
	}
	q, ok, err := p.ask(ctx, a, r, territory)
	if err != nil {
		return nil, fmt.Errorf("may they %s: %w", a, err)
	}
	if !ok || (s.KeyID != 0 && !inScope(s.Scopes, a, q.theme)) {
		return nil, refused(s, a, r)
	}
	if fourEyes(a) && (q.submission == 0 || q.uploadedBy == s.PersonID) {
		return nil, refused(s, a, r)
	}
	for _, m := range s.Memberships {
		for _, role := range m.Roles {
			allowed, err := p.reaches(ctx, m, reachOf(role, a), q)
			if err != nil {
				return nil, fmt.Errorf("may they %s: %w", a, err)
			}
			if allowed {
				return nil, nil
			}
		}
	}
	g, err := p.granted(ctx, s, q)
	if err != nil {
		return nil, fmt.Errorf("may they %s: %w", a, err)
	}
	if g == nil {
		return nil, refused(s, a, r)
	}
	return g, nil
}

// ask completes the question. It is false when the resource does not exist or contradicts what the caller says of it: an address that names another
// agency's submission under one's own agency is no way around.
func (p *Permissions) ask(ctx context.Context, a Action, r Resource, territory string) (asked, bool, error) {
	q := asked{action: a, theme: r.Theme, agency: r.Agency, service: r.Service, territory: territory, dataset: r.DatasetID, submission: r.SubmissionID}
	if r.DatasetID == 0 && r.SubmissionID == 0 {
		return q, true, nil
	}
	var place string
	var err error
	if r.SubmissionID != 0 { // which has no dataset before its theme is confirmed
		err = p.Pool.QueryRow(ctx, `
			select coalesce(d.theme, s.theme, ''), a.code, coalesce(d.territory, s.territory, ''), coalesce(s.uploaded_by_person, k.created_by, 0)
			from layers.submission s
			left join layers.dataset d on d.id = s.dataset_id
			join access.agency a on a.id = s.agency_id
			left join access.key k on k.id = s.uploaded_by_key
			where s.id = $2
			  and ($1::bigint = 0 or s.dataset_id = $1)`, r.DatasetID, r.SubmissionID).Scan(&q.theme, &q.agency, &place, &q.uploadedBy)
	} else {
		err = p.Pool.QueryRow(ctx, `
			select d.theme, a.code, coalesce(d.territory, '')
			from layers.dataset d
			join access.agency a on a.id = d.agency_id
			where d.id = $1`, r.DatasetID).Scan(&q.theme, &q.agency, &place)
	}
	if errors.Is(err, pgx.ErrNoRows) {
		return q, false, nil
	}
	if err != nil {
		return q, false, err
	}
	if (r.Theme != "" && r.Theme != q.theme) || (r.Agency != "" && r.Agency != q.agency) {
		return q, false, nil
	}
	if territory == "" || place == "" {
		q.territory += place // one of them is empty
		return q, true, nil
	}
	var inside bool
	err = p.Pool.QueryRow(ctx, `select access.within($1, $2)`, territory, place).Scan(&inside)
	return q, inside, err
}

// reaches answers whether a membership with this reach extends to what is asked.
func (p *Permissions) reaches(ctx context.Context, m Membership, far reach, q asked) (bool, error) {
	if far == 0 || (themed(q.action) && (q.theme == "" || q.agency == "")) {
		return false, nil
	}
	var kind string
	var covers, delivers, delegated bool
	// What a delegation gives ends with the right of who gave it.
	err := p.Pool.QueryRow(ctx, `
		select a.kind, access.covers(a.id, $3), access.delivers(a.id, $4),
		  $6 and exists (
			select
			from access.delegation d
			join access.agency giver on giver.id = d.agency_id
			where d.contractor_id = a.id
			  and giver.code = $5
			  and d.theme = $4
			  and d.granted_at <= $7
			  and d.until > $7
			  and d.revoked_at is null
			  and (d.territory is null or access.within($3, d.territory))
			  and access.covers(giver.id, $3)
			  and access.delivers(giver.id, d.theme))
		from access.agency a
		where a.id = $1
		  and a.code = $2`, m.AgencyID, m.Agency, q.territory, q.theme, q.agency, far == delivering, p.Now()).Scan(&kind, &covers, &delivers, &delegated)
	if errors.Is(err, pgx.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	mine := q.agency == m.Agency && (!themed(q.action) || delivers)
	switch far {
	case own:
		return covers && mine, nil
	case delivering:
		return covers && mine || delegated, nil
	case overseeing:
		return covers && (mine || kind == kindCommittee), nil
	case committees:
		// A provincial committee sees places in its province, not an agency as a whole.
		return covers && (kind == kindCommittee || kind == kindProvincialCommittee && q.territory != ""), nil
	case inquiring:
		return covers, nil
	default:
		return false, nil
	}
}

// refused says no and how to go on. It does not say which rule was missed, so that asking does not map the rules out.
func refused(s Subject, a Action, r Resource) *errs.Error {
	if s.Public() {
		return SignInNeeded()
	}
	return &errs.Error{
		Code: "not-permitted", Status: http.StatusForbidden, Op: "access.Can", Value: r.Theme,
		Title:  errs.T("اجازه این کار را ندارید", "You are not permitted to do this"),
		Detail: errs.Tf("نقش، دستگاه، قلمرو یا کلید شما کار «%s» را روا نمی‌دارد.", "Your role, agency, territory or key does not allow the action %q.", a),
		Next: errs.T("از سرپرست دستگاه خود نقش یا واگذاری بخواهید. آن که بارگذاری کرده است نمی‌تواند همان را بررسی یا منتشر کند.",
			"Ask your agency's administrator for the role or a delegation. Whoever uploaded a submission cannot review or publish it."),
	}
}

// outOfScope tells a program that its key was not made for what it asks. It is said before anything is looked up, by what the key's holder knows.
func outOfScope(s Subject, a Action, r Resource) *errs.Error {
	e := refused(s, a, r)
	scopes, wanted := strings.Join(s.Scopes, " "), string(a)
	if r.Theme != "" {
		wanted += ":" + r.Theme
	}
	e.Detail = errs.Tf("دامنه این کلید، «\u2066%s\u2069»، این کار را ندارد.", "The scope of this key, %q, does not cover this.", scopes)
	e.Next = errs.Tf("از سرپرست دستگاه خود کلیدی با دامنه «\u2066%s\u2069» بخواهید.", "Ask your agency's administrator for a key with the scope %q.", wanted)
	return e
}

// SignInNeeded is what the public is told of what is not open to it.
func SignInNeeded() *errs.Error {
	return &errs.Error{
		Code: "sign-in-needed", Status: http.StatusUnauthorized, Op: "access.Can",
		Title:  errs.T("برای این کار باید وارد شوید", "Signing in is needed for this"),
		Detail: errs.T("این کار برای همگان باز نیست؛ برای کسانی است که وارد شده‌اند، و برای کلیدها.", "This is not open to the public: it is for people who have signed in, and for keys."),
		Next:   errs.T("وارد شوید یا کلید API بفرستید.", "Sign in, or send an API key."),
	}
}
