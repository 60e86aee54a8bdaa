package progress

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"nsdi/internal/errs"
)

// ahead is how many days before its time a dataset's renewal is asked for.
const ahead = 30

// digest is what one agency has to be told on a day.
type digest struct {
	day   time.Time
	late  []Overdue
	aging []Reminder
}

// digests are those of all agencies that anything is to be told to.
func (l *Letters) digests(ctx context.Context, day time.Time) (map[string]*digest, error) {
	late, err := l.Service.Overdue(ctx, country, "", "")
	if err != nil {
		return nil, err
	}
	aging, err := l.Service.Reminders(ctx, "", ahead)
	if err != nil {
		return nil, err
	}
	all := map[string]*digest{}
	of := func(agency string) *digest {
		if all[agency] == nil {
			all[agency] = &digest{day: day}
		}
		return all[agency]
	}
	for _, o := range late {
		d := of(o.Agency.Code)
		d.late = append(d.late, o)
	}
	for _, r := range aging {
		d := of(r.Agency.Code)
		d.aging = append(d.aging, r)
	}
	return all, nil
}

// thing names what is told: that a deadline passed with a step to do, and that a dataset is or soon will be too old. Another deadline, step or version is another thing.
func (o *Overdue) thing() string {
	due := *o.Legal.Deadline
	if o.Revised.DaysOverdue != nil && *o.Revised.DaysOverdue > 0 {
		due = *o.Revised.Deadline
	}
	return "late " + o.Obligation + " " + o.Unit.Code + " " + due + " " + o.Step
}

func (r *Reminder) thing() string {
	kind := "soon"
	if r.DaysOverdue > 0 {
		kind = "old"
	}
	return fmt.Sprintf("%s %d %s", kind, r.Dataset, r.Due)
}

// without takes out what was told, and answers what is left.
func (d *digest) without(told []string) (things []string) {
	d.late = slices.DeleteFunc(d.late, func(o Overdue) bool { return slices.Contains(told, o.thing()) })
	d.aging = slices.DeleteFunc(d.aging, func(r Reminder) bool { return slices.Contains(told, r.thing()) })
	for _, o := range d.late {
		things = append(things, o.thing())
	}
	for _, r := range d.aging {
		things = append(things, r.thing())
	}
	return things
}

// text is the letter in both languages, Persian first.
func (d *digest) text(base string) (subject, body string) {
	subject = "یادآوری تعهدهای داده مکانی، " + jalali(d.day) + " · Reminder of spatial data duties, " + d.day.Format(time.DateOnly)
	var b strings.Builder
	for _, persian := range []bool{true, false} {
		say := func(t Text) { b.WriteString(t.in(persian) + "\n") }
		if len(d.late) > 0 {
			say(Text{"آنچه از مهلت گذشته است:", "What is overdue:"})
		}
		for _, code := range d.obligations() {
			d.sayLate(code, say)
		}
		if len(d.aging) > 0 {
			say(Text{"داده‌هایی که باید تازه شود:", "Data that is to be renewed:"})
		}
		for _, r := range d.aging {
			say(Text{
				"- " + r.what().FA + "، نسخه " + errs.Digits(fmt.Sprint(r.Version)) + "، دوره: " + r.Cycle.FA + "، موعد: " + r.DueJalali,
				fmt.Sprintf("- %s, version %d, cycle: %s, due %s", r.what().EN, r.Version, r.Cycle.EN, r.Due),
			})
		}
		if base != "" {
			say(Text{base + "/progress?lang=fa", base + "/progress?lang=en"})
		}
		b.WriteString("\n")
	}
	return subject, b.String()
}

// obligations are those of what is late, each once, in their order.
func (d *digest) obligations() (codes []string) {
	for _, o := range d.late {
		if !slices.Contains(codes, o.Obligation) {
			codes = append(codes, o.Obligation)
		}
	}
	return codes
}

// sayLate says one obligation in a line for each next step, with the units in which it is the next.
func (d *digest) sayLate(code string, say func(Text)) {
	steps := []string{}
	for _, o := range d.late {
		if o.Obligation != code || slices.Contains(steps, o.Step) {
			continue
		}
		steps = append(steps, o.Step)
		late := errs.Tn(o.DaysOverdue, "%d روز دیرکرد", "%d day overdue", "%d days overdue", o.DaysOverdue)
		line := Text{
			"- " + o.Title.FA + "، " + late.FA + ". " + o.Next.FA,
			"- " + o.Title.EN + ", " + late.EN + ". " + o.Next.EN,
		}
		var fa, en []string
		for _, other := range d.late {
			if other.Obligation == code && other.Step == o.Step {
				name := other.where()
				fa, en = append(fa, name.FA), append(en, name.EN)
			}
		}
		line.FA += "\n  " + strings.Join(fa, "، ")
		line.EN += "\n  " + strings.Join(en, ", ")
		say(line)
	}
}

// where is the unit with how far it is.
func (o *Overdue) where() Text {
	t := Text{o.Unit.NameFA, o.Unit.NameFA}
	if o.Unit.NameEN != nil {
		t.EN = *o.Unit.NameEN
	}
	if o.Percent != nil {
		t.FA += " " + errs.Decimals(fmt.Sprintf("%.1f٪", *o.Percent))
		t.EN += fmt.Sprintf(" %.1f %%", *o.Percent)
	}
	return t
}
