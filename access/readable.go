package access

import (
	"context"
	"fmt"
	"net/http"

	"github.com/jackc/pgx/v5"

	"nsdi/internal/errs"
)

// Readable lists the datasets of restricted themes that the subject may read as they are, by their numbers. What a grant lets an agency read is left out: it may hold for some
// attributes and places only, and its uses are counted. Each dataset that a role or a delegation could reach is asked about as anything else is.
func (p *Permissions) Readable(ctx context.Context, s Subject) ([]int64, error) {
	var mine []int64
	beyond := false // some role reaches datasets of other agencies that delegated nothing
	for _, m := range s.Memberships {
		for _, role := range m.Roles {
			switch reachOf(role, ReadRestricted) {
			case 0:
			case own, delivering:
				mine = append(mine, m.AgencyID)
			default:
				beyond = true
			}
		}
	}
	if len(mine) == 0 && !beyond {
		return nil, nil
	}
	rows, err := p.Pool.Query(ctx, `
		select d.id
		from layers.dataset d
		join layers.theme t on t.code = d.theme
		where t.restricted
		  and ($1 or d.agency_id = any($2) or exists (
			select
			from access.delegation g
			where g.agency_id = d.agency_id
			  and g.theme = d.theme
			  and g.contractor_id = any($2)))
		order by d.id`, beyond, mine)
	if err != nil {
		return nil, fmt.Errorf("restricted datasets: %w", err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		return nil, fmt.Errorf("restricted datasets: %w", err)
	}
	var readable []int64
	for _, id := range all {
		granted, err := p.By(ctx, s, ReadRestricted, Resource{DatasetID: id}, "")
		switch {
		case err == nil && granted == nil:
			readable = append(readable, id)
		case err != nil && errs.Status(err) >= http.StatusInternalServerError:
			return nil, err
		}
	}
	return readable, nil
}
