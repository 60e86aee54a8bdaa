package access

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"nsdi/internal/pg"
)

// Granted is what a custodian lets another agency use until a date. It ends by itself: every question compares its end with the clock.
type Granted struct {
	ID         int64
	Tracking   Identifier // of the request that it answers
	Grantee    string     // code
	Custodian  string     // code
	DatasetID  int64      // this dataset, or
	Theme      string     // all datasets of the custodian in this theme, or
	Service    string     // this inquiry service
	Territory  string     // admin unit; "" for all of it
	Attributes []string   // nil for all of them
	GrantedAt  time.Time
	Until      time.Time // not included
	RevokedAt  *time.Time
	Uses       int64
	LastUse    *time.Time
}

// InForce reports whether the grant counts at a moment.
func (g *Granted) InForce(now time.Time) bool {
	return g.RevokedAt == nil && !now.Before(g.GrantedAt) && now.Before(g.Until)
}

// fitsGrant reports whether somebody with the role in the grantee's agency may do this with what was granted to it. An agency's administrator sees what there
// is; who takes it away or asks the service is an inquirer, whose name is then under each use.
func fitsGrant(r Role, a Action) bool {
	switch r {
	case Inquirer:
		return a == ReadRestricted || a == Export || a == Inquire
	case Administrator:
		return a == ReadRestricted
	}
	return false
}

// granted looks for a grant that allows what is asked: the widest one, if there are several. Submissions and findings are never granted.
func (p *Permissions) granted(ctx context.Context, s Subject, q asked) (*Granted, error) {
	var ids []int64
	var codes []string
	for _, m := range s.Memberships {
		if slices.ContainsFunc(m.Roles, func(r Role) bool { return fitsGrant(r, q.action) }) {
			ids, codes = append(ids, m.AgencyID), append(codes, m.Agency)
		}
	}
	if len(ids) == 0 || q.submission != 0 {
		return nil, nil
	}
	rows, err := p.Pool.Query(ctx, `
		select `+grantColumns+`
		from access.grant g
		join access.agency e on e.id = g.grantee_id
		join access.agency c on c.id = g.custodian_id
		join unnest($1::bigint[], $2::text[]) m (id, code) on m.id = e.id and m.code = e.code
		where g.revoked_at is null
		  and g.granted_at <= $3
		  and g.until > $3
		  and case when $4 then g.service = nullif($5, '')
		    else g.dataset_id = nullif($6::bigint, 0) or g.theme = nullif($7, '') and c.code = $8 end
		  and (g.territory is null or access.within($9, g.territory))
		order by g.attributes is null desc, g.until desc, g.id
		limit 1`, ids, codes, p.Now(), q.action == Inquire, q.service, q.dataset, q.theme, q.agency, q.territory)
	if err != nil {
		return nil, err
	}
	g, err := pgx.CollectExactlyOneRow(rows, scanGrant)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	return g, err
}

const grantColumns = `g.id, g.tracking, e.code, c.code, coalesce(g.dataset_id, 0), coalesce(g.theme, ''), coalesce(g.service, ''), coalesce(g.territory, ''),
	g.attributes, g.granted_at, g.until, g.revoked_at,
	(select count(*) from access.grant_use u where u.grant_id = g.id), (select max(u.at) from access.grant_use u where u.grant_id = g.id)`

func scanGrant(row pgx.CollectableRow) (*Granted, error) {
	var g Granted
	return &g, row.Scan(&g.ID, &g.Tracking, &g.Grantee, &g.Custodian, &g.DatasetID, &g.Theme, &g.Service, &g.Territory, &g.Attributes, &g.GrantedAt, &g.Until,
		&g.RevokedAt, &g.Uses, &g.LastUse)
}

// Grants lists what was granted, and keeps the record of its use.
type Grants struct {
	Pool   *pgxpool.Pool    // what answers are read over, in the scope of who asks
	System *pgxpool.Pool    // sees everything: what the record is written over
	Now    func() time.Time // Defaults to time.Now.
}

// List answers the grants that the subject's agencies gave or got, newest first, those that have ended among them.
func (g *Grants) List(ctx context.Context, who Subject) (all []*Granted, err error) {
	err = readAs(ctx, g.Pool, who, func(tx pgx.Tx) error {
		all, err = listGrants(ctx, tx, `g.grantee_id = any($1) or g.custodian_id = any($1)`, who.agencies())
		return err
	})
	return all, err
}

// readAs runs f in a transaction that sees what the subject's agencies see.
func readAs(ctx context.Context, pool *pgxpool.Pool, who Subject, f func(pgx.Tx) error) error {
	return pg.InScope(ctx, pool, ScopeOf(who), pgx.TxOptions{AccessMode: pgx.ReadOnly}, f)
}

type asker interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}

func listGrants(ctx context.Context, q asker, which string, args ...any) ([]*Granted, error) {
	rows, err := q.Query(ctx, `
		select `+grantColumns+`
		from access.grant g
		join access.agency e on e.id = g.grantee_id
		join access.agency c on c.id = g.custodian_id
		where `+which+`
		order by g.id desc`, args...)
	if err != nil {
		return nil, fmt.Errorf("listing grants: %w", err)
	}
	all, err := pgx.CollectRows(rows, scanGrant)
	if err != nil {
		return nil, fmt.Errorf("listing grants: %w", err)
	}
	return all, nil
}

// agencies are the ids of the subject's agencies.
func (s Subject) agencies() []int64 {
	ids := []int64{}
	for _, m := range s.Memberships {
		ids = append(ids, m.AgencyID)
	}
	return ids
}

// Use is one use of a grant.
type Use struct {
	ID              int64
	At              time.Time
	PersonID, KeyID int64 // 0: none
	Name            string
	Action          Action
	What            string     // such as dataset:7 version:3
	EndedAt         *time.Time // nil: under way, or broken off with the server
	Complete        *bool
	Rows, Bytes     *int64 // what was handed out
}

// Begin records that a grant is used, before anything is handed out.
func (g *Grants) Begin(ctx context.Context, grant int64, who Subject, a Action, what string) (int64, error) {
	var id int64
	err := g.System.QueryRow(ctx, `
		insert into access.grant_use (grant_id, at, person_id, key_id, name, action, what)
		values ($1, $2, $3, $4, $5, $6, $7)
		returning id`, grant, moment(g.Now), who.PersonID, who.KeyID, storable(who.Name), a, storable(what)).Scan(&id)
	if err != nil {
		return 0, fmt.Errorf("use of grant %d: %w", grant, err)
	}
	return id, nil
}

// End completes the record of a use with what was handed out. This happens once.
func (g *Grants) End(ctx context.Context, use int64, complete bool, rows, bytes int64) error {
	_, err := g.System.Exec(ctx, `
		update access.grant_use
		set ended_at = $2, complete = $3, rows = $4, bytes = $5
		where id = $1`, use, moment(g.Now), complete, rows, bytes)
	if err != nil {
		return fmt.Errorf("use %d of a grant: %w", use, err)
	}
	return nil
}

// usesListed bounds the uses that one answer lists.
const usesListed = 200

// usesUnder answers the newest uses of a request's grant, newest first.
func usesUnder(ctx context.Context, q asker, id Identifier) ([]Use, error) {
	rows, err := q.Query(ctx, `
		select u.id, u.at, u.person_id, u.key_id, u.name, u.action, u.what, u.ended_at, u.complete, u.rows, u.bytes
		from access.grant_use u
		join access.grant g on g.id = u.grant_id
		where g.tracking = $1
		order by u.id desc
		limit $2`, id, usesListed)
	if err != nil {
		return nil, fmt.Errorf("uses under %s: %w", id, err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Use])
	if err != nil {
		return nil, fmt.Errorf("uses under %s: %w", id, err)
	}
	return all, nil
}
