package server

import (
	"context"
	"strings"

	"nsdi/access"
)

type personBody struct {
	Login       string         `json:"login"`
	Name        string         `json:"name"`
	Memberships []meMembership `json:"memberships" doc:"In the agencies that the caller administers"`
	Elsewhere   bool           `json:"elsewhere" doc:"Is something in an agency that the caller does not administer, so that the account itself is not the caller's to change"`
	Closed      *date          `json:"closed" doc:"null: the account is open"`
	MustChange  bool           `json:"must_change_password"`
}

type peopleBody struct {
	People []personBody `json:"people" doc:"By login"`
}

// listPeople answers GET /v1/administration/people.
func (s *server) listPeople(ctx context.Context, _ *struct{}) (*peopleBody, error) {
	mine, err := s.administered(ctx)
	if err != nil {
		return nil, err
	}
	people, err := access.People(ctx, s.System)
	if err != nil {
		return nil, err
	}
	body := &peopleBody{[]personBody{}}
	for _, p := range people {
		line := personBody{Login: p.Login, Name: p.Name, Memberships: []meMembership{}, Closed: datedOrNull(p.DisabledAt), MustChange: p.MustChangePassword}
		for _, m := range p.Memberships {
			if within(mine, m.Agency) {
				line.Memberships = append(line.Memberships, meMembership{m.Agency, m.Roles})
			} else {
				line.Elsewhere = true
			}
		}
		if mine == nil || len(line.Memberships) > 0 {
			body.People = append(body.People, line)
		}
	}
	return body, nil
}

type addPersonInput struct {
	Body struct {
		Login  string      `json:"login" minLength:"2" maxLength:"63" doc:"Small Latin letters, digits, dots, hyphens and underscores"`
		Name   string      `json:"name,omitempty" maxLength:"200"`
		Agency string      `json:"agency" maxLength:"63"`
		Role   access.Role `json:"role" enum:"uploader,reviewer,publisher,inquirer,committee-member,administrator,auditor"`
	}
}

// passwordBody is a generated password, which nobody sees again.
type passwordBody struct {
	Login    string `json:"login"`
	Password string `json:"password" doc:"Told this once; has to be changed at the first sign-in"`
}

// addPerson answers POST /v1/administration/people.
func (s *server) addPerson(ctx context.Context, in *addPersonInput) (*passwordBody, error) {
	b := in.Body
	if err := s.administrates(ctx, b.Agency); err != nil {
		return nil, err
	}
	account := access.Account{Login: b.Login, Name: strings.TrimSpace(b.Name), Agency: b.Agency, Role: b.Role, Password: access.GeneratePassword(), MustChangePassword: true}
	if _, err := access.Create(ctx, s.System, account); err != nil {
		return nil, err
	}
	return &passwordBody{b.Login, account.Password}, nil
}

// PersonInput names a person. It is exported because only then are the fields of an embedded struct read.
type PersonInput struct {
	Login string `path:"login" maxLength:"63"`
}

type setRoleInput struct {
	PersonInput
	Body struct {
		Agency string      `json:"agency" maxLength:"63"`
		Role   access.Role `json:"role" enum:"uploader,reviewer,publisher,inquirer,committee-member,administrator,auditor"`
		Remove bool        `json:"remove,omitempty"`
	}
}

// setRole answers POST /v1/administration/people/{login}/roles.
func (s *server) setRole(ctx context.Context, in *setRoleInput) (*doneBody, error) {
	if err := s.administrates(ctx, in.Body.Agency); err != nil {
		return nil, err
	}
	change := access.Grant
	if in.Body.Remove {
		change = access.Withdraw
	}
	return done(change(ctx, s.System, in.Login, in.Body.Agency, in.Body.Role))
}

// resetPassword answers POST /v1/administration/people/{login}/password.
func (s *server) resetPassword(ctx context.Context, in *PersonInput) (*passwordBody, error) {
	if err := s.hasAccountOf(ctx, in.Login); err != nil {
		return nil, err
	}
	password, err := access.ResetPassword(ctx, s.System, in.Login)
	return &passwordBody{in.Login, password}, err
}

type accountStateInput struct {
	PersonInput
	Body struct {
		Closed bool `json:"closed"`
	}
}

// setAccountState answers POST /v1/administration/people/{login}/state.
func (s *server) setAccountState(ctx context.Context, in *accountStateInput) (*doneBody, error) {
	if err := s.hasAccountOf(ctx, in.Login); err != nil {
		return nil, err
	}
	return done(access.Disable(ctx, s.System, in.Login, in.Body.Closed))
}
