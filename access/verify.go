package access

import (
	"bytes"
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"nsdi/internal/errs"
)

// VerifyTracking goes through all chains of events and answers how many identifiers and events there are. The first chain that is broken is *errs.Error
// tracking-broken with the identifier as its value.
//
// A chain shows what was altered, left out or put in between. Whoever owns the database can write a chain anew as a whole; only a copy shows that.
func VerifyTracking(ctx context.Context, pool *pgxpool.Pool) (identifiers, events int64, err error) {
	err = inSnapshot(ctx, pool, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `
			select coalesce(t.id, e.tracking), coalesce(t.kind, ''), coalesce(t.agency_id, 0), coalesce(t.state, ''), coalesce(t.events, 0), coalesce(t.head, ''),
			  e.tracking is not null, coalesce(e.seq, 0), coalesce(e.at, 'epoch'), coalesce(e.state_from, ''), coalesce(e.state_to, ''), coalesce(e.person_id, 0),
			  coalesce(e.key_id, 0), coalesce(e.actor, ''), coalesce(e.actor_agency, ''), coalesce(e.responsible_person, ''), coalesce(e.unit_fa, ''),
			  coalesce(e.unit_en, ''), coalesce(e.note_fa, ''), coalesce(e.note_en, ''), coalesce(e.prev, ''), coalesce(e.hash, '')
			from access.tracking t
			full join access.tracking_event e on e.tracking = t.id
			order by 1, e.seq`)
		if err != nil {
			return err
		}
		defer rows.Close()
		var last Tracked // of the row before
		var at Event
		var count int64
		var head []byte
		ended := func() error {
			if last.ID != "" && (at.Seq != count || !bytes.Equal(at.Hash, head) || at.To != last.State) {
				return broken("tracking-broken", string(last.ID), at.Seq)
			}
			return nil
		}
		for rows.Next() {
			var d Tracked
			var e Event
			var n int64
			var h []byte
			var there bool
			if err := rows.Scan(append([]any{&d.ID, &d.Kind, &d.AgencyID, &d.State, &n, &h, &there}, e.scan()...)...); err != nil {
				return err
			}
			if d.ID != last.ID {
				if err := ended(); err != nil {
					return err
				}
				identifiers++
				at = Event{}
			}
			if !there || e.Seq != at.Seq+1 || e.From != at.To || !bytes.Equal(e.Prev, at.Hash) || !bytes.Equal(e.Hash, d.hash(&e)) {
				return broken("tracking-broken", string(d.ID), at.Seq+1)
			}
			last, at, count, head = d, e, n, h
			events++
		}
		if err := rows.Err(); err != nil {
			return err
		}
		return ended()
	})
	if err != nil {
		return 0, 0, fmt.Errorf("verify tracking: %w", err)
	}
	return identifiers, events, nil
}

// inSnapshot reads as of one moment, while others go on writing.
func inSnapshot(ctx context.Context, pool *pgxpool.Pool, read func(pgx.Tx) error) error {
	return pgx.BeginTxFunc(ctx, pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, read)
}

func broken(code, what string, seq int64) error {
	return &errs.Error{
		Code: code, Op: "access.Verify", Value: what,
		Title:  errs.T("زنجیره رویدادها دست خورده است", "A chain of events was tampered with"),
		Detail: errs.Tf("زنجیره «%s» در رویداد %d گسسته است.", "The chain %q is broken at event %d.", what, seq),
		Next: errs.T("پایگاه داده را با آخرین پشتیبان بسنجید و بررسی کنید چه کسی به آن دسترسی مستقیم داشته است.",
			"Compare the database with the last backup, and find out who had direct access to it."),
	}
}
