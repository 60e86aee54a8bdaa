package access_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nsdi/access"
	"nsdi/internal/errs"
	"nsdi/internal/pgtest"
)

// followed opens an identifier of an agency and moves it through states.
func followed(t *testing.T, pool *pgxpool.Pool, agency string, states ...string) access.Identifier {
	t.Helper()
	tr := &access.Tracking{}
	var id access.Identifier
	require.NoError(t, pgx.BeginFunc(t.Context(), pool, func(tx pgx.Tx) (err error) {
		id, err = tr.Open(t.Context(), tx, "submission", agency, access.Step{State: "received", Note: errs.T("رسید", "came in")})
		return err
	}))
	for _, s := range states {
		require.NoError(t, pgx.BeginFunc(t.Context(), pool, func(tx pgx.Tx) error { return tr.Move(t.Context(), tx, id, access.Step{State: s}) }))
	}
	return id
}

func TestEventsFollowOneAnother(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	now := time.Date(2026, 11, 21, 9, 0, 0, 123456789, time.UTC)
	tr := &access.Tracking{Now: func() time.Time { now = now.Add(time.Minute); return now }}
	sara := access.WithSubject(t.Context(), access.Subject{PersonID: 7, Name: "Sara", Memberships: []access.Membership{{AgencyID: 1, Agency: "post"}}})
	var id access.Identifier
	require.NoError(t, pgx.BeginFunc(sara, pool, func(tx pgx.Tx) (err error) {
		id, err = tr.Open(sara, tx, "submission", "post", access.Step{State: "received", Note: errs.T("یک پرونده", "one file")})
		return err
	}))
	require.NoError(t, pgx.BeginFunc(t.Context(), pool, func(tx pgx.Tx) error {
		return tr.Move(t.Context(), tx, id, access.Step{State: "validated", Unit: errs.T("واحد", "Unit")})
	}))
	// A transaction that does not come about leaves no event.
	boom := fmt.Errorf("boom")
	require.ErrorIs(t, pgx.BeginFunc(t.Context(), pool, func(tx pgx.Tx) error {
		require.NoError(t, tr.Move(t.Context(), tx, id, access.Step{State: "published"}))
		return boom
	}), boom)
	d, err := access.Find(t.Context(), pool, string(id))
	require.NoError(t, err)
	assert.Equal(t, "validated", d.State)
	assert.Equal(t, "post", d.Agency)
	require.Len(t, d.Events, 2)
	first, second := d.Events[0], d.Events[1]
	assert.Equal(t, []any{"", "received", int64(7), "Sara", "post", "Sara", "National Post Company", "one file"},
		[]any{first.From, first.To, first.PersonID, first.Actor, first.ActorAgency, first.ResponsiblePerson, first.Unit.EN, first.Note.EN})
	assert.Equal(t, []any{"received", "validated", int64(0), "", "Unit"}, []any{second.From, second.To, second.PersonID, second.Actor, second.Unit.EN})
	assert.Equal(t, first.Hash, second.Prev)
	assert.Equal(t, time.Date(2026, 11, 21, 9, 1, 0, 123456000, time.UTC), first.At.UTC())
	identifiers, events, err := access.VerifyTracking(t.Context(), pool)
	require.NoError(t, err)
	assert.EqualValues(t, 1, identifiers)
	assert.EqualValues(t, 2, events)
}

func TestMovesAtOnceMakeOneChain(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	id := followed(t, pool, "post")
	tr := &access.Tracking{}
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			assert.NoError(t, pgx.BeginFunc(t.Context(), pool, func(tx pgx.Tx) error {
				return tr.Move(t.Context(), tx, id, access.Step{State: fmt.Sprintf("state-%d", i)})
			}))
		})
	}
	wg.Wait()
	_, events, err := access.VerifyTracking(t.Context(), pool)
	require.NoError(t, err)
	assert.EqualValues(t, 21, events)
}

func TestUnknownIdentifiersAnswerAlike(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	followed(t, pool, "post")
	var texts []string
	for _, typed := range []string{string(access.NewIdentifier(time.Now())), "NSDI-1405-2222-2222-3", "", "x'; drop table access.tracking; --", "NSDI-1300-2222-2222-2"} {
		_, err := access.Find(t.Context(), pool, typed)
		require.Equal(t, "tracking-unknown", errs.Code(err))
		texts = append(texts, err.Error())
	}
	for _, text := range texts {
		assert.Equal(t, texts[0], text)
	}
}

// What is written once is refused to be changed, by whoever may write.
func TestWrittenOnce(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	followed(t, pool, "post", "validated")
	require.NoError(t, (&access.AuditTrail{}).Record(t.Context(), pool, access.Entry{Event: "sign-in", Name: "sara"}))
	for _, sql := range []string{
		`update access.tracking_event set note_en = 'other'`,
		`delete from access.tracking_event`,
		`truncate access.tracking_event`,
		`delete from access.tracking`,
		`truncate access.tracking cascade`,
		`update access.tracking set state = 'published'`,
		`update access.tracking set agency_id = 1, events = events + 1`,
		`update access.audit set name = 'other'`,
		`delete from access.audit`,
		`truncate access.audit`,
		`update access.audit_head set seq = 0`,
		`delete from access.audit_head`,
		`truncate access.audit_head`,
	} {
		_, err := pool.Exec(t.Context(), sql)
		require.ErrorContains(t, err, "42501", sql)
	}
}

// Someone who owns the database takes the triggers away and alters a row. Each kind of change breaks the chain, and the first one is named.
func TestVerifyTrackingFindsWhatWasAltered(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	for range 3 {
		followed(t, pool, "post", "validated", "refused")
	}
	_, _, err := access.VerifyTracking(t.Context(), pool)
	require.NoError(t, err)
	_, err = pool.Exec(t.Context(), `alter table access.tracking_event drop constraint tracking_event_tracking_fkey`)
	require.NoError(t, err)
	var second string
	require.NoError(t, pool.QueryRow(t.Context(), `select id from access.tracking order by id offset 1 limit 1`).Scan(&second))
	for name, sql := range map[string]string{
		"state":      `update access.tracking_event set state_to = 'published' where tracking = $1 and seq = 2`,
		"time":       `update access.tracking_event set at = at - interval '1 day' where tracking = $1 and seq = 1`,
		"person":     `update access.tracking_event set person_id = 9 where tracking = $1 and seq = 1`,
		"note":       `update access.tracking_event set note_fa = '' where tracking = $1 and seq = 1`,
		"unit":       `update access.tracking_event set unit_fa = unit_fa || unit_en, unit_en = '' where tracking = $1 and seq = 1`,
		"first gone": `delete from access.tracking_event where tracking = $1 and seq = 1`,
		"inner gone": `delete from access.tracking_event where tracking = $1 and seq = 2`,
		"last gone":  `delete from access.tracking_event where tracking = $1 and seq = 3`,
		"all gone":   `delete from access.tracking_event where tracking = $1`,
		"owner":      `update access.tracking set agency_id = (select id from access.agency where code = 'ncc') where id = $1`,
		"last state": `update access.tracking set state = 'published' where id = $1`,
		"count":      `update access.tracking set events = 4 where id = $1`,
		"no head":    `delete from access.tracking where id = $1`,
	} {
		t.Run(name, func(t *testing.T) {
			err := tampered(t, pool, sql, second, func(ctx context.Context) error {
				_, _, err := access.VerifyTracking(ctx, pool)
				return err
			})
			e, ok := errs.As(err)
			require.True(t, ok, "%v", err)
			assert.Equal(t, "tracking-broken", e.Code)
			assert.Equal(t, second, e.Value)
		})
	}
	_, _, err = access.VerifyTracking(t.Context(), pool)
	require.NoError(t, err, "each change was taken back")
}

// tampered runs sql without triggers and constraints, looks, and puts the tables back.
func tampered(t *testing.T, pool *pgxpool.Pool, sql string, arg any, look func(context.Context) error) error {
	t.Helper()
	tables := []string{"tracking", "tracking_event", "audit", "audit_head"}
	bare := func(f func(tx pgx.Tx) error) {
		require.NoError(t, pgx.BeginFunc(t.Context(), pool, func(tx pgx.Tx) error {
			for _, state := range []string{"disable", "enable"} {
				for _, table := range tables {
					if _, err := tx.Exec(t.Context(), `alter table access.`+table+` `+state+` trigger user`); err != nil {
						return err
					}
				}
				if state == "disable" {
					if err := f(tx); err != nil {
						return err
					}
				}
			}
			return nil
		}))
	}
	bare(func(tx pgx.Tx) error {
		for _, table := range tables {
			if _, err := tx.Exec(t.Context(), `create table staging.kept_`+table+` as table access.`+table); err != nil {
				return err
			}
		}
		var args []any
		if arg != nil {
			args = append(args, arg)
		}
		_, err := tx.Exec(t.Context(), sql, args...)
		return err
	})
	found := look(t.Context())
	bare(func(tx pgx.Tx) error {
		for _, table := range tables {
			for _, sql := range []string{`delete from access.` + table, `insert into access.` + table + ` table staging.kept_` + table, `drop table staging.kept_` + table} {
				if _, err := tx.Exec(t.Context(), sql); err != nil {
					return err
				}
			}
		}
		return nil
	})
	return found
}
