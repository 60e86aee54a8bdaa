package progress

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"nsdi/internal/pg"
)

const letterColumns = `
		select l.id, a.code, a.name_fa, a.name_en, l.day, l.addresses, l.subject, l.body, l.state, l.attempts, l.error, l.created_at, l.sent_at
		from progress.letter l
		join access.agency a on a.id = l.agency_id`

func scanLetter(row pgx.CollectableRow) (Letter, error) {
	var l Letter
	var day time.Time
	err := row.Scan(&l.ID, &l.Agency.Code, &l.Agency.NameFA, &l.Agency.NameEN, &day, &l.Addresses, &l.Subject, &l.Body, &l.State, &l.Attempts, &l.Error, &l.CreatedAt, &l.SentAt)
	l.Day, l.Jalali = day.Format(time.DateOnly), jalali(day)
	return l, err
}

// Letters answers the newest first, from before an id where that is not 0. It is for whoever administers the whole of nsdi.
func (s *Service) Letters(ctx context.Context, before int64, limit int) ([]Letter, error) {
	var list []Letter
	err := pg.InScope(ctx, s.Pool, pg.Everything, pgx.TxOptions{AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, letterColumns+` where $1 = 0 or l.id < $1 order by l.id desc limit $2`, before, limit)
		if err != nil {
			return err
		}
		list, err = pgx.CollectRows(rows, scanLetter)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("listing letters: %w", err)
	}
	return list, nil
}

// Contact is where an agency's letters go.
type Contact struct {
	Agency    Agency   `json:"agency"`
	Addresses []string `json:"addresses"`
}

// Contacts answers all of them, to whoever administers the whole of nsdi.
func (s *Service) Contacts(ctx context.Context) ([]Contact, error) {
	list := []Contact{}
	err := pg.InScope(ctx, s.Pool, pg.Everything, pgx.TxOptions{AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `select a.code, a.name_fa, a.name_en, c.addresses from progress.contact c join access.agency a on a.id = c.agency_id order by a.code`)
		if err != nil {
			return err
		}
		var c Contact
		_, err = pgx.ForEachRow(rows, []any{&c.Agency.Code, &c.Agency.NameFA, &c.Agency.NameEN, &c.Addresses}, func() error { list = append(list, c); return nil })
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("listing contacts: %w", err)
	}
	return list, nil
}

// SetContact says where an agency's letters go; to nobody where there is no address. Letters that wait keep theirs.
func SetContact(ctx context.Context, tx pgx.Tx, agency int64, addresses []string) error {
	sql, args := `delete from progress.contact where agency_id = $1`, []any{agency}
	if len(addresses) > 0 {
		sql = `
		insert into progress.contact (agency_id, addresses)
		values ($1, $2)
		on conflict (agency_id) do update
		set addresses = excluded.addresses, set_at = now()`
		args = append(args, addresses)
	}
	if _, err := tx.Exec(ctx, sql, args...); err != nil {
		return fmt.Errorf("setting a contact: %w", err)
	}
	return nil
}
