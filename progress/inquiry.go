package progress

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"nsdi/internal/errs"
)

// inquiries are the services that an obligation of Article 21 note 2 is counted in, and the store that they answer from.
type inquiries struct {
	obligation string
	store      string
	services   []string
}

// InquiryServices are the services by which the two obligations are counted: those whose card says that they are electronic inquiries.
func InquiryServices() map[string][]string {
	all := map[string][]string{}
	for _, i := range inquiryRules() {
		all[i.obligation] = i.services
	}
	return all
}

func inquiryRules() []inquiries {
	return []inquiries{
		{"A25-INQUIRY", "cadastre.parcel", []string{"nsdi-parcels", "nsdi-parcel-inquiry"}},
		{"A27-INQUIRY", "gnaf.address", []string{
			"nsdi-postal-validate", "nsdi-postal-address", "nsdi-postal-place", "nsdi-postal-inquiry", "nsdi-building-units", "nsdi-postal-certificate", "nsdi-postal-changes",
		}},
	}
}

// inForce and lately are within which time a service answered that is in force, and that is in use now.
const (
	inForce = `interval '1 year'`
	lately  = `interval '30 days'`
)

// lookAtInquiries brings up to date when each service last answered.
func lookAtInquiries(ctx context.Context, tx pgx.Tx) error {
	_, err := tx.Exec(ctx, `
		insert into progress.inquiry_service (service, answered_at, seen)
		select service, (array_agg(at order by id desc))[1], max(id)
		from access.inquiry
		where progress.looking_back() is null
		  and id > (select coalesce(max(seen), 0) from progress.inquiry_service)
		  and code = 200
		  and service <> ''
		group by service
		union all
		select '', now(), 0
		on conflict (service) do update
		set answered_at = excluded.answered_at, seen = excluded.seen`)
	if err != nil {
		return fmt.Errorf("looking at inquiries: %w", err)
	}
	return nil
}

// count keeps how many of the services are offered, have data to answer from, are in force and in use.
func (i inquiries) count(ctx context.Context, tx pgx.Tx, t *tree, l *ledger) error {
	s := &sum{whole: float64(len(i.services))}
	s.stages[0] = s.whole
	err := tx.QueryRow(ctx, `
		select case when exists (select from `+i.store+`) then $2::float8 else 0 end, count(*) filter (where answered_at > progress.moment() - `+inForce+`)::float8,
		  count(*) filter (where answered_at > progress.moment() - `+lately+`)::float8
		from progress.inquiry_service
		where service = any ($1)`, i.services, s.whole).Scan(&s.stages[1], &s.stages[2], &s.stages[3])
	if err != nil {
		return fmt.Errorf("counting inquiry services: %w", err)
	}
	for _, code := range t.order {
		f := figure{}
		if code == country {
			f = s.figure()
			f.source = errs.T("خدمات استعلام با شناسنامه منتشرشده (ماده ۲۱ تبصره ۲)؛ برقرار: در یک سال گذشته پاسخ داده است", "Inquiry services with a published card (Article 21 note 2); in force: answered within a year")
		}
		f.unit = "service"
		if err := l.put(t.units[code].reportedUnit, f); err != nil {
			return err
		}
	}
	return nil
}
