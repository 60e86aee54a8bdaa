package server

import (
	"context"
	"fmt"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/jackc/pgx/v5"

	"nsdi/access"
	"nsdi/internal/errs"
	"nsdi/internal/mail"
	"nsdi/layers"
	"nsdi/progress"
)

const (
	lettersPath  = "/v1/letters"
	contactsPath = lettersPath + "/contacts"
	letterErrand = "letter"
)

// letterAPI is what an administrator sees of the letters that remind agencies.
func (s *server) letterAPI(api huma.API) {
	get(s, api, lettersPath, "letters", "Letters that remind agencies of what is late: what was sent, what waits and what failed", s.letters)
	get(s, api, contactsPath, "contacts", "Where agencies' letters go", s.contacts)
	post(s, api, contactsPath, "set-contact", "Say where an agency's letters go", s.setContact)
}

type lettersInput struct {
	Before int64 `query:"before" minimum:"0" doc:"The next of the page before"`
	Limit  int   `query:"limit" default:"100" minimum:"1" maximum:"1000"`
}

type lettersBody struct {
	Configured bool              `json:"configured" doc:"False: no mail server is set (NSDI_SMTP), and nothing is written or sent"`
	Letters    []progress.Letter `json:"letters" doc:"The newest first"`
	Next       *int64            `json:"next" doc:"Value of before for the next page; null at the end"`
}

// letters answers GET /v1/letters.
func (s *server) letters(ctx context.Context, in *lettersInput) (*lettersBody, error) {
	list, err := s.Progress.Letters(ctx, in.Before, in.Limit+1)
	if err != nil {
		return nil, err
	}
	body := &lettersBody{Configured: s.Letters != nil, Letters: list}
	if len(list) > in.Limit {
		body.Letters, body.Next = list[:in.Limit], &list[in.Limit-1].ID
	}
	return body, nil
}

type contactsBody struct {
	Contacts []progress.Contact `json:"contacts"`
}

// contacts answers GET /v1/letters/contacts.
func (s *server) contacts(ctx context.Context, _ *struct{}) (*contactsBody, error) {
	list, err := s.Progress.Contacts(ctx)
	return &contactsBody{list}, err
}

type setContactInput struct {
	Body struct {
		Agency    string   `json:"agency" maxLength:"64" doc:"Its code"`
		Addresses []string `json:"addresses" maxItems:"20" doc:"None: it gets no letters"`
	}
}

// setContact answers POST /v1/letters/contacts.
func (s *server) setContact(ctx context.Context, in *setContactInput) (*contactsBody, error) {
	for i, a := range in.Body.Addresses {
		if err := mail.CheckAddress(a); err != nil {
			return nil, &errs.Error{
				Code: "address-wrong", Status: 422, Op: "letters", Location: fmt.Sprintf("body.addresses[%d]", i), Value: a, Err: err,
				Title: errs.T("این نشانی رایانامه نیست", "This is no e-mail address"),
				Next:  errs.T("نشانی را به شکل name@example.ir بنویسید.", "Write it as name@example.ir."),
			}
		}
	}
	id, err := access.AgencyID(ctx, s.Pool, in.Body.Agency)
	if err != nil {
		return nil, err
	}
	err = pgx.BeginFunc(ctx, s.System, func(tx pgx.Tx) error {
		if err := progress.SetContact(ctx, tx, id, in.Body.Addresses); err != nil {
			return err
		}
		return s.trail.Record(ctx, tx, access.Entry{
			Event: "contact", Action: access.Administer, Resource: "agency:" + in.Body.Agency, Agency: in.Body.Agency, Detail: strings.Join(in.Body.Addresses, ", "),
		})
	})
	if err != nil {
		return nil, err
	}
	return s.contacts(ctx, nil)
}

// letterErrands write the letters of each day, and send them.
func (s *server) letterErrands() []layers.Errand {
	return []layers.Errand{
		{Kind: "letters", Open: s.Letters.Due, Work: func(ctx context.Context, day string, _ bool) error { return s.writeLetters(ctx, day) }},
		{Kind: letterErrand, Open: s.Letters.Waiting, Work: s.Letters.Send},
	}
}

// writeLetters has the letters sent at once that it writes: whoever was killed in between leaves them to the next sweep.
func (s *server) writeLetters(ctx context.Context, day string) error {
	if err := s.Letters.Write(ctx, day); err != nil {
		return err
	}
	waiting, err := s.Letters.Waiting(ctx)
	if err != nil {
		return err
	}
	return pgx.BeginFunc(ctx, s.System, func(tx pgx.Tx) error {
		for _, id := range waiting {
			if err := s.Jobs.Send(ctx, tx, letterErrand, id); err != nil {
				return err
			}
		}
		return nil
	})
}
