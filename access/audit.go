package access

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// AuditTrail is the record of what was done and refused: sign-ins, refusals, exports, publications, changes of permission. It is only ever added to.
type AuditTrail struct {
	Now func() time.Time // Defaults to time.Now.
}

// Beginner is a pool or a transaction.
type Beginner interface {
	Begin(ctx context.Context) (pgx.Tx, error)
}

// Rows is a pool or a transaction that is read from.
type Rows interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}

// Entry is one line of the trail.
type Entry struct {
	Seq       int64
	At        time.Time
	Event     string // sign-in, sign-out, password, refusal, export, publication, permission, …: lower-case words with hyphens
	Refused   bool   // it was asked for and not done
	PersonID  int64  // who; taken from the context where both ids and the name are empty
	KeyID     int64
	Name      string
	Agency    string // code
	Action    Action
	Resource  string // theme:road, submission:17, person:sara, key:abcd…
	Territory string
	Tracking  Identifier
	Address   string // where the request came from; taken from the context where it is empty
	Detail    string
	Prev      []byte
	Hash      []byte
}

// Outcome is refused or done.
func (e *Entry) Outcome() string {
	if e.Refused {
		return "refused"
	}
	return "done"
}

func (e *Entry) hash() []byte {
	return chained(e.Prev, "audit", e.Seq, e.At, e.Event, e.Outcome(), e.PersonID, e.KeyID, e.Name, e.Agency, string(e.Action), e.Resource, e.Territory,
		string(e.Tracking), e.Address, e.Detail)
}

// Record adds an entry, in a transaction of its own or within the caller's. Within the caller's it belongs at the very end: until the transaction ends nobody
// else records anything.
func (a *AuditTrail) Record(ctx context.Context, b Beginner, e Entry) error {
	if who := SubjectFrom(ctx); e.PersonID == 0 && e.KeyID == 0 && e.Name == "" && !who.Public() {
		e.PersonID, e.KeyID, e.Name = who.PersonID, who.KeyID, who.Name
		if e.Agency == "" && len(who.Memberships) > 0 {
			e.Agency = who.Memberships[0].Agency
		}
	}
	if e.Address == "" {
		e.Address = addressFrom(ctx)
	}
	err := pgx.BeginFunc(ctx, b, func(tx pgx.Tx) error {
		err := tx.QueryRow(ctx, `select seq + 1, hash from access.audit_head for update`).Scan(&e.Seq, &e.Prev)
		if err != nil {
			return err
		}
		e.At = moment(a.Now) // with the lock held, so that times follow the order
		// What a client sent may hold what PostgreSQL takes in no text.
		for _, s := range []*string{&e.Name, &e.Resource, &e.Territory, &e.Address, &e.Detail} {
			*s = storable(*s)
		}
		e.Hash = e.hash()
		_, err = tx.Exec(ctx, `
			insert into access.audit (seq, at, event, outcome, person_id, key_id, name, agency, action, resource, territory, tracking, address, detail, prev, hash)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`,
			e.Seq, e.At, e.Event, e.Outcome(), e.PersonID, e.KeyID, e.Name, e.Agency, e.Action, e.Resource, e.Territory, e.Tracking, e.Address, e.Detail, e.Prev, e.Hash)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `update access.audit_head set seq = $1, hash = $2`, e.Seq, e.Hash)
		return err
	})
	if err != nil {
		return fmt.Errorf("audit of %s: %w", e.Event, err)
	}
	return nil
}

// Operator stands in the trail for whoever runs the commands of the program: nobody who signs in, so the entry has no number of a person or a key.
const Operator = "operator"

// permissionChanged enters a change of what somebody may do, in the transaction that makes it.
func permissionChanged(ctx context.Context, tx pgx.Tx, agency, resource, detail string) error {
	return administered(ctx, tx, Entry{Event: "permission", Agency: agency, Resource: resource, Detail: detail})
}

// administered enters what an administrator or the operator did.
func administered(ctx context.Context, tx pgx.Tx, e Entry) error {
	e.Action = Administer
	if SubjectFrom(ctx).Public() {
		e.Name = Operator
	}
	return (&AuditTrail{}).Record(ctx, tx, e)
}

// inPersonDone enters what a person did to his or her own account. Whoever still has to change the password is not in the context yet.
func inPersonDone(ctx context.Context, tx pgx.Tx, p *Person, event, resource, detail string) error {
	who := p.Subject()
	e := Entry{Event: event, PersonID: who.PersonID, Name: who.Name, Resource: resource, Detail: detail}
	if len(who.Memberships) > 0 {
		e.Agency = who.Memberships[0].Agency
	}
	return (&AuditTrail{}).Record(ctx, tx, e)
}

// storable cuts what a client sent to a length that a reader can take in, and drops what is no text.
func storable(s string) string {
	const most = 2000
	if len(s) > most {
		s = s[:most]
	}
	return strings.ReplaceAll(strings.ToValidUTF8(s, "�"), "\x00", "�")
}

// AuditFilter says which entries are asked for. What is empty does not restrict.
type AuditFilter struct {
	From, To time.Time // To itself is not in
	Event    string
	Outcome  string // done or refused
	Agency   string
	Person   string // part of the name of a person or key, or a login
	Resource string // what it was about, or how that begins, such as person: or key:
	Tracking Identifier
	Before   int64 // only entries before this one: where a page goes on
	Limit    int
}

// Entries answers the newest entries that the filter leaves, newest first, as far as the transaction's scope shows them.
func Entries(ctx context.Context, q Rows, f AuditFilter) ([]Entry, error) {
	rows, err := q.Query(ctx, `
		select `+auditColumns+`
		from access.audit`+auditFilter+`
		order by seq desc
		limit $10`, append(f.arguments(), f.Limit)...)
	if err != nil {
		return nil, fmt.Errorf("reading the audit trail: %w", err)
	}
	entries, err := pgx.CollectRows(rows, scanEntry)
	if err != nil {
		return nil, fmt.Errorf("reading the audit trail: %w", err)
	}
	return entries, nil
}

// CountEntries answers how many entries the filter leaves, whatever its limit, and the number of the newest, 0 where there is none.
func CountEntries(ctx context.Context, q Rows, f AuditFilter) (count, newest int64, err error) {
	rows, err := q.Query(ctx, `select count(*), coalesce(max(seq), 0) from access.audit`+auditFilter, f.arguments()...)
	if err == nil {
		_, err = pgx.CollectExactlyOneRow(rows, func(row pgx.CollectableRow) (struct{}, error) { return struct{}{}, row.Scan(&count, &newest) })
	}
	if err != nil {
		return 0, 0, fmt.Errorf("counting the audit trail: %w", err)
	}
	return count, newest, nil
}

const auditFilter = `
		where ($1::timestamptz is null or at >= $1)
		  and ($2::timestamptz is null or at < $2)
		  and ($3 = '' or event = $3)
		  and ($4 = '' or outcome = $4)
		  and ($5 = '' or agency = $5)
		  and ($6 = '' or position(lower($6) in lower(name)) > 0 or person_id = (select id from access.person where login = $6))
		  and ($7 = '' or tracking = $7)
		  and ($8 = 0 or seq < $8)
		  and ($9 = '' or starts_with(resource, $9))`

func (f AuditFilter) arguments() []any {
	return []any{given(f.From), given(f.To), f.Event, f.Outcome, f.Agency, f.Person, f.Tracking, f.Before, f.Resource}
}

const auditColumns = `seq, at, event, outcome = 'refused', person_id, key_id, name, agency, action, resource, territory, tracking, address, detail, prev, hash`

func scanEntry(row pgx.CollectableRow) (Entry, error) {
	var e Entry
	err := row.Scan(&e.Seq, &e.At, &e.Event, &e.Refused, &e.PersonID, &e.KeyID, &e.Name, &e.Agency, &e.Action, &e.Resource, &e.Territory, &e.Tracking,
		&e.Address, &e.Detail, &e.Prev, &e.Hash)
	return e, err
}

func given(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// VerifyAudit goes through the trail and answers how many entries there are and the hash of the last one, which is worth keeping elsewhere. The first entry
// that does not belong is *errs.Error audit-broken.
func VerifyAudit(ctx context.Context, pool *pgxpool.Pool) (entries int64, head []byte, err error) {
	err = inSnapshot(ctx, pool, func(tx pgx.Tx) error {
		var count int64
		if err := tx.QueryRow(ctx, `select seq, hash from access.audit_head`).Scan(&count, &head); err != nil {
			return err
		}
		rows, err := tx.Query(ctx, `select `+auditColumns+` from access.audit order by seq`)
		if err != nil {
			return err
		}
		defer rows.Close()
		prev := []byte{}
		for rows.Next() {
			e, err := scanEntry(rows)
			if err != nil {
				return err
			}
			if e.Seq != entries+1 || !bytes.Equal(e.Prev, prev) || !bytes.Equal(e.Hash, e.hash()) {
				return broken("audit-broken", "access.audit", entries+1)
			}
			entries, prev = e.Seq, e.Hash
		}
		if err := rows.Err(); err != nil {
			return err
		}
		if entries != count || !bytes.Equal(prev, head) {
			return broken("audit-broken", "access.audit", entries+1)
		}
		return nil
	})
	if err != nil {
		return 0, nil, fmt.Errorf("verify audit: %w", err)
	}
	return entries, head, nil
}
