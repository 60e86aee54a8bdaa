package access_test

import (
	"testing"
	"time"

	"nsdi/access"
	"nsdi/internal/pgtest"
)

// What the question costs: published data asks nothing of the database, a submission asks twice.
func BenchmarkCan(b *testing.B) {
	pool := pgtest.New(b)
	can := &access.Permissions{Pool: pool, Now: time.Now}
	var agency, submission int64
	err := pool.QueryRow(b.Context(), `
		with a as (
			select id
			from access.agency
			where code = 'post'
		), d as (
			insert into layers.dataset (theme, agency_id, territory)
			select 'gnaf-address', id, 'IR-23'
			from a
			returning id, agency_id
		), s as (
			insert into layers.submission (dataset_id, agency_id, state, files)
			select id, agency_id, 'validated', '[]'
			from d
			returning id
		)
		select a.id, s.id
		from a, s`).Scan(&agency, &submission)
	if err != nil {
		b.Fatal(err)
	}
	who := access.Subject{PersonID: 1, Memberships: []access.Membership{{AgencyID: agency, Agency: "post", Roles: []access.Role{access.Reviewer}}}}
	for _, c := range []struct {
		name   string
		who    access.Subject
		action access.Action
		r      access.Resource
	}{
		{"published", access.Subject{}, access.Read, access.Resource{Theme: "road"}},
		{"submission", who, access.Review, access.Resource{SubmissionID: submission}},
	} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				if err := can.Can(b.Context(), c.who, c.action, c.r, ""); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
