package progress

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Post hands a letter to those who carry it. It answers which recipients were refused; an error, when it went to nobody.
type Post func(ctx context.Context, l *Letter) (refused []string, err error)

// Letters remind agencies of what is late and of what grows old: one digest an agency and day, nothing twice.
type Letters struct {
	Pool    *pgxpool.Pool // which sees and writes everything
	Service *Service
	Post    Post
	Now     func() time.Time
	Base    string // address of this server; empty: letters have no link
}

// Letter is one of them.
type Letter struct {
	ID        int64      `json:"id"`
	Agency    Agency     `json:"agency"`
	Day       string     `json:"day" format:"date"`
	Jalali    string     `json:"day_jalali"`
	Addresses []string   `json:"addresses"`
	Subject   string     `json:"subject"`
	Body      string     `json:"body"`
	State     string     `json:"state" enum:"waiting,sent,failed" doc:"What failed for good is said again in a later letter"`
	Attempts  int        `json:"attempts"`
	Error     *string    `json:"error" doc:"Of the last attempt; of one that was sent: whom the mail server refused"`
	CreatedAt time.Time  `json:"created_at"`
	SentAt    *time.Time `json:"sent_at"`
}

// lettersFrom is the hour in Iran from which a day's letters are written.
const lettersFrom = 7

// Due answers the day whose letters have not been written.
func (l *Letters) Due(ctx context.Context) ([]string, error) {
	now := l.Now().In(tehran())
	if now.Hour() < lettersFrom {
		return nil, nil
	}
	var due bool
	if err := l.Pool.QueryRow(ctx, `
		select exists (select from progress.contact)
		  and exists (select from layers.follower where name = $2)
		  and not exists (select from progress.letter_day where day = $1)`, dayOf(now), followerName).Scan(&due); err != nil || !due {
		return nil, err
	}
	return []string{dayOf(now).Format(time.DateOnly)}, nil
}

// Write writes the letters of a day: to each agency that has an address and something to be told that it was not told before.
func (l *Letters) Write(ctx context.Context, name string) error {
	day, err := time.Parse(time.DateOnly, name)
	if err != nil {
		return fmt.Errorf("writing letters: %w", err)
	}
	digests, err := l.digests(ctx, day)
	if err != nil {
		return fmt.Errorf("writing letters: %w", err)
	}
	err = pgx.BeginFunc(ctx, l.Pool, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `insert into progress.letter_day (day) values ($1) on conflict do nothing`, day)
		if err != nil || tag.RowsAffected() == 0 {
			return err
		}
		rows, err := tx.Query(ctx, `select c.agency_id, a.code, c.addresses from progress.contact c join access.agency a on a.id = c.agency_id order by a.code`)
		if err != nil {
			return err
		}
		type contact struct {
			ID        int64
			Code      string
			Addresses []string
		}
		contacts, err := pgx.CollectRows(rows, pgx.RowToStructByPos[contact])
		if err != nil {
			return err
		}
		for _, c := range contacts {
			if d := digests[c.Code]; d != nil {
				if err := l.write(ctx, tx, c.ID, c.Addresses, d); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("writing letters: %w", err)
	}
	return nil
}

// write keeps one letter about what is new to its agency.
func (l *Letters) write(ctx context.Context, tx pgx.Tx, agency int64, addresses []string, d *digest) error {
	rows, err := tx.Query(ctx, `select thing from progress.told where agency_id = $1`, agency)
	if err != nil {
		return err
	}
	told, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return err
	}
	things := d.without(told)
	if len(things) == 0 {
		return nil
	}
	subject, body := d.text(l.Base)
	_, err = tx.Exec(ctx, `
		with l as (
			insert into progress.letter (agency_id, day, addresses, subject, body, created_at)
			values ($1, $2, $3, $4, $5, $6)
			returning id
		)
		insert into progress.told (agency_id, thing, letter_id)
		select $1, unnest($7::text[]), id
		from l`, agency, d.day, addresses, subject, body, l.Now(), things)
	return err
}

// Waiting answers the letters that have not been sent.
func (l *Letters) Waiting(ctx context.Context) ([]string, error) {
	rows, err := l.Pool.Query(ctx, `select id::text from progress.letter where state = 'waiting' order by id`)
	if err != nil {
		return nil, fmt.Errorf("looking for letters: %w", err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, fmt.Errorf("looking for letters: %w", err)
	}
	return ids, nil
}

// Send sends one. An error has it tried again; after the last attempt it failed, and what it said is told in a later one.
func (l *Letters) Send(ctx context.Context, id string, last bool) error {
	rows, err := l.Pool.Query(ctx, letterColumns+` where l.id = $1::bigint and l.state = 'waiting'`, id)
	if err != nil {
		return fmt.Errorf("sending letter %s: %w", id, err)
	}
	one, err := pgx.CollectExactlyOneRow(rows, scanLetter)
	if err == pgx.ErrNoRows { // it was sent already
		return nil
	}
	if err != nil {
		return fmt.Errorf("sending letter %s: %w", id, err)
	}
	refused, failure := l.Post(ctx, &one)
	ctx = context.WithoutCancel(ctx) // what became of it is kept whatever happens
	switch {
	case failure == nil:
		_, err = l.Pool.Exec(ctx, `update progress.letter set state = 'sent', attempts = attempts + 1, sent_at = $2, error = nullif($3, '') where id = $1`,
			one.ID, l.Now(), strings.Join(refused, ", "))
	case last:
		_, err = l.Pool.Exec(ctx, `
			with gone as (
				delete from progress.told where letter_id = $1
			)
			update progress.letter set state = 'failed', attempts = attempts + 1, error = $2 where id = $1`, one.ID, failure.Error())
	default:
		_, err = l.Pool.Exec(ctx, `update progress.letter set attempts = attempts + 1, error = $2 where id = $1`, one.ID, failure.Error())
	}
	if err != nil {
		return fmt.Errorf("keeping what became of letter %s: %w", id, err)
	}
	return failure
}
