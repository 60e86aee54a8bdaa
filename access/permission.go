package access

import (
	"context"
	"net/http"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"nsdi/internal/errs"
)

// Resource is what an action is about. A field that does not matter is empty.
type Resource struct {
	Theme        string
	DatasetID    int64
	SubmissionID int64
	Agency       string // code of the agency whose it is; "" for national data
}

// Permissions answers the one question of who may do what, where.
type Permissions struct {
	Pool *pgxpool.Pool
	Now  func() time.Time // what delegations are measured against
}

// Can answers nil when the subject may, and *errs.Error otherwise: sign-in-needed (401) for the public, not-permitted (403) for everybody else.
// What nothing allows is denied.
func (p *Permissions) Can(_ context.Context, s Subject, a Action, r Resource, _ string) error {
	if a == Read && r.Agency == "" {
		return nil
	}
	return refused(s, a, r)
}

// refused says no and how to go on. It does not say which rule was missed, so that asking does not map the rules out.
func refused(s Subject, a Action, r Resource) *errs.Error {
	if s.Public() {
		return &errs.Error{
			Code: "sign-in-needed", Status: http.StatusUnauthorized, Op: "access.Can",
			Title:  errs.T("برای این کار باید وارد شوید", "Signing in is needed for this"),
			Detail: errs.Tf("کار «%s» برای همگان باز نیست.", "The action %q is not open to the public.", a),
			Next:   errs.T("وارد شوید یا کلید API بفرستید.", "Sign in, or send an API key."),
		}
	}
	return &errs.Error{
		Code: "not-permitted", Status: http.StatusForbidden, Op: "access.Can", Value: r.Theme,
		Title:  errs.T("اجازه این کار را ندارید", "You are not permitted to do this"),
		Detail: errs.Tf("با نقش، دستگاه، قلمرو یا دامنه کلید شما، کار «%s» روا نیست.", "Your role, agency, territory or key scope does not allow the action %q.", a),
		Next:   errs.T("از سرپرست دستگاه خود نقش یا واگذاری بخواهید.", "Ask your agency's administrator for the role or a delegation."),
	}
}
