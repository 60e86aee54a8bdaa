package server

import (
	"context"
	"slices"
	"time"

	"nsdi/access"
	"nsdi/internal/errs"
	"nsdi/layers/upload"
)

type trackInput struct {
	ID string `path:"id" doc:"Tracking identifier, in any case, with Persian or Latin digits, with or without dashes"`
}

// tracked is what an identifier tells: state, dates and responsible unit to everybody who knows it, the rest to the agency whose it is.
type tracked struct {
	ID          string       `json:"id" example:"NSDI-1405-K7Q2-93FX-8"`
	Kind        string       `json:"kind" example:"submission"`
	State       string       `json:"state" example:"published"`
	StateTitle  bilingual    `json:"state_title"`
	Created     date         `json:"created"`
	Updated     date         `json:"updated"`
	Responsible bilingual    `json:"responsible" doc:"Unit responsible for the next step"`
	Events      []trackEvent `json:"events" doc:"In order"`
}

type date struct {
	At     time.Time `json:"at"`
	Jalali string    `json:"jalali" example:"1405-08-30" doc:"Day in Iran"`
}

type trackEvent struct {
	Seq         int64     `json:"seq"`
	When        date      `json:"when"`
	From        string    `json:"from" doc:"Empty for the first"`
	To          string    `json:"to"`
	Responsible bilingual `json:"responsible"`
	// Inside is for the agency whose it is.
	Inside *trackInside `json:"inside,omitempty" doc:"For members of the agency whose it is"`
}

type trackInside struct {
	Person            int64     `json:"person_id" doc:"Who did it; 0: no person"`
	Key               int64     `json:"key_id" doc:"With which key; 0: none"`
	Actor             string    `json:"actor" doc:"Empty: nsdi itself, or its operator"`
	ActorAgency       string    `json:"actor_agency"`
	ResponsiblePerson string    `json:"responsible_person"`
	Note              bilingual `json:"note"`
	Hash              []byte    `json:"hash" doc:"SHA-256 that chains the event to those before it"`
}

// track answers GET /v1/track/{id}.
func (s *server) track(ctx context.Context, in *trackInput) (*tracked, error) {
	d, err := access.Find(ctx, s.System, in.ID)
	if err != nil {
		return nil, err
	}
	inside := ofAgency(access.SubjectFrom(ctx), d.AgencyID)
	body := &tracked{
		ID: string(d.ID), Kind: d.Kind, State: d.State, StateTitle: bilingual(stateTitle(d.State)), Created: dated(d.CreatedAt), Updated: dated(d.UpdatedAt), Events: []trackEvent{},
	}
	for _, e := range d.Events {
		out := trackEvent{Seq: e.Seq, When: dated(e.At), From: e.From, To: e.To, Responsible: bilingual(e.Unit)}
		if inside {
			out.Inside = &trackInside{
				Person: e.PersonID, Key: e.KeyID, Actor: e.Actor, ActorAgency: e.ActorAgency, ResponsiblePerson: e.ResponsiblePerson, Note: bilingual(e.Note), Hash: e.Hash,
			}
		}
		body.Events = append(body.Events, out)
		body.Responsible = bilingual(e.Unit)
	}
	return body, nil
}

// ofAgency answers whether the subject is a member of the agency. 0 is no agency, of which nobody is.
func ofAgency(who access.Subject, agency int64) bool {
	return agency != 0 && slices.ContainsFunc(who.Memberships, func(m access.Membership) bool { return m.AgencyID == agency })
}

func dated(t time.Time) date { return date{At: t.UTC(), Jalali: access.Jalali(t)} }

// stateTitle names a state for people; one that has no name here is its own.
func stateTitle(state string) errs.Text {
	switch state {
	case upload.Uploading:
		return errs.T("در حال بارگذاری", "Files are coming in")
	case upload.Abandoned:
		return errs.T("رها شد؛ پرونده‌ای کامل نرسید", "Abandoned, no file came whole")
	case "received":
		return errs.T("دریافت شد", "Received")
	case "inspected":
		return errs.T("خوانده شد؛ در انتظار تأیید فرستنده", "Looked into, waiting for confirmation")
	case "confirmed":
		return errs.T("در حال بررسی", "Being checked")
	case "submitted":
		return errs.T("در انتظار بازبین", "Waiting for a reviewer")
	case "reviewed":
		return errs.T("پذیرفته شد؛ در انتظار انتشار", "Accepted, waiting for a publisher")
	case "approved":
		return errs.T("در حال انتشار", "Being published")
	case "returned":
		return errs.T("برای اصلاح بازگردانده شد", "Returned to be mended")
	case "validated":
		return errs.T("بررسی شد", "Checked")
	case "published":
		return errs.T("منتشر شد", "Published")
	case "unchanged":
		return errs.T("بی‌تغییر؛ چیزی برای انتشار نبود", "Unchanged, nothing to publish")
	case "refused":
		return errs.T("رد شد", "Refused")
	case "issued":
		return errs.T("داده شد", "Issued")
	case "requested":
		return errs.T("درخواست شد؛ در انتظار متولی", "Requested, waiting for the custodian")
	case "granted":
		return errs.T("داده شد", "Granted")
	case "withdrawn":
		return errs.T("پس گرفته شد", "Withdrawn")
	case "revoked":
		return errs.T("متولی پس گرفت", "Revoked by the custodian")
	}
	return errs.T(state, state)
}
