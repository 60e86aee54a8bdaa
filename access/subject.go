package access

import (
	"context"
	"slices"

	"nsdi/internal/pg"
)

// Role is what a person may do for one agency.
type Role string

// The roles. A person may have several, in several agencies.
const (
	Uploader        Role = "uploader"
	Reviewer        Role = "reviewer"
	Publisher       Role = "publisher"
	Inquirer        Role = "inquirer"
	CommitteeMember Role = "committee-member"
	Administrator   Role = "administrator"
	Auditor         Role = "auditor"
)

// Roles answers all roles.
func Roles() []Role {
	return []Role{Uploader, Reviewer, Publisher, Inquirer, CommitteeMember, Administrator, Auditor}
}

// Action is what is asked for.
type Action string

// The actions.
const (
	Read           Action = "read"            // what is published for everybody
	ReadRestricted Action = "read-restricted" // submissions, findings, and data that is not for everybody
	Upload         Action = "upload"          // hand over files
	Submit         Action = "submit"          // ask for a review of what was uploaded
	Review         Action = "review"          // accept or refuse a submission
	Publish        Action = "publish"         // put an accepted submission before everybody
	Rollback       Action = "rollback"        // bring back what was published before, or withdraw a dataset
	Inquire        Action = "inquire"         // ask an inquiry service
	Export         Action = "export"          // take restricted data away as files
	Administer     Action = "administer"      // people, keys, agencies, delegations
	Audit          Action = "audit"           // read the record of what was done
	Steer          Action = "steer"           // set what progress is measured against: plans and denominators
)

// Actions answers all actions.
func Actions() []Action {
	return []Action{Read, ReadRestricted, Upload, Submit, Review, Publish, Rollback, Inquire, Export, Administer, Audit, Steer}
}

// Membership is a person's or a key's place in one agency.
type Membership struct {
	AgencyID int64
	Agency   string // code
	Roles    []Role
}

// Subject is who asks: a person, a key, or, as the zero Subject, the public.
type Subject struct {
	PersonID, KeyID int64
	Name            string
	Memberships     []Membership
	// Scopes of a key narrow what its memberships allow: "upload:road", "read:*", "*". A key without one may only do what the public may; a person has none.
	Scopes []string
}

// Public reports whether nobody in particular asks.
func (s Subject) Public() bool { return s.PersonID == 0 && s.KeyID == 0 }

// Has reports whether the subject has a role in any agency.
func (s Subject) Has(r Role) bool {
	return slices.ContainsFunc(s.Memberships, func(m Membership) bool { return slices.Contains(m.Roles, r) })
}

type (
	subjectKey struct{}
	addressKey struct{}
)

// WithAddress puts into the context of a request where it came from, for the audit trail.
func WithAddress(ctx context.Context, address string) context.Context {
	return context.WithValue(ctx, addressKey{}, address)
}

func addressFrom(ctx context.Context) string {
	address, _ := ctx.Value(addressKey{}).(string)
	return address
}

// AddressFrom answers where a request came from.
func AddressFrom(ctx context.Context) string { return addressFrom(ctx) }

// ScopeOf is what row-level security shows the subject by itself: what is public, and the rows of its agencies. What it may see of others, a handler reads in
// their scope, after the permission was asked.
func ScopeOf(s Subject) pg.Scope {
	ids := make([]int64, 0, len(s.Memberships))
	for _, m := range s.Memberships {
		ids = append(ids, m.AgencyID)
	}
	return pg.Agencies(ids...)
}

// WithSubject puts who asks into the context of a request.
func WithSubject(ctx context.Context, s Subject) context.Context {
	return context.WithValue(ctx, subjectKey{}, s)
}

// SubjectFrom answers who asks: the public, where nobody was put in.
func SubjectFrom(ctx context.Context) Subject {
	s, _ := ctx.Value(subjectKey{}).(Subject)
	return s
}
