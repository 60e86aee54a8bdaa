package server

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"nsdi/access"
)

// myLayersPath lists what only some may see on a map.
const myLayersPath = "/v1/me/layers"

type myLayersBody struct {
	Layers []myLayer `json:"layers" doc:"By theme, agency and territory; none for the public"`
}

// myLayer is a dataset of a restricted theme as a layer of the map.
type myLayer struct {
	Layer     string     `json:"layer" doc:"As in the addresses of tiles and styles: dataset-ID"`
	Dataset   int64      `json:"dataset"`
	Theme     string     `json:"theme"`
	Agency    agency     `json:"agency"`
	Territory *bilingual `json:"territory" doc:"Name of the administrative unit; null is the agency's whole territory"`
	MinZoom   int        `json:"min_zoom" doc:"First zoom at which it has tiles"`
	Features  int64      `json:"features"`
	UpdatedAt time.Time  `json:"updated_at"`
}

// myLayers answers GET /v1/me/layers.
func (s *server) myLayers(ctx context.Context, _ *struct{}) (*myLayersBody, error) {
	body := &myLayersBody{Layers: []myLayer{}}
	readable, err := s.Permissions.Readable(ctx, access.SubjectFrom(ctx))
	if err != nil || len(readable) == 0 {
		return body, err
	}
	err = s.read(ctx, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `
		select 'dataset-' || d.id, d.id, d.theme, a.code, a.kind, a.name_fa, a.name_en,
		  case when u.code is not null then jsonb_build_object('fa', u.name_fa, 'en', coalesce(u.name_en, u.name_fa)) end,
		  greatest(t.min_zoom, t.split_zoom), v.features, v.published_at
		from layers.dataset d
		join access.agency a on a.id = d.agency_id
		join layers.theme t on t.code = d.theme
		left join layers.admin_unit u on u.code = d.territory
		cross join lateral (
			select features, published_at
			from layers.version
			where dataset_id = d.id
			order by seq desc
			limit 1
		) v
		where d.id = any($1)
		  and t.geometry <> 'none'
		  and v.features > 0
		order by t.position, a.code, coalesce(d.territory, ''), d.id`, readable)
		if err != nil {
			return err
		}
		body.Layers, err = pgx.AppendRows(body.Layers, rows, func(row pgx.CollectableRow) (l myLayer, err error) {
			err = row.Scan(&l.Layer, &l.Dataset, &l.Theme, &l.Agency.Code, &l.Agency.Kind, &l.Agency.Name.FA, &l.Agency.Name.EN, &l.Territory, &l.MinZoom, &l.Features, &l.UpdatedAt)
			return l, err
		})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("listing the layers of %s: %w", access.SubjectFrom(ctx).Name, err)
	}
	return body, nil
}
