package layers

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"nsdi/internal/errs"
)

// takeover tells the agencies whose published data lies in the same place when another one begins to publish the theme there, under the identifiers of their
// last published submissions, and answers what the new publisher is told.
func (w *work) takeover(ctx context.Context, tx pgx.Tx) ([]errs.Text, error) {
	// A dataset without a territory is of its agency's whole territory; an agency without one is of the country.
	rows, err := tx.Query(ctx, `
		with place as (
			select d.id, d.agency_id, coalesce(d.territory, t.admin_code, 'IR') as code
			from layers.dataset d
			left join access.agency_territory t on d.territory is null and t.agency_id = d.agency_id
			where d.theme = $1
		)
		select distinct on (other.id) a.name_fa, a.name_en, coalesce(s.tracking, ''), coalesce(mine.name_fa, ''), coalesce(mine.name_en, '')
		from place p
		join place other on other.agency_id <> p.agency_id and (access.within(p.code, other.code) or access.within(other.code, p.code))
		join access.agency a on a.id = other.agency_id
		join access.agency mine on mine.id = p.agency_id
		join lateral (
			select submission_id, features
			from layers.version
			where dataset_id = other.id
			order by seq desc
			limit 1
		) v on v.features > 0
		join layers.submission s on s.id = v.submission_id
		where p.id = $2`, w.sub.Theme, w.dataset.id)
	if err != nil {
		return nil, fmt.Errorf("takeover: %w", err)
	}
	type other struct{ NameFA, NameEN, Tracking, MineFA, MineEN string }
	others, err := pgx.CollectRows(rows, pgx.RowToStructByPos[other])
	if err != nil {
		return nil, fmt.Errorf("takeover: %w", err)
	}
	var notes []errs.Text
	for _, o := range others {
		notes = append(notes, errs.T("«"+o.NameFA+"» نیز این موضوع را در این قلمرو منتشر می‌کند و آگاه شد.", "“"+o.NameEN+"” publishes this theme in this territory too, and was told."))
		if w.importer.Tracker == nil || o.Tracking == "" {
			continue
		}
		err := w.importer.Tracker.Noted(ctx, tx, o.Tracking,
			errs.T("«"+o.MineFA+"» نیز این موضوع را در قلمرو شما منتشر کرد.", "“"+o.MineEN+"” has published this theme in your territory too."))
		if err != nil {
			return nil, fmt.Errorf("takeover: %w", err)
		}
	}
	return notes, nil
}
