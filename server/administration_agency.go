package server

import (
	"context"
	"slices"
	"time"

	"nsdi/access"
	"nsdi/progress"
)

type agenciesBody struct {
	Agencies []access.Agency `json:"agencies"`
	// May tells the page which forms to show.
	Installation bool `json:"installation" doc:"The caller administers all agencies, and may add some"`
}

// listAgencies answers GET /v1/administration/agencies.
func (s *server) listAgencies(ctx context.Context, _ *struct{}) (*agenciesBody, error) {
	mine, err := s.administered(ctx)
	if err != nil {
		return nil, err
	}
	all, err := access.Agencies(ctx, s.System)
	if err != nil {
		return nil, err
	}
	return &agenciesBody{slices.DeleteFunc(all, func(a access.Agency) bool { return !within(mine, a.Code) }), mine == nil}, nil
}

type setAgencyInput struct {
	Body struct {
		Code        string   `json:"code" minLength:"2" maxLength:"63" example:"municipality-sari"`
		Kind        string   `json:"kind" enum:"ministry,registry,post,cartographic-centre,municipality,committee,provincial-committee,contractor,consumer"`
		NameFA      string   `json:"name_fa" minLength:"1" maxLength:"200"`
		NameEN      string   `json:"name_en" minLength:"1" maxLength:"200"`
		Parent      string   `json:"parent,omitempty" maxLength:"63" doc:"Agency that it belongs to; gives that one no right"`
		Territories []string `json:"territories,omitempty" maxItems:"500" doc:"Administrative units within which it may act; none: the country, and no place for municipality, provincial-committee and contractor"`
		Themes      []string `json:"themes,omitempty" maxItems:"200" doc:"Themes that it may deliver, beside those of every municipality; left out: no change"`
	}
}

// setAgency answers POST /v1/administration/agencies.
func (s *server) setAgency(ctx context.Context, in *setAgencyInput) (*access.Agency, error) {
	if err := s.administrates(ctx, ""); err != nil {
		return nil, err
	}
	b := in.Body
	if b.Territories == nil {
		b.Territories = []string{}
	}
	a := access.Agency{Code: b.Code, Kind: b.Kind, NameFA: b.NameFA, NameEN: b.NameEN, Parent: b.Parent, Territories: b.Territories, Themes: b.Themes}
	if err := access.EnsureAgency(ctx, s.System, a); err != nil {
		return nil, err
	}
	// What a municipality has to deliver counts from now on.
	if err := progress.RecalculateLayers(ctx, s.System); err != nil {
		return nil, err
	}
	all, err := access.Agencies(ctx, s.System)
	if err != nil {
		return nil, err
	}
	return &all[slices.IndexFunc(all, func(one access.Agency) bool { return one.Code == a.Code })], nil
}

type delegationBody struct {
	ID         int64  `json:"id"`
	Agency     string `json:"agency" doc:"Who delegates"`
	Contractor string `json:"contractor" doc:"Who delivers"`
	Theme      string `json:"theme"`
	Territory  string `json:"territory" doc:"Empty: wherever the agency itself may"`
	Granted    date   `json:"granted"`
	Until      date   `json:"until" doc:"First moment without it"`
	Revoked    *date  `json:"revoked"`
	InForce    bool   `json:"in_force"`
}

type delegationsBody struct {
	Delegations []delegationBody `json:"delegations" doc:"The newest first"`
}

func (s *server) delegations() *access.Delegations {
	return &access.Delegations{Pool: s.System, Now: s.Now}
}

// listDelegations answers GET /v1/administration/delegations.
func (s *server) listDelegations(ctx context.Context, _ *struct{}) (*delegationsBody, error) {
	mine, err := s.administered(ctx)
	if err != nil {
		return nil, err
	}
	all, err := s.delegations().List(ctx, "")
	if err != nil {
		return nil, err
	}
	body := &delegationsBody{[]delegationBody{}}
	for _, d := range all {
		if !within(mine, d.Agency) && !within(mine, d.Contractor) {
			continue
		}
		body.Delegations = append(body.Delegations, delegationBody{
			ID: d.ID, Agency: d.Agency, Contractor: d.Contractor, Theme: d.Theme, Territory: d.Territory, Granted: dated(d.GrantedAt), Until: dated(d.Until),
			Revoked: datedOrNull(d.Revoked), InForce: d.Revoked == nil && d.Until.After(s.Now()),
		})
	}
	return body, nil
}

type delegateInput struct {
	Body struct {
		Agency     string    `json:"agency" maxLength:"63"`
		Contractor string    `json:"contractor" maxLength:"63"`
		Theme      string    `json:"theme" maxLength:"64"`
		Territory  string    `json:"territory,omitempty" maxLength:"64"`
		Until      time.Time `json:"until" doc:"First moment without it"`
	}
}

type delegatedBody struct {
	ID int64 `json:"id"`
}

// delegate answers POST /v1/administration/delegations.
func (s *server) delegate(ctx context.Context, in *delegateInput) (*delegatedBody, error) {
	if err := s.administrates(ctx, in.Body.Agency); err != nil {
		return nil, err
	}
	b := in.Body
	id, err := s.delegations().Delegate(ctx, access.Delegation{Agency: b.Agency, Contractor: b.Contractor, Theme: b.Theme, Territory: b.Territory, Until: b.Until}, access.SubjectFrom(ctx).PersonID)
	return &delegatedBody{id}, err
}

type delegationInput struct {
	ID int64 `path:"id" minimum:"1"`
}

// revokeDelegation answers POST /v1/administration/delegations/{id}/revoke.
func (s *server) revokeDelegation(ctx context.Context, in *delegationInput) (*doneBody, error) {
	mine, err := s.administered(ctx)
	if err != nil {
		return nil, err
	}
	all, err := s.delegations().List(ctx, "")
	if err != nil {
		return nil, err
	}
	for _, d := range all {
		if d.ID == in.ID && !within(mine, d.Agency) {
			return nil, s.administrates(ctx, d.Agency)
		}
	}
	return done(s.delegations().Revoke(ctx, in.ID, access.SubjectFrom(ctx).PersonID))
}
