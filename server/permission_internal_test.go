package server

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nsdi/access"
	"nsdi/internal/pg"
	"nsdi/internal/pgtest"
)

// routed is a server with all its routes.
func routed(t *testing.T) (*server, chi.Routes) {
	t.Helper()
	pool := pgtest.New(t)
	handler := newServer(Deps{Pool: pgtest.Application(t, pool, pg.Nothing), System: pgtest.Application(t, pool, pg.Everything), Web: fstest.MapFS{"index.html": {Data: []byte("x")}, "icon.svg": {Data: []byte("<svg/>")}}})
	routes, ok := handler.routes().(chi.Routes)
	require.True(t, ok)
	return handler, routes
}

// Every route says who may use it and why, and nothing is said of a route that is not there.
func TestEveryRouteDeclaresItsPermission(t *testing.T) {
	t.Parallel()
	s, routes := routed(t)
	seen := map[string]bool{}
	err := chi.Walk(routes, func(method, route string, _ http.Handler, _ ...func(http.Handler) http.Handler) error {
		seen[method+" "+route] = true
		return nil
	})
	require.NoError(t, err)
	require.Greater(t, len(seen), 15, "the walk must find the routes")
	for address := range seen {
		p, declared := s.permissions[address]
		if assert.True(t, declared, "%s declares no permission: see permissions()", address) {
			kinds := 0
			for _, is := range []bool{p.open, p.member, p.action != ""} {
				if is {
					kinds++
				}
			}
			assert.Equal(t, 1, kinds, "%s is either open, or for members, or needs an action", address)
			assert.NotEmpty(t, p.why, address)
			assert.True(t, p.action == "" || contains(access.Actions(), p.action), "%s: no such action", address)
		}
	}
	for address := range s.permissions {
		assert.True(t, seen[address], "a permission is declared for %s, which is no route", address)
	}
	// What /openapi.json describes are routes as well.
	answer := httptest.NewRecorder()
	routes.(http.Handler).ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/openapi.json", nil))
	require.Equal(t, http.StatusOK, answer.Code)
	var document struct {
		Paths map[string]map[string]any `json:"paths"`
	}
	require.NoError(t, json.Unmarshal(answer.Body.Bytes(), &document))
	require.NotEmpty(t, document.Paths)
	for path, operations := range document.Paths {
		for method := range operations {
			assert.Contains(t, s.permissions, strings.ToUpper(method)+" "+path)
		}
	}
}

func contains(all []access.Action, a access.Action) bool {
	for _, one := range all {
		if one == a {
			return true
		}
	}
	return false
}

// A route that was forgotten is closed, to the public and to whoever signed in, and the log says so.
func TestForgottenRouteIsClosed(t *testing.T) {
	t.Parallel()
	s, _ := routed(t)
	var log strings.Builder
	s.Log = slog.New(slog.NewTextHandler(&log, nil))
	r := chi.NewRouter()
	r.With(s.permitted).Get("/forgotten/{id}", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) })
	ask := func(who access.Subject) int {
		answer := httptest.NewRecorder()
		request := httptest.NewRequest(http.MethodGet, "/forgotten/1", nil)
		r.ServeHTTP(answer, request.WithContext(access.WithSubject(t.Context(), who)))
		return answer.Code
	}
	assert.Equal(t, http.StatusUnauthorized, ask(access.Subject{}))
	assert.Contains(t, log.String(), "/forgotten/{id}")
	all := access.Subject{PersonID: 1, Memberships: []access.Membership{{AgencyID: agencyID(t, s, "committee"), Agency: "committee", Roles: access.Roles()}}}
	assert.Equal(t, http.StatusForbidden, ask(all))
	s.permissions["GET /forgotten/{id}"] = open("a test")
	assert.Equal(t, http.StatusTeapot, ask(access.Subject{}))
}

func agencyID(t *testing.T, s *server, code string) (id int64) {
	t.Helper()
	require.NoError(t, s.System.QueryRow(t.Context(), `select id from access.agency where code = $1`, code).Scan(&id))
	return id
}

// An address that needs an action asks for it, about what the address names, before the handler runs.
func TestRouteThatNeedsAnAction(t *testing.T) {
	t.Parallel()
	s, _ := routed(t)
	var submission int64
	require.NoError(t, s.System.QueryRow(t.Context(), `
		with d as (
			insert into layers.dataset (theme, agency_id)
			select 'gnaf-address', id
			from access.agency
			where code = 'post'
			returning id, agency_id
		)
		insert into layers.submission (dataset_id, agency_id, state, files)
		select id, agency_id, 'validated', '[]'
		from d
		returning id`).Scan(&submission))
	require.EqualValues(t, 1, submission)
	handled := 0
	r := chi.NewRouter()
	handle := func(w http.ResponseWriter, _ *http.Request) { handled++; w.WriteHeader(http.StatusTeapot) }
	r.With(s.permitted).Get("/submissions/{id}", handle)
	r.With(s.permitted).Get("/agencies", handle)
	s.permissions["GET /submissions/{id}"] = needs(access.ReadRestricted, submissionOf, "a test")
	s.permissions["GET /agencies"] = needs(access.Administer, agencyOf, "a test")
	member := func(code string, role access.Role) access.Subject {
		return access.Subject{PersonID: 1, Memberships: []access.Membership{{AgencyID: agencyID(t, s, code), Agency: code, Roles: []access.Role{role}}}}
	}
	allowed := 0
	for _, c := range []struct {
		who    access.Subject
		path   string
		status int
	}{
		{access.Subject{}, "/submissions/1", http.StatusUnauthorized},
		{member("post", access.Reviewer), "/submissions/1", http.StatusTeapot},
		{member("post", access.Inquirer), "/submissions/1", http.StatusForbidden},
		{member("registry", access.Reviewer), "/submissions/1", http.StatusForbidden},
		{member("post", access.Reviewer), "/submissions/2", http.StatusForbidden}, // is not there: the same answer
		{member("post", access.Reviewer), "/submissions/x", http.StatusUnprocessableEntity},
		{member("post", access.Reviewer), "/submissions/0", http.StatusUnprocessableEntity},
		{member("post", access.Administrator), "/agencies?agency=post", http.StatusTeapot},
		{member("post", access.Administrator), "/agencies?agency=registry", http.StatusForbidden},
		{member("post", access.Administrator), "/agencies", http.StatusForbidden},
		{member("committee", access.Administrator), "/agencies", http.StatusTeapot},
	} {
		answer := httptest.NewRecorder()
		r.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, c.path, nil).WithContext(access.WithSubject(t.Context(), c.who)))
		assert.Equal(t, c.status, answer.Code, "%v %s", c.who.Memberships, c.path)
		if c.status == http.StatusTeapot {
			allowed++
		} else {
			assert.Equal(t, "no-store", answer.Header().Get("Cache-Control"))
		}
	}
	assert.Equal(t, allowed, handled, "a handler ran without permission")
	assert.WithinDuration(t, time.Now(), s.Permissions.Now(), time.Minute)
}
