package server

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

type adminUnitsInput struct {
	Level  string `query:"level" enum:"country,province,county,district,city,rural-district,village,neighbourhood,municipal-district"`
	Parent string `query:"parent" maxLength:"64" doc:"Code of the unit above"`
	Limit  int    `query:"limit" default:"1000" minimum:"1" maximum:"10000"`
	After  string `query:"after" maxLength:"64" doc:"The next of the page before"`
}

type adminUnitsBody struct {
	Units []adminUnit `json:"units"`
	Next  *string     `json:"next" doc:"Value of after for the next page; null at the end"`
}

type adminUnit struct {
	Code       string      `json:"code"`
	Level      string      `json:"level"`
	NameFA     string      `json:"name_fa"`
	NameEN     *string     `json:"name_en"`
	ParentCode *string     `json:"parent_code"`
	AreaM2     *float64    `json:"area_m2" doc:"Square metres on the ellipsoid"`
	Bounds     *[4]float64 `json:"bounds" doc:"West, south, east, north in degrees"`
}

// adminUnits answers GET /v1/admin-units.
func (s *server) adminUnits(ctx context.Context, in *adminUnitsInput) (*adminUnitsBody, error) {
	rows, err := s.Pool.Query(ctx, `
		select code, level, name_fa, name_en, parent_code, area_m2,
		  case when geom is not null then array[st_xmin(geom), st_ymin(geom), st_xmax(geom), st_ymax(geom)] end
		from layers.admin_unit
		where ($1 = '' or level = $1)
		  and ($2 = '' or parent_code = $2)
		  and code > $3
		order by code
		limit $4`, in.Level, in.Parent, in.After, in.Limit+1)
	if err != nil {
		return nil, fmt.Errorf("listing administrative units: %w", err)
	}
	units, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (adminUnit, error) {
		var u adminUnit
		var box []float64
		err := row.Scan(&u.Code, &u.Level, &u.NameFA, &u.NameEN, &u.ParentCode, &u.AreaM2, &box)
		if len(box) == 4 {
			u.Bounds = (*[4]float64)(box)
		}
		return u, err
	})
	if err != nil {
		return nil, fmt.Errorf("listing administrative units: %w", err)
	}
	body := &adminUnitsBody{Units: append([]adminUnit{}, units...)}
	if len(units) > in.Limit {
		body.Units = body.Units[:in.Limit]
		body.Next = &body.Units[in.Limit-1].Code
	}
	return body, nil
}
