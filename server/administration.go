package server

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"nsdi/access"
	"nsdi/internal/errs"
)

const administrationPath = "/v1/administration"

// administrationAPI is what the page /administration asks and does: what the commands agency, user and key do for the operator, for those who may.
func (s *server) administrationAPI(api huma.API) {
	const agencies, people, keys, delegations = administrationPath + "/agencies", administrationPath + "/people", administrationPath + "/keys", administrationPath + "/delegations"
	get(s, api, agencies, "administered-agencies", "Agencies with what they may deliver, and where", s.listAgencies)
	post(s, api, agencies, "set-agency", "Add an agency, or bring one to the given names, territories and themes", s.setAgency)
	get(s, api, people, "people", "People and what they are where", s.listPeople)
	post(s, api, people, "add-person", "Add a person; the generated password is answered this once", s.addPerson)
	post(s, api, people+"/{login}/roles", "set-role", "Give a person a role in an agency, or take it away", s.setRole)
	post(s, api, people+"/{login}/password", "reset-password", "Give a person a new password, answered this once; ends the sessions and lifts a lock", s.resetPassword)
	post(s, api, people+"/{login}/state", "set-account-state", "Close an account and end its sessions, or open it again", s.setAccountState)
	get(s, api, keys, "api-keys", "API keys, without what is secret", s.listKeys)
	post(s, api, keys, "add-key", "Make an API key, which is answered this once", s.addKey)
	post(s, api, keys+"/{prefix}/revoke", "revoke-key", "End a key at once and for good", s.revokeKey)
	get(s, api, delegations, "delegations", "What agencies delegated to contractors", s.listDelegations)
	post(s, api, delegations, "delegate", "Let a contractor deliver a theme for an agency until a date", s.delegate)
	post(s, api, delegations+"/{id}/revoke", "revoke-delegation", "End a delegation at once", s.revokeDelegation)
}

// administrates asks for the right to administer an agency; "" is the installation.
func (s *server) administrates(ctx context.Context, agency string) error {
	return s.Permissions.Can(ctx, access.SubjectFrom(ctx), access.Administer, access.Resource{Agency: agency}, "")
}

// administered answers which agencies the caller administers: a nil map is all of them. Whoever administers none is refused.
func (s *server) administered(ctx context.Context) (map[string]bool, error) {
	err := s.administrates(ctx, "")
	if err == nil {
		return nil, nil
	}
	mine := map[string]bool{}
	for _, m := range access.SubjectFrom(ctx).Memberships {
		if s.administrates(ctx, m.Agency) == nil {
			mine[m.Agency] = true
		}
	}
	if len(mine) == 0 {
		return nil, err
	}
	return mine, nil
}

// within answers whether an agency is among those that are administered.
func within(agencies map[string]bool, code string) bool { return agencies == nil || agencies[code] }

// hasAccountOf asks for the right to administer all of a person: every agency in which he or she is something.
func (s *server) hasAccountOf(ctx context.Context, login string) error {
	people, err := access.People(ctx, s.System)
	if err != nil {
		return err
	}
	for _, p := range people {
		if p.Login != login {
			continue
		}
		if len(p.Memberships) == 0 {
			return s.administrates(ctx, "")
		}
		for _, m := range p.Memberships {
			if err := s.administrates(ctx, m.Agency); err != nil {
				return err
			}
		}
		return nil
	}
	if err := s.administrates(ctx, ""); err != nil {
		return err
	}
	return &errs.Error{
		Code: "login-unknown", Status: http.StatusNotFound, Op: "server.hasAccountOf", Location: "path.login", Value: login,
		Title:  errs.T("چنین حسابی نیست", "There is no such account"),
		Detail: errs.Tf("حساب «%s» یافت نشد.", "The account %q was not found.", login),
		Next:   errs.T("حساب را از فهرست اشخاص برگزینید.", "Choose the account from the list of people."),
	}
}

// doneBody says that something was done that has no other answer.
type doneBody struct {
	Done bool `json:"done"`
}

func done(err error) (*doneBody, error) {
	if err != nil {
		return nil, err
	}
	return &doneBody{true}, nil
}
