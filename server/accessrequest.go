package server

import (
	"context"
	"time"

	"nsdi/access"
)

type askInput struct {
	Body struct {
		Applicant   string    `json:"applicant,omitempty" maxLength:"64" doc:"Code of the agency that asks; not needed by members of one agency"`
		Dataset     int64     `json:"dataset,omitempty" minimum:"1" doc:"Id of a restricted dataset; or give theme and custodian, or service"`
		Theme       string    `json:"theme,omitempty" maxLength:"64" doc:"A restricted theme: all datasets of custodian in it"`
		Custodian   string    `json:"custodian,omitempty" maxLength:"64" doc:"Code of the agency whose theme it is"`
		Service     string    `json:"service,omitempty" maxLength:"64" doc:"Code of an inquiry service"`
		Territory   string    `json:"territory,omitempty" maxLength:"64" doc:"Code of an administrative unit; left out: all of it"`
		Purpose     string    `json:"purpose" minLength:"1" maxLength:"2000"`
		LegalGround string    `json:"legal_ground" minLength:"1" maxLength:"2000"`
		Until       time.Time `json:"until" doc:"The end, not included; within three years"`
	}
}

type accessRequest struct {
	Tracking    string       `json:"tracking" example:"NSDI-1405-K7Q2-93FX-8"`
	State       string       `json:"state" enum:"requested,granted,refused,withdrawn,revoked"`
	StateTitle  bilingual    `json:"state_title"`
	Applicant   string       `json:"applicant" doc:"Code of the agency that asks"`
	Custodian   string       `json:"custodian" doc:"Code of the agency that decides"`
	AskedBy     string       `json:"asked_by"`
	Dataset     *int64       `json:"dataset"`
	Theme       *string      `json:"theme"`
	Service     *string      `json:"service"`
	Territory   *string      `json:"territory"`
	Purpose     string       `json:"purpose"`
	LegalGround string       `json:"legal_ground"`
	Until       date         `json:"until"`
	Created     date         `json:"created"`
	Decided     *date        `json:"decided"`
	Reason      string       `json:"reason" doc:"Of the custodian"`
	Grant       *accessGrant `json:"grant,omitempty" doc:"In the answer about one request"`
	Uses        []grantUse   `json:"uses,omitempty" doc:"In the answer about one request: newest first, at most 200"`
}

type accessGrant struct {
	Tracking   string   `json:"tracking" doc:"Of the request that it answers"`
	Grantee    string   `json:"grantee"`
	Custodian  string   `json:"custodian"`
	Dataset    *int64   `json:"dataset"`
	Theme      *string  `json:"theme"`
	Service    *string  `json:"service"`
	Territory  *string  `json:"territory" doc:"Null: all of it"`
	Attributes []string `json:"attributes" doc:"Null: all of them"`
	Granted    date     `json:"granted"`
	Until      date     `json:"until" doc:"Not included; the grant ends by itself"`
	Revoked    *date    `json:"revoked"`
	InForce    bool     `json:"in_force"`
	Uses       int64    `json:"uses"`
	LastUse    *date    `json:"last_use"`
}

type grantUse struct {
	When     date   `json:"when"`
	Person   int64  `json:"person_id" doc:"0: no person"`
	Key      int64  `json:"key_id" doc:"0: no key"`
	Name     string `json:"name"`
	Action   string `json:"action"`
	What     string `json:"what"`
	Ended    *date  `json:"ended" doc:"Null: under way, or broken off with the server"`
	Complete *bool  `json:"complete"`
	Rows     *int64 `json:"rows"`
	Bytes    *int64 `json:"bytes" doc:"Before compression"`
}

// askForAccess answers POST /v1/access-requests.
func (s *server) askForAccess(ctx context.Context, in *askInput) (*accessRequest, error) {
	b := in.Body
	q, err := s.requests.Submit(ctx, access.SubjectFrom(ctx), access.Request{
		Applicant: b.Applicant, Custodian: b.Custodian, DatasetID: b.Dataset, Theme: b.Theme, Service: b.Service, Territory: b.Territory, Purpose: b.Purpose,
		LegalGround: b.LegalGround, Until: b.Until,
	})
	return s.requestBody(q, err)
}

type accessRequestsBody struct {
	Requests []*accessRequest `json:"requests" doc:"Of the caller's agencies on either side, newest first"`
}

// accessRequests answers GET /v1/access-requests.
func (s *server) accessRequests(ctx context.Context, _ *struct{}) (*accessRequestsBody, error) {
	who := access.SubjectFrom(ctx)
	all, err := s.requests.List(ctx, who)
	if err != nil {
		return nil, err
	}
	body := &accessRequestsBody{Requests: []*accessRequest{}}
	for _, q := range all {
		line, _ := s.requestBody(q, nil)
		body.Requests = append(body.Requests, line)
	}
	return body, nil
}

type requestInput struct {
	Tracking string `path:"tracking" doc:"Tracking identifier"`
}

// accessRequest answers GET /v1/access-requests/{tracking}.
func (s *server) accessRequest(ctx context.Context, in *requestInput) (*accessRequest, error) {
	who := access.SubjectFrom(ctx)
	return s.requestBody(s.requests.Find(ctx, who, in.Tracking))
}

type decisionInput struct {
	Tracking string `path:"tracking" doc:"Tracking identifier"`
	Body     struct {
		Decision   string     `json:"decision" enum:"grant,refuse"`
		Reason     string     `json:"reason,omitempty" maxLength:"2000" doc:"Needed to refuse, and to grant less than was asked for"`
		Until      *time.Time `json:"until,omitempty" doc:"Earlier than asked for"`
		Territory  string     `json:"territory,omitempty" maxLength:"64" doc:"A unit inside the one asked for"`
		Attributes []string   `json:"attributes,omitempty" maxItems:"100" doc:"Only these attributes of the theme"`
	}
}

// decideAccess answers POST /v1/access-requests/{tracking}/decision.
func (s *server) decideAccess(ctx context.Context, in *decisionInput) (*accessRequest, error) {
	who := access.SubjectFrom(ctx)
	d := access.Decision{Grant: in.Body.Decision == "grant", Reason: in.Body.Reason, Territory: in.Body.Territory, Attributes: in.Body.Attributes}
	if in.Body.Until != nil {
		d.Until = *in.Body.Until
	}
	return s.requestBody(s.requests.Decide(ctx, who, in.Tracking, d))
}

// withdrawAccess answers POST /v1/access-requests/{tracking}/withdraw.
func (s *server) withdrawAccess(ctx context.Context, in *requestInput) (*accessRequest, error) {
	who := access.SubjectFrom(ctx)
	return s.requestBody(s.requests.Withdraw(ctx, who, in.Tracking))
}

type revokeInput struct {
	Tracking string `path:"tracking" doc:"Tracking identifier"`
	Body     struct {
		Reason string `json:"reason" minLength:"1" maxLength:"2000"`
	}
}

// revokeAccess answers POST /v1/access-requests/{tracking}/revoke.
func (s *server) revokeAccess(ctx context.Context, in *revokeInput) (*accessRequest, error) {
	who := access.SubjectFrom(ctx)
	return s.requestBody(s.requests.Revoke(ctx, who, in.Tracking, in.Body.Reason))
}

type grantsBody struct {
	Grants []*accessGrant `json:"grants" doc:"That the caller's agencies gave or got, newest first, with those that have ended"`
}

// grants answers GET /v1/grants.
func (s *server) grants(ctx context.Context, _ *struct{}) (*grantsBody, error) {
	who := access.SubjectFrom(ctx)
	all, err := s.uses.List(ctx, who)
	if err != nil {
		return nil, err
	}
	body := &grantsBody{Grants: []*accessGrant{}}
	for _, g := range all {
		body.Grants = append(body.Grants, s.grantBody(g))
	}
	return body, nil
}

func (s *server) requestBody(q *access.Request, err error) (*accessRequest, error) {
	if err != nil {
		return nil, err
	}
	body := &accessRequest{
		Tracking: string(q.Tracking), State: q.State, StateTitle: bilingual(stateTitle(q.State)), Applicant: q.Applicant, Custodian: q.Custodian, AskedBy: q.Name,
		Dataset: orNull(q.DatasetID), Theme: orNull(q.Theme), Service: orNull(q.Service), Territory: orNull(q.Territory), Purpose: q.Purpose, LegalGround: q.LegalGround,
		Until: dated(q.Until), Created: dated(q.CreatedAt), Decided: datedOrNull(q.DecidedAt), Reason: q.Reason,
	}
	if q.Grant != nil {
		body.Grant = s.grantBody(q.Grant)
	}
	for _, u := range q.Uses {
		body.Uses = append(body.Uses, grantUse{
			When: dated(u.At), Person: u.PersonID, Key: u.KeyID, Name: u.Name, Action: string(u.Action), What: u.What, Ended: datedOrNull(u.EndedAt), Complete: u.Complete,
			Rows: u.Rows, Bytes: u.Bytes,
		})
	}
	return body, nil
}

func (s *server) grantBody(g *access.Granted) *accessGrant {
	return &accessGrant{
		Tracking: string(g.Tracking), Grantee: g.Grantee, Custodian: g.Custodian, Dataset: orNull(g.DatasetID), Theme: orNull(g.Theme), Service: orNull(g.Service),
		Territory: orNull(g.Territory), Attributes: g.Attributes, Granted: dated(g.GrantedAt), Until: dated(g.Until), Revoked: datedOrNull(g.RevokedAt),
		InForce: g.InForce(s.Now()), Uses: g.Uses, LastUse: datedOrNull(g.LastUse),
	}
}

// orNull is null for what is empty.
func orNull[T comparable](v T) *T {
	var empty T
	if v == empty {
		return nil
	}
	return &v
}

func datedOrNull(t *time.Time) *date {
	if t == nil {
		return nil
	}
	d := dated(*t)
	return &d
}
