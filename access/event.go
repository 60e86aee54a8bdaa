package access

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"nsdi/internal/errs"
)

// Tracking writes down what becomes of requests and deliveries (Article 13).
type Tracking struct {
	Now func() time.Time // Defaults to time.Now.
}

// Event is one thing that happened to what is tracked.
type Event struct {
	Seq               int64
	At                time.Time
	From, To          string // states; From is empty for the first event
	PersonID, KeyID   int64  // who did it; 0: no person or key, such as nsdi itself
	Actor             string // the name as it was then
	ActorAgency       string
	ResponsiblePerson string    // for the next step
	Unit              errs.Text // responsible for the next step
	Note              errs.Text
	Prev, Hash        []byte
}

// Step is what a caller says of an event. The rest follows from the identifier and from who asks, which the context says.
type Step struct {
	State             string
	ResponsiblePerson string    // Defaults to who asks.
	Unit              errs.Text // Defaults to the unit of the event before, and at first to the agency whose it is.
	Note              errs.Text
}

// Tracked is what an identifier stands for.
type Tracked struct {
	ID        Identifier
	Kind      string // submission, …
	AgencyID  int64  // whose it is; 0: of none
	Agency    string // its code
	State     string
	CreatedAt time.Time
	UpdatedAt time.Time
	Events    []Event // in order
}

// Open makes an identifier for something of an agency, with its first event, within the transaction that brings the thing about.
func (t *Tracking) Open(ctx context.Context, tx pgx.Tx, kind, agency string, s Step) (Identifier, error) {
	at := moment(t.Now)
	d := Tracked{Kind: kind, Agency: agency}
	var unit errs.Text
	if err := tx.QueryRow(ctx, `select id, name_fa, name_en from access.agency where code = $1`, agency).Scan(&d.AgencyID, &unit.FA, &unit.EN); err != nil {
		return "", fmt.Errorf("tracking of %s: %w", agency, err)
	}
	if s.Unit.IsZero() {
		s.Unit = unit
	}
	// One in 5·10¹¹ is taken for each that there is in a year: the second attempt is free.
	for range 3 {
		d.ID = NewIdentifier(at)
		e := s.event(ctx, 1, at, "")
		e.Hash = d.hash(&e)
		tag, err := tx.Exec(ctx, `
			insert into access.tracking (id, kind, agency_id, state, events, head, created_at, updated_at)
			values ($1, $2, $3, $4, 1, $5, $6, $6)
			on conflict (id) do nothing`, d.ID, kind, d.AgencyID, s.State, e.Hash, at)
		if err != nil {
			return "", fmt.Errorf("tracking of %s: %w", agency, err)
		}
		if tag.RowsAffected() == 1 {
			return d.ID, d.append(ctx, tx, &e)
		}
	}
	return "", fmt.Errorf("tracking of %s: no free identifier", agency)
}

// Move appends an event, within the transaction that changes the state. Two that move one identifier at once come one after the other.
func (t *Tracking) Move(ctx context.Context, tx pgx.Tx, id Identifier, s Step) error {
	d := Tracked{ID: id}
	var last Event
	err := tx.QueryRow(ctx, `
		select kind, coalesce(agency_id, 0), state, events, head
		from access.tracking
		where id = $1
		for update`, id).Scan(&d.Kind, &d.AgencyID, &d.State, &last.Seq, &last.Hash)
	if err == nil && s.Unit.IsZero() { // apart from the above, which would look for the event as of before it waited for the lock
		err = tx.QueryRow(ctx, `
			select unit_fa, unit_en
			from access.tracking_event
			where tracking = $1
			  and seq = $2`, id, last.Seq).Scan(&s.Unit.FA, &s.Unit.EN)
	}
	if err != nil {
		return fmt.Errorf("tracking %s: %w", id, err)
	}
	e := s.event(ctx, last.Seq+1, moment(t.Now), d.State)
	e.Prev = last.Hash
	e.Hash = d.hash(&e)
	_, err = tx.Exec(ctx, `
		update access.tracking
		set state = $2, events = $3, head = $4, updated_at = $5
		where id = $1`, id, e.To, e.Seq, e.Hash, e.At)
	if err != nil {
		return fmt.Errorf("tracking %s: %w", id, err)
	}
	return d.append(ctx, tx, &e)
}

// Note appends an event that leaves the state as it is.
func (t *Tracking) Note(ctx context.Context, tx pgx.Tx, id Identifier, note errs.Text) error {
	var state string
	if err := tx.QueryRow(ctx, `select state from access.tracking where id = $1 for update`, id).Scan(&state); err != nil {
		return fmt.Errorf("tracking %s: %w", id, err)
	}
	return t.Move(ctx, tx, id, Step{State: state, Note: note})
}

// event is the step, as taken by who asks.
func (s Step) event(ctx context.Context, seq int64, at time.Time, from string) Event {
	who := SubjectFrom(ctx)
	e := Event{
		Seq: seq, At: at, From: from, To: s.State, PersonID: who.PersonID, KeyID: who.KeyID, Actor: who.Name, ResponsiblePerson: s.ResponsiblePerson,
		Unit: s.Unit, Note: s.Note, Prev: []byte{},
	}
	if len(who.Memberships) > 0 {
		e.ActorAgency = who.Memberships[0].Agency
	}
	if e.ResponsiblePerson == "" {
		e.ResponsiblePerson = who.Name
	}
	return e
}

func (d *Tracked) hash(e *Event) []byte {
	return chained(e.Prev, "event", string(d.ID), d.Kind, d.AgencyID, e.Seq, e.At, e.From, e.To, e.PersonID, e.KeyID, e.Actor, e.ActorAgency,
		e.ResponsiblePerson, e.Unit.FA, e.Unit.EN, e.Note.FA, e.Note.EN)
}

func (d *Tracked) append(ctx context.Context, tx pgx.Tx, e *Event) error {
	_, err := tx.Exec(ctx, `
		insert into access.tracking_event (tracking, seq, at, state_from, state_to, person_id, key_id, actor, actor_agency, responsible_person,
		  unit_fa, unit_en, note_fa, note_en, prev, hash)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`,
		d.ID, e.Seq, e.At, e.From, e.To, e.PersonID, e.KeyID, e.Actor, e.ActorAgency, e.ResponsiblePerson,
		e.Unit.FA, e.Unit.EN, e.Note.FA, e.Note.EN, e.Prev, e.Hash)
	if err != nil {
		return fmt.Errorf("tracking %s: %w", d.ID, err)
	}
	return nil
}

// eventColumns are scanned by scan.
const eventColumns = `e.seq, e.at, e.state_from, e.state_to, e.person_id, e.key_id, e.actor, e.actor_agency, e.responsible_person, e.unit_fa, e.unit_en,
	e.note_fa, e.note_en, e.prev, e.hash`

func (e *Event) scan() []any {
	return []any{
		&e.Seq, &e.At, &e.From, &e.To, &e.PersonID, &e.KeyID, &e.Actor, &e.ActorAgency, &e.ResponsiblePerson, &e.Unit.FA, &e.Unit.EN,
		&e.Note.FA, &e.Note.EN, &e.Prev, &e.Hash,
	}
}
