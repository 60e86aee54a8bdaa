package progress

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"nsdi/internal/pg"
)

// Reminder is a dataset whose theme asks for a newer one, now or soon.
type Reminder struct {
	Dataset     int64  `json:"dataset"`
	Theme       string `json:"theme"`
	Title       Text   `json:"title"`
	Agency      Agency `json:"agency"`
	Territory   *Unit  `json:"territory" doc:"What the dataset covers; null: the agency's whole territory"`
	Version     int    `json:"version" doc:"Newest version"`
	Published   string `json:"published_at" format:"date-time"`
	Cycle       Text   `json:"update_cycle"`
	Due         string `json:"due" format:"date"`
	DueJalali   string `json:"due_jalali"`
	DaysOverdue int    `json:"days_overdue" doc:"0 while there is time"`
	DaysLeft    int    `json:"days_left"`
}

// Reminders answers the datasets that are older than their theme's update cycle, or will be within some days: the oldest first. Delivering the same file again makes
// no version, and so makes nothing newer.
func (s *Service) Reminders(ctx context.Context, agency string, within int) ([]Reminder, error) {
	today := dayOf(s.now())
	list := []Reminder{}
	err := pg.InScope(ctx, s.Pool, pg.Public, pgx.TxOptions{AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `
			select d.id, t.code, t.title_fa, t.title_en, a.code, a.name_fa, a.name_en, `+territory+`, v.seq, v.published_at, t.update_cycle ->> 'fa', t.update_cycle ->> 'en',
			  ((v.published_at at time zone 'Asia/Tehran') + (t.update_cycle ->> 'duration')::interval)::date as due
			from `+newest+`
			where t.update_cycle is not null
			  and ($1 = '' or a.code = $1)
			  and ((v.published_at at time zone 'Asia/Tehran') + (t.update_cycle ->> 'duration')::interval)::date <= $2::date
			order by due, a.code, t.code, d.territory
			limit 5000`, agency, today.AddDate(0, 0, within))
		if err != nil {
			return err
		}
		var r Reminder
		var published, due time.Time
		_, err = pgx.ForEachRow(rows, []any{
			&r.Dataset, &r.Theme, &r.Title.FA, &r.Title.EN, &r.Agency.Code, &r.Agency.NameFA, &r.Agency.NameEN, &r.Territory, &r.Version, &published,
			&r.Cycle.FA, &r.Cycle.EN, &due,
		}, func() error {
			r.Published, r.Due, r.DueJalali = published.UTC().Format(time.RFC3339), due.Format(time.DateOnly), jalali(due)
			r.DaysOverdue, r.DaysLeft = max(0, days(due, today)), max(0, days(today, due))
			list = append(list, r)
			return nil
		})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading what is to be renewed: %w", err)
	}
	return list, nil
}

// what is to be renewed: an agency may have a dataset of a theme for each of several territories.
func (r *Reminder) what() Text {
	if r.Territory == nil {
		return r.Title
	}
	en := r.Territory.NameFA
	if r.Territory.NameEN != nil {
		en = *r.Territory.NameEN
	}
	return Text{r.Title.FA + "، " + r.Territory.NameFA, r.Title.EN + ", " + en}
}
