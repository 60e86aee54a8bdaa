package server

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"nsdi/internal/errs"
	"nsdi/layers"
)

// bilingual is a text in both languages.
type bilingual struct {
	FA string `json:"fa"`
	EN string `json:"en"`
}

type themesBody struct {
	Themes []theme `json:"themes"`
	Sample bool    `json:"sample" doc:"True when the data is the synthetic sample country"`
}

type theme struct {
	Code       string      `json:"code"`
	Title      bilingual   `json:"title"`
	Geometry   string      `json:"geometry" enum:"none,point,line,polygon,any"`
	Store      string      `json:"store"`
	Obligation *string     `json:"obligation"`
	MinZoom    int         `json:"min_zoom"`
	SplitZoom  int         `json:"split_zoom" doc:"First zoom at which a tile has the features themselves; below it, down to min_zoom, they are drawn together, each with its count"`
	MaxZoom    int         `json:"max_zoom"`
	Restricted bool        `json:"restricted" doc:"True when its features are not for everybody"`
	Ask        *bilingual  `json:"ask,omitempty" doc:"How to ask for access to a restricted theme"`
	Features   *int64      `json:"features" doc:"Published features of all datasets; null for a restricted theme"`
	Datasets   int64       `json:"datasets" doc:"Datasets with a published version"`
	Bounds     *[4]float64 `json:"bounds" doc:"West, south, east, north in degrees"`
	UpdatedAt  *time.Time  `json:"updated_at"`
}

// themes answers GET /v1/themes.
func (s *server) themes(ctx context.Context, _ *struct{}) (*themesBody, error) {
	body := &themesBody{Themes: []theme{}}
	err := s.read(ctx, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `
		select t.code, t.title_fa, t.title_en, t.geometry, t.store, t.obligation, t.min_zoom, greatest(t.split_zoom, t.min_zoom), t.max_zoom, t.restricted,
		  case when not t.restricted then coalesce(sum(v.features), 0) end, count(v.id), max(v.published_at)
		from layers.theme t
		left join layers.dataset d on d.theme = t.code
		left join lateral (
			select id, features, published_at
			from layers.version
			where dataset_id = d.id
			order by seq desc
			limit 1
		) v on true
		group by t.code
		order by t.position, t.code`)
		if err != nil {
			return err
		}
		body.Themes, err = pgx.AppendRows(body.Themes, rows, func(row pgx.CollectableRow) (theme, error) {
			var t theme
			err := row.Scan(&t.Code, &t.Title.FA, &t.Title.EN, &t.Geometry, &t.Store, &t.Obligation, &t.MinZoom, &t.SplitZoom, &t.MaxZoom, &t.Restricted, &t.Features, &t.Datasets, &t.UpdatedAt)
			return t, err
		})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("listing the themes: %w", err)
	}
	for i := range body.Themes {
		t := &body.Themes[i]
		if t.Restricted {
			ask := bilingual(errs.T("دستگاه متولی را در ‎/v1/datasets ببینید و در ‎/v1/access-requests درخواست دهید.",
				"See the custodian at /v1/datasets, and ask at /v1/access-requests."))
			t.Ask = &ask
		}
		if t.Geometry == "none" || t.Restricted {
			continue
		}
		if t.Bounds, err = s.Tiles.Bounds(ctx, t.Code); err != nil {
			return nil, fmt.Errorf("listing the themes: %w", err)
		}
	}
	if s.Sample != nil {
		if body.Sample, err = s.Sample(ctx); err != nil {
			return nil, fmt.Errorf("asking whether the data is a sample: %w", err)
		}
	}
	return body, nil
}

type datasetsInput struct {
	Theme  string `query:"theme" maxLength:"64"`
	Agency string `query:"agency" maxLength:"64"`
	After  int64  `query:"after" minimum:"0" doc:"The next of the page before"`
	Limit  int    `query:"limit" default:"100" minimum:"1" maximum:"500"`
}

type datasetsBody struct {
	Datasets []dataset `json:"datasets" doc:"By theme, agency and territory"`
	Next     *int64    `json:"next" doc:"Value of after for the next page; null at the end"`
}

type dataset struct {
	ID         int64            `json:"id"`
	Theme      string           `json:"theme"`
	Agency     agency           `json:"agency"`
	Territory  *string          `json:"territory" doc:"Code of an administrative unit; null is the agency's whole territory"`
	Versions   []layers.Version `json:"versions" doc:"Newest first"`
	Submission *submission      `json:"last_submission"`
}

type agency struct {
	Code string    `json:"code"`
	Kind string    `json:"kind"`
	Name bilingual `json:"name"`
}

type submission struct {
	ID         int64      `json:"id"`
	State      string     `json:"state"`
	ReceivedAt time.Time  `json:"received_at"`
	FinishedAt *time.Time `json:"finished_at"`
	RowsIn     *int64     `json:"rows_in"`
	Accepted   *int64     `json:"rows_accepted"`
	Refused    *int64     `json:"rows_refused"`
	Errors     int64      `json:"errors" doc:"Findings of severity E that are kept"`
	Warnings   int64      `json:"warnings" doc:"Findings of severity W that are kept"`
}

// datasets answers GET /v1/datasets. A page goes on behind a dataset, which is never deleted, so that none is left out or told twice while others begin.
func (s *server) datasets(ctx context.Context, in *datasetsInput) (*datasetsBody, error) {
	all := []dataset{}
	err := s.read(ctx, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `
		select d.id, d.theme, a.code, a.kind, a.name_fa, a.name_en, d.territory,
		  coalesce((
			select jsonb_agg(jsonb_build_object('seq', v.seq, 'added', v.added, 'altered', v.altered, 'removed', v.removed, 'features', v.features,
			  'published_at', v.published_at, 'restores', v.restores, 'reason', v.reason, 'tracking', v.tracking) order by v.seq desc)
			from layers.version v
			where v.dataset_id = d.id
		  ), '[]'),
		  layers.last_delivery(d.id)
		from layers.dataset d
		join access.agency a on a.id = d.agency_id
		join layers.theme t on t.code = d.theme
		where ($1 = '' or d.theme = $1)
		  and ($2 = '' or a.code = $2)
		  and ($3 = 0
		    or (t.position, a.code, coalesce(d.territory, ''), d.id) > (
			select t.position, a.code, coalesce(d.territory, ''), d.id
			from layers.dataset d
			join access.agency a on a.id = d.agency_id
			join layers.theme t on t.code = d.theme
			where d.id = $3
		  ))
		order by t.position, a.code, coalesce(d.territory, ''), d.id
		limit $4`, in.Theme, in.Agency, in.After, in.Limit+1)
		if err != nil {
			return err
		}
		all, err = pgx.AppendRows(all, rows, func(row pgx.CollectableRow) (dataset, error) {
			var d dataset
			err := row.Scan(&d.ID, &d.Theme, &d.Agency.Code, &d.Agency.Kind, &d.Agency.Name.FA, &d.Agency.Name.EN, &d.Territory, &d.Versions, &d.Submission)
			return d, err
		})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("listing the datasets: %w", err)
	}
	body := &datasetsBody{Datasets: all}
	if len(all) > in.Limit {
		body.Datasets = all[:in.Limit]
		body.Next = &all[in.Limit-1].ID
	}
	return body, nil
}
