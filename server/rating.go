package server

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humachi"

	"nsdi/access"
)

type rateInput struct {
	ID   string `path:"id" maxLength:"64" example:"nsdi-geocode"`
	Body struct {
		Score   int    `json:"score" minimum:"1" maximum:"5" doc:"5 is the best"`
		Comment string `json:"comment,omitempty" maxLength:"500"`
	}
	request *http.Request
}

// Resolve keeps the request, which knows where it comes from.
func (in *rateInput) Resolve(ctx huma.Context) []error {
	in.request, _ = humachi.Unwrap(ctx)
	return nil
}

type rateOutput struct {
	Status       int
	CacheControl string `header:"Cache-Control"`
	Body         ratedBody
}

type ratedBody struct {
	Service  string               `json:"service"`
	Score    int                  `json:"score"`
	Day      serviceDate          `json:"day" doc:"Of Iran's clock, for which the rating counts"`
	Replaced bool                 `json:"replaced" doc:"It replaced the caller's rating of the same day"`
	Rating   access.ServiceRating `json:"rating" doc:"What is on the card now"`
}

// rate answers POST /v1/services/{id}/ratings.
func (s *server) rate(ctx context.Context, in *rateInput) (*rateOutput, error) {
	replaced, err := s.ratings.Rate(ctx, access.Rating{Service: in.ID, Score: in.Body.Score, Comment: in.Body.Comment, From: s.remote(in.request)})
	if err != nil {
		return nil, err
	}
	sums, err := s.ratings.Sums(ctx)
	if err != nil {
		return nil, err
	}
	out := &rateOutput{Status: http.StatusCreated, CacheControl: "no-store"}
	if replaced {
		out.Status = http.StatusOK
	}
	out.Body = ratedBody{Service: in.ID, Score: in.Body.Score, Day: dayOf(s.Now()), Replaced: replaced, Rating: sums[in.ID]}
	return out, nil
}

// dayOf answers the day of Iran's clock.
func dayOf(t time.Time) serviceDate {
	return serviceDate{access.Day(t), access.Jalali(t)}
}

type ratingsInput struct {
	ID     string    `path:"id" maxLength:"64" example:"nsdi-geocode"`
	From   time.Time `query:"from" doc:"From the day of this moment on; a year back by default"`
	To     time.Time `query:"to" doc:"Up to the day of this moment; today by default"`
	Before int64     `query:"before" minimum:"0" doc:"The next of the page of comments before"`
	Limit  int       `query:"limit" default:"100" minimum:"1" maximum:"1000" doc:"Comments of a page"`
}

type ratingsBody struct {
	Service  string           `json:"service"`
	Sum      access.RatingSum `json:"sum" doc:"Of the days that are asked for"`
	Days     []ratingDay      `json:"days" doc:"Newest first; without those on which nobody rated"`
	Comments []ratingComment  `json:"comments" doc:"Newest first. Comments are kept for 400 days"`
	Next     *int64           `json:"next" doc:"Value of before for the next page of comments; null at the end"`
}

type ratingDay struct {
	Day    serviceDate      `json:"day"`
	Sum    access.RatingSum `json:"sum"`
	Public int64            `json:"public" doc:"How many were of callers who neither signed in nor sent a key"`
}

type ratingComment struct {
	ID      int64  `json:"id"`
	When    date   `json:"when"`
	Kind    string `json:"kind" enum:"person,key,public"`
	Score   int    `json:"score"`
	Comment string `json:"comment"`
}

// serviceRatings answers GET /v1/services/{id}/ratings.
func (s *server) serviceRatings(ctx context.Context, in *ratingsInput) (*ratingsBody, error) {
	if _, err := access.FindService(in.ID); err != nil {
		return nil, err
	}
	if in.To.IsZero() {
		in.To = s.Now()
	}
	if in.From.IsZero() {
		in.From = in.To.AddDate(-1, 0, 0)
	}
	if in.To.Before(in.From) || in.From.Year() < 1 || in.To.Year() > 9998 {
		return nil, invalid("query.from, query.to", in.From.Format(time.RFC3339)+", "+in.To.Format(time.RFC3339))
	}
	days, errDays := s.ratings.Days(ctx, in.ID, in.From, in.To)
	comments, errComments := s.ratings.Comments(ctx, in.ID, in.From, in.To, in.Before, in.Limit+1)
	if err := errors.Join(errDays, errComments); err != nil {
		return nil, err
	}
	body := &ratingsBody{Service: in.ID, Days: []ratingDay{}, Comments: []ratingComment{}}
	for _, d := range days {
		body.Days = append(body.Days, ratingDay{Day: dayOf(d.Day), Sum: d.Sum, Public: d.Public})
		body.Sum = body.Sum.Plus(d.Sum)
	}
	if len(comments) > in.Limit {
		comments = comments[:in.Limit]
		body.Next = &comments[in.Limit-1].ID
	}
	for _, c := range comments {
		body.Comments = append(body.Comments, ratingComment{ID: c.ID, When: dated(c.At), Kind: c.Kind, Score: c.Score, Comment: c.Text})
	}
	return body, nil
}
