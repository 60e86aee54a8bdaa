package access

import (
	"math"
	"net/http"
	"strconv"
	"time"

	"nsdi/internal/errs"
)

// Service is the identity card of a service that nsdi offers. It holds what Article 9 note 2 lists, by its numbers, and the terms that Article 39 wants
// published. All cards are in Services; what the operator decides is in ServiceTerms.
type Service struct {
	ID           string // 1: code, such as nsdi-geocode; it never changes, because ratings are sent under it (Article 36)
	Title        errs.Text
	Description  errs.Text
	Legal        []LegalGround // 2
	Kind         ServiceKind   // 3
	Users        errs.Text     // 4
	Needs        errs.Text     // 5: what the user has to give
	FromAgencies errs.Text     // 6: what other agencies have to give
	Access       ServiceAccess // 7: who may use it
	Identity     errs.Text     // 7: how it is found out who that is
	InPerson     errs.Text     // 9
	Time         errs.Text     // 10
	Agency       Unit          // 11: in charge
	Units        []Unit        // 11: others that take part

	Routes  []string // as in the server's permissions: "GET /v1/geocode"; none: used at the command line
	Formats []string // protocol and formats
	Class   string   // of quota; empty: not counted
	Terms   []errs.Text
	Version string
	Since   time.Time
}

// LegalGround is where the law asks for the service.
type LegalGround struct {
	Resolution string // its year, 1392 or 1400
	Article    string // such as "27" or "23 note 2"
	Subject    errs.Text
}

// Unit is an agency on a card, under its code in the register of agencies.
type Unit struct {
	Code string
	Name errs.Text
}

// ServiceKind is what Article 9 note 2 tells services apart by.
type ServiceKind string

// The kinds.
const (
	Governing  ServiceKind = "governing"  // حاکمیتی
	Supporting ServiceKind = "supporting" // حمایتی
)

// Title names the kind.
func (k ServiceKind) Title() errs.Text {
	if k == Supporting {
		return errs.T("حمایتی", "Supporting")
	}
	return errs.T("حاکمیتی", "Governing")
}

// ServiceAccess is who may use a service.
type ServiceAccess string

// The ways to a service.
const (
	ForAll     ServiceAccess = "open"
	ByRole     ServiceAccess = "role"     // who signs in or sends a key, and has the role
	ByGrant    ServiceAccess = "grant"    // who was granted it
	ByOperator ServiceAccess = "operator" // at the command line of the server
)

// Title names the way.
func (a ServiceAccess) Title() errs.Text {
	switch a {
	case ForAll:
		return errs.T("برای همگان", "Open to all")
	case ByRole:
		return errs.T("با ورود یا کلید، بر پایه نقش", "By sign-in or key, with the role")
	case ByGrant:
		return errs.T("با مجوز", "By grant")
	default:
		return errs.T("با سرپرست سامانه", "Through the operator")
	}
}

// ServiceTerms is what the operator of an installation decides for all its services. What is empty is told as not promised or not published.
type ServiceTerms struct {
	Availability float64           // share of each month in which services answer, per cent; 0: no promise
	Support      string            // address or telephone number of whoever helps
	Codes        map[string]string // code that the presidency's vice-presidency gave a service (Article 9), by ID
}

// Check refuses terms that cannot be meant.
func (t ServiceTerms) Check() error {
	if math.IsNaN(t.Availability) || t.Availability < 0 || t.Availability > 100 {
		return &errs.Error{
			Code: "availability-invalid", Op: "access.ServiceTerms", Value: strconv.FormatFloat(t.Availability, 'g', -1, 64),
			Title:  errs.T("درصد در دسترس بودن پذیرفته نیست", "The availability is not accepted"),
			Detail: errs.T("درصدی از ۰ تا ۱۰۰ است.", "It is a percentage from 0 to 100."),
			Next:   errs.T("NSDI_AVAILABILITY را درست کنید.", "Correct NSDI_AVAILABILITY."),
		}
	}
	for id := range t.Codes {
		if _, err := FindService(id); err != nil {
			return err
		}
	}
	return nil
}

// Codes of the inquiry services that are used by grant.
const (
	ParcelInquiry     = "nsdi-parcel-inquiry"
	PostalInquiry     = "nsdi-postal-inquiry"
	BuildingInquiry   = "nsdi-building-units"
	PostalCertificate = "nsdi-postal-certificate"
	PostalChanges     = "nsdi-postal-changes"
)

// InCharge answers the agency in charge of a service that is used by grant.
func InCharge(service string) (agency string, known bool) {
	s, err := FindService(service)
	return s.Agency.Code, err == nil && s.Access == ByGrant
}

// FindService answers the card of an identifier. The error is *errs.Error service-unknown (404).
func FindService(id string) (Service, error) {
	for _, s := range Services() {
		if s.ID == id {
			return s, nil
		}
	}
	return Service{}, &errs.Error{
		Code: "service-unknown", Status: http.StatusNotFound, Op: "access.FindService", Location: "path.id", Value: id,
		Title:  errs.T("چنین خدمتی نیست", "There is no such service"),
		Detail: errs.T("هیچ خدمتی این شناسه را ندارد.", "No service has this identifier."),
		Next:   errs.T("شناسه‌ها در ‎/v1/services آمده است.", "The identifiers are listed at /v1/services."),
	}
}
