package gnaf

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/jackc/pgx/v5"

	"nsdi/internal/errs"
	"nsdi/layers"
)

// Scope is the part of the country that the Post looks at when it assigns codes: an administrative unit, a box, or both; neither is the whole country. Nothing is assigned
// here: what is listed is for a person to decide.
type Scope struct {
	Unit string      // code of an administrative unit; "" none
	Box  *[4]float64 // west, south, east, north in degrees; nil none
}

// where is the condition that an address a lies in the scope, over parameters from $n on.
func (s Scope) where(n int) (string, []any) {
	var conditions []string
	var args []any
	if s.Box != nil {
		conditions = append(conditions, inBox(n))
		args = append(args, s.Box[0], s.Box[1], s.Box[2], s.Box[3])
		n += 4
	}
	if s.Unit != "" {
		conditions = append(conditions, fmt.Sprintf(`exists (
			select
			from layers.admin_unit u
			where u.code = $%d
			  and u.geom_3857 operator(public.&&) a.geom_3857
			  and public.st_intersects(u.geom, a.geom))`, n))
		args = append(args, s.Unit)
	}
	if len(conditions) == 0 {
		return "true", nil
	}
	return strings.Join(conditions, "\n\t\t  and "), args
}

// check refuses a scope whose unit is not there, or has no outline.
func (s Scope) check(ctx context.Context, q layers.Querier) error {
	if s.Unit == "" {
		return nil
	}
	var there, placed bool
	err := q.QueryRow(ctx, `select count(*) > 0, count(geom) > 0 from layers.admin_unit where code = $1`, s.Unit).Scan(&there, &placed)
	if err != nil {
		return fmt.Errorf("scope: %w", err)
	}
	if placed {
		return nil
	}
	e := &errs.Error{
		Code: "unit-unknown", Status: http.StatusNotFound, Op: "gnaf.Scope", Location: "query.unit", Value: s.Unit,
		Title:  errs.T("چنین واحد تقسیماتی نیست", "There is no such administrative unit"),
		Detail: errs.T("کد واحد در فهرست تقسیمات نیست.", "The code is not in the list of administrative units."),
		Next:   errs.T("کد را از ‎/v1/admin-units‎ بگیرید، یا bbox بدهید.", "Take the code from /v1/admin-units, or give a bbox."),
	}
	if there {
		e.Code, e.Title = "unit-without-outline", errs.T("این واحد تقسیماتی مرز ندارد", "The administrative unit has no outline")
		e.Detail = errs.T("مرز آن هنوز منتشر نشده است.", "Its outline is not published yet.")
	}
	return e
}

// Uncoded is a unit that has no postal code.
type Uncoded struct {
	ID     int64   `json:"id"`
	Key    string  `json:"key" doc:"Of its deliverer"`
	Agency string  `json:"agency"`
	Label  string  `json:"label"`
	Unit   string  `json:"unit,omitempty"`
	Floor  *int    `json:"floor,omitempty"`
	Lon    float64 `json:"lon"`
	Lat    float64 `json:"lat"`
	Beside *string `json:"beside" doc:"Postal code of the published address nearest to it within 100 m: of its block, perhaps; null: none"`
}

// Uncodeds lists the units in a scope that have no postal code of any custodian, in the order of their ids from behind after.
func Uncodeds(ctx context.Context, q layers.Querier, s Scope, after int64, limit int) ([]Uncoded, error) {
	if err := s.check(ctx, q); err != nil {
		return nil, err
	}
	where, args := s.where(3)
	rows, err := q.Query(ctx, `
		select `+addressColumns+`, a.key, ag.code, a.floor, n.code
		from (
			select a.*
			from gnaf.address a
			where a.postal_code is null
			  and not a.attributes ? 'alias_of'
			  and a.id > $1
			  and `+where+`
			  and not exists (
				select
				from (`+waysOf+`) w
				join gnaf.address o on o.way_id = w.id and o.number = a.number
				where o.postal_code is not null
				  and o.dataset_id <> a.dataset_id
				  and `+claimSite+`
				  and `+claimUnit+`)
			order by a.id
			limit $2
		) a
		join layers.dataset d on d.id = a.dataset_id
		join access.agency ag on ag.id = d.agency_id
		left join lateral (
			select o.postal_code as code
			from gnaf.address o
			where o.geom_3857 operator(public.&&) public.st_expand(a.geom_3857, 100 / cos(radians(public.st_y(public.st_centroid(a.geom)))))
			  and o.postal_code is not null
			order by o.geom_3857 operator(public.<->) a.geom_3857, o.id
			limit 1
		) n on true
		order by a.id`, append([]any{after, limit}, args...)...)
	if err != nil {
		return nil, fmt.Errorf("units without a code: %w", err)
	}
	list, err := pgx.AppendRows([]Uncoded{}, rows, func(row pgx.CollectableRow) (Uncoded, error) {
		var a address
		var u Uncoded
		err := row.Scan(append(a.targets(), &u.Key, &u.Agency, &u.Floor, &u.Beside)...)
		u.ID, u.Label, u.Unit, u.Lon, u.Lat = a.id, a.label(), a.unit, round7(a.lon), round7(a.lat)
		return u, err
	})
	if err != nil {
		return nil, fmt.Errorf("units without a code: %w", err)
	}
	return list, nil
}

// Shared is a postal code that stands on more than one unit.
type Shared struct {
	Code  string       `json:"postal_code"`
	Units []SharedUnit `json:"units" doc:"At most 20"`
}

// SharedUnit is one of the units.
type SharedUnit struct {
	ID     int64   `json:"id"`
	Key    string  `json:"key"`
	Agency string  `json:"agency"`
	Label  string  `json:"label"`
	Lon    float64 `json:"lon"`
	Lat    float64 `json:"lat"`
}

// sharedWindow is how many rows with a code one page looks at.
const sharedWindow = 20_000

// Shareds lists the codes behind after that stand on two units: at two addresses, or at two units of one. Rows of several custodians about one unit are one unit. A page looks at
// some codes and may find few, or none; next is the code to go on behind, "" at the end.
func Shareds(ctx context.Context, q layers.Querier, s Scope, after string, limit int) (list []Shared, next string, err error) {
	if err := s.check(ctx, q); err != nil {
		return nil, "", err
	}
	where, args := s.where(4)
	var seen int
	err = q.QueryRow(ctx, `
		select count(*), coalesce(max(postal_code), '')
		from (
			select a.postal_code
			from gnaf.address a
			where a.postal_code > $1
			  and $3::boolean
			  and `+where+`
			order by a.postal_code
			limit $2
		) page`, append([]any{after, sharedWindow, true}, args...)...).Scan(&seen, &next)
	if err != nil {
		return nil, "", fmt.Errorf("codes of two units: %w", err)
	}
	rows, err := q.Query(ctx, `
		select w.postal_code, `+addressColumns+`, a.key, ag.code
		from (
			select a.postal_code
			from gnaf.address a
			where a.postal_code > $1
			  and a.postal_code <= $2
			  and `+where+`
			group by a.postal_code
			having count(distinct (
				coalesce((select n.of_id from gnaf.name n where n.way_id = a.way_id and n.of_id <> a.way_id and `+nameHolds("a")+` limit 1), a.way_id),
				a.number, lower(a.number_suffix), a.floor, lower(a.unit))) > 1
			   or count(distinct `+fmt.Sprintf(provinceKey, "a.province")+`) > 1
			order by a.postal_code
			limit $3
		) w
		cross join lateral (select * from gnaf.address o where o.postal_code = w.postal_code order by o.id limit 20) a
		join layers.dataset d on d.id = a.dataset_id
		join access.agency ag on ag.id = d.agency_id
		order by w.postal_code, a.id`, append([]any{after, next, limit}, args...)...)
	if err != nil {
		return nil, "", fmt.Errorf("codes of two units: %w", err)
	}
	list = []Shared{}
	var code string
	var a address
	var u SharedUnit
	_, err = pgx.ForEachRow(rows, append(append([]any{&code}, a.targets()...), &u.Key, &u.Agency), func() error {
		if len(list) == 0 || list[len(list)-1].Code != code {
			list = append(list, Shared{Code: code})
		}
		u.ID, u.Label, u.Lon, u.Lat = a.id, a.label(), round7(a.lon), round7(a.lat)
		list[len(list)-1].Units = append(list[len(list)-1].Units, u)
		return nil
	})
	switch {
	case err != nil:
		return nil, "", fmt.Errorf("codes of two units: %w", err)
	case len(list) == limit:
		next = code
	case seen < sharedWindow:
		next = ""
	}
	return list, next, nil
}
