package access

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// RatingSum sums ratings up.
type RatingSum struct {
	Count   int64    `json:"count"`
	Average *float64 `json:"average" doc:"From 1 to 5; null: nobody rated it"`
	Scores  [5]int64 `json:"scores" doc:"How many gave 1, 2, 3, 4, 5"`
}

// sumOf sums up how many gave 1 to 5.
func sumOf(scores []int64) (s RatingSum) {
	var total int64
	for i, n := range scores {
		s.Scores[i] = n
		s.Count += n
		total += int64(i+1) * n
	}
	if s.Count > 0 {
		average := float64(total) / float64(s.Count)
		s.Average = &average
	}
	return s
}

// Plus sums two sums up.
func (s RatingSum) Plus(other RatingSum) RatingSum {
	for i, n := range other.Scores {
		s.Scores[i] += n
	}
	return sumOf(s.Scores[:])
}

// ServiceRating is what a card says of ratings.
type ServiceRating struct {
	All    RatingSum `json:"all"`
	Recent RatingSum `json:"recent" doc:"Of the last 90 days"`
}

// Sums answers what is on the cards, by service. A service that nobody rated is not in it.
func (r *Ratings) Sums(ctx context.Context) (map[string]ServiceRating, error) {
	rows, err := r.Pool.Query(ctx, `
		select service, day > $1::date - $2::int as recent,
		  array[sum(scores[1]), sum(scores[2]), sum(scores[3]), sum(scores[4]), sum(scores[5])]::bigint[]
		from access.rating_day
		group by service, recent`, Day(moment(r.Now)), RecentRatings)
	if err != nil {
		return nil, fmt.Errorf("sums of ratings: %w", err)
	}
	all := map[string][]int64{}
	sums := map[string]ServiceRating{}
	var service string
	var recent bool
	var scores []int64
	_, err = pgx.ForEachRow(rows, []any{&service, &recent, &scores}, func() error {
		if all[service] == nil {
			all[service] = make([]int64, 5)
		}
		for i, n := range scores {
			all[service][i] += n
		}
		sum := sums[service]
		if recent {
			sum.Recent = sumOf(scores)
		}
		sum.All = sumOf(all[service])
		sums[service] = sum
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("sums of ratings: %w", err)
	}
	return sums, nil
}

// RatingDay sums up a day.
type RatingDay struct {
	Day    time.Time // midnight in Iran
	Sum    RatingSum
	Public int64 // how many were of callers without a name
}

// Days answers the sums of a service's days, from one to another, both of them included, newest first. Days on which nobody rated are left out.
func (r *Ratings) Days(ctx context.Context, service string, from, to time.Time) ([]RatingDay, error) {
	rows, err := r.Pool.Query(ctx, `
		select day::text, scores::bigint[], public
		from access.rating_day
		where service = $1
		  and day between $2 and $3
		order by day desc`, service, Day(from), Day(to))
	if err != nil {
		return nil, fmt.Errorf("days of ratings: %w", err)
	}
	days, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (d RatingDay, err error) {
		var at string
		var scores []int64
		if err = row.Scan(&at, &scores, &d.Public); err == nil {
			d.Sum = sumOf(scores)
			d.Day, err = time.ParseInLocation(time.DateOnly, at, Iran())
		}
		return d, err
	})
	if err != nil {
		return nil, fmt.Errorf("days of ratings: %w", err)
	}
	return days, nil
}

// Comment is what somebody wrote with a rating.
type Comment struct {
	ID    int64
	At    time.Time
	Kind  string // person, key or public
	Score int
	Text  string
}

// Comments answers what was written about a service, newest first; before is the ID where a page goes on, or 0.
func (r *Ratings) Comments(ctx context.Context, service string, from, to time.Time, before int64, limit int) ([]Comment, error) {
	rows, err := r.Pool.Query(ctx, `
		select id, at, kind, score, comment
		from access.rating
		where service = $1
		  and day between $2 and $3
		  and comment <> ''
		  and ($4 = 0 or id < $4)
		order by id desc
		limit $5`, service, Day(from), Day(to), before, limit)
	if err != nil {
		return nil, fmt.Errorf("comments of ratings: %w", err)
	}
	comments, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Comment])
	if err != nil {
		return nil, fmt.Errorf("comments of ratings: %w", err)
	}
	return comments, nil
}
