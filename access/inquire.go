package access

import (
	"context"
	"fmt"
	"net/http"
	"slices"

	"nsdi/internal/errs"
)

// MayInquire answers by which right a subject asks a service that is used by grant: none is as an inquirer of the agency in charge; otherwise the grants in force, which
// count together. One for everywhere stands alone. The error for everybody else is *errs.Error: sign-in-needed (401), or grant-needed (403).
func (p *Permissions) MayInquire(ctx context.Context, s Subject, service string) ([]*Granted, error) {
	agency, known := InCharge(service)
	if !known {
		return nil, fmt.Errorf("may they inquire: %s is no service by grant", service)
	}
	if s.Public() {
		return nil, SignInNeeded()
	}
	if s.KeyID != 0 && !inScope(s.Scopes, Inquire, "") {
		return nil, grantNeeded(service)
	}
	inquirers := []int64{}
	for _, m := range s.Memberships {
		if !slices.Contains(m.Roles, Inquirer) {
			continue
		}
		if m.Agency == agency {
			return nil, nil
		}
		inquirers = append(inquirers, m.AgencyID)
	}
	grants, err := listGrants(ctx, p.Pool, `g.grantee_id = any($1) and g.service = $2 and g.revoked_at is null and g.granted_at <= $3 and g.until > $3`,
		inquirers, service, moment(p.Now))
	if err != nil {
		return nil, fmt.Errorf("may they inquire: %w", err)
	}
	if len(grants) == 0 {
		return nil, grantNeeded(service)
	}
	if i := slices.IndexFunc(grants, func(g *Granted) bool { return g.Territory == "" }); i >= 0 {
		return grants[i : i+1], nil
	}
	return grants, nil
}

func grantNeeded(service string) *errs.Error {
	return &errs.Error{
		Code: "grant-needed", Status: http.StatusForbidden, Op: "access.MayInquire", Value: service,
		Title:  errs.T("برای این خدمت مجوز لازم است", "This service needs a grant"),
		Detail: errs.T("دستگاه شما مجوز جاری این خدمت را ندارد، یا نقش یا کلید شما استعلام را روا نمی‌دارد.", "Your agency has no grant of this service in force, or your role or key does not allow inquiries."),
		Next: errs.Tf("با ‎POST /v1/access-requests‎ و service برابر %[1]s درخواست کنید، یا از سرپرست دستگاه خود نقش استعلام‌گیرنده بخواهید.",
			"Ask for it with POST /v1/access-requests and the service %[1]s, or ask your agency's administrator for the role of inquirer.", service),
	}
}
