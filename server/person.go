package server

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/jackc/pgx/v5"

	"nsdi/access"
)

// sessionPath tells a page who is signed in. Unlike /v1/me it answers the public too, so that a page that is for everybody may ask.
const sessionPath = "/v1/session"

type sessionBody struct {
	Person             *sessionPerson  `json:"person"` // null: nobody is signed in
	MustChangePassword bool            `json:"must_change_password"`
	Agencies           []sessionAgency `json:"agencies"`
	Delivers           []sessionDesk   `json:"delivers"`
	Left               bool            `json:"left,omitempty"` // nobody is signed in, and who was signed out everywhere: what is kept of that person in the browser goes
}

type sessionPerson struct {
	Login string `json:"login"`
	Name  string `json:"name"`
}

type sessionAgency struct {
	Code  string        `json:"code"`
	Title bilingual     `json:"title"`
	Roles []access.Role `json:"roles"`
}

// sessionDesk is an agency for which the person may hand over, by its role or a delegation, with the themes.
type sessionDesk struct {
	Agency    string    `json:"agency"`
	Title     bilingual `json:"title"`
	Territory *string   `json:"territory"` // within which a delegation holds; null: the agency's own
	Themes    []string  `json:"themes"`
}

// session answers GET /v1/session.
func (s *server) session(w http.ResponseWriter, r *http.Request) {
	body := sessionBody{Agencies: []sessionAgency{}, Delivers: []sessionDesk{}}
	var err error
	if session := sessionOf(r.Context()); session != nil {
		person := session.Person.Subject()
		body.Person, body.MustChangePassword = &sessionPerson{session.Person.Login, person.Name}, session.Pending()
		if body.Agencies, body.Delivers, err = s.desks(r, person); err != nil {
			s.fail(w, r, err)
			return
		}
	} else if body.Left, err = s.sessions.Left(r.Context(), s.cookie(r, browserCookie)); err != nil {
		s.fail(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_ = json.NewEncoder(w).Encode(body) // the client went away: nobody is left to tell
}

func (s *server) desks(r *http.Request, who access.Subject) (agencies []sessionAgency, desks []sessionDesk, err error) {
	if agencies, err = s.agenciesOf(r.Context(), who); err != nil {
		return nil, nil, err
	}
	var uploads []int64
	for _, m := range who.Memberships {
		for _, role := range m.Roles {
			if role == access.Uploader {
				uploads = append(uploads, m.AgencyID)
			}
		}
	}
	// The permission is asked again with each step; this is what a page offers.
	rows, err := s.System.Query(r.Context(), `
		select a.code, a.name_fa, a.name_en, null::text, array(
			select t.code
			from layers.theme t
			where access.delivers(a.id, t.code)
			order by t.position, t.code)
		from access.agency a
		where a.id = any($1)
		union all
		select a.code, a.name_fa, a.name_en, d.territory, array_agg(d.theme order by d.theme)
		from access.delegation d
		join access.agency a on a.id = d.agency_id
		where d.contractor_id = any($1)
		  and d.granted_at <= now()
		  and d.until > now()
		  and d.revoked_at is null
		group by a.code, a.name_fa, a.name_en, d.territory
		order by 1, 4 nulls first`, uploads)
	if err != nil {
		return nil, nil, fmt.Errorf("desks: %w", err)
	}
	desks, err = pgx.AppendRows([]sessionDesk{}, rows, func(row pgx.CollectableRow) (d sessionDesk, err error) {
		err = row.Scan(&d.Agency, &d.Title.FA, &d.Title.EN, &d.Territory, &d.Themes)
		return d, err
	})
	if err != nil {
		return nil, nil, fmt.Errorf("desks: %w", err)
	}
	return agencies, desks, nil
}

// agenciesOf names the agencies in which somebody has roles.
func (s *server) agenciesOf(ctx context.Context, who access.Subject) ([]sessionAgency, error) {
	agencies := []sessionAgency{}
	for _, m := range who.Memberships {
		a := sessionAgency{Code: m.Agency, Roles: m.Roles}
		if err := s.System.QueryRow(ctx, `select name_fa, name_en from access.agency where id = $1`, m.AgencyID).Scan(&a.Title.FA, &a.Title.EN); err != nil {
			return nil, fmt.Errorf("agency %s: %w", m.Agency, err)
		}
		agencies = append(agencies, a)
	}
	return agencies, nil
}
