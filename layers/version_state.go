package layers

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// pageBytes bounds what one page holds besides its first feature: a feature may have two million vertices.
const pageBytes = 8 << 20

// Feature is one row of a dataset in one of its versions.
type Feature struct {
	Dataset    int64 // only in downloads
	ID         int64
	Key        string
	Version    int             // that wrote it
	ValidFrom  time.Time       // when that was
	Properties json.RawMessage // its attributes
	Geometry   json.RawMessage // GeoJSON; nil where there is none
}

// Window is a part of a version.
type Window struct {
	Box   *[4]float64 // west, south, east, north in degrees; nil: everywhere
	After string      // key of the last feature of the part before
	Limit int
}

// Features reads a part of a version in the order of keys. More answers whether features follow.
func (s *Set) Features(ctx context.Context, q Querier, v Version, w Window) (list []Feature, more bool, err error) {
	here, past := "", ""
	args := []any{s.Theme, s.ID, v.id, w.After, w.Limit + 1}
	if w.Box != nil {
		args = append(args, w.Box[0], w.Box[1], w.Box[2], w.Box[3])
		past = ` and geom && public.st_makeenvelope($6, $7, $8, $9, 4326)`
		here = past + ` and geom_3857 && public.st_transform(public.st_makeenvelope($6, greatest($7, -85.06), $8, least($9, 85.06), 4326), 3857)`
		if w.Box[1] > 85 || w.Box[3] < -85 { // where Mercator ends
			here = past
		}
	}
	rows, err := q.Query(ctx, `
		select r.id, r.key, v.seq, r.valid_from, r.properties, public.st_asgeojson(r.geom, 15, 0)
		from (
			select id, key, version_id, valid_from, `+s.store.properties()+` as properties, geom
			from (
				(select `+s.store.row()+`
				from `+ident(s.store.Table)+`
				where theme = $1 and dataset_id = $2 and version_id <= $3 and key > $4`+here+`
				order by key
				limit $5)
				union all
				(select `+s.store.row()+`
				from `+ident(s.store.History)+`
				where theme = $1 and dataset_id = $2 and version_id <= $3 and ended_by > $3 and key > $4`+past+`
				order by key
				limit $5)
			) both_parts
			order by key
			limit $5
		) r
		join layers.version v on v.id = r.version_id
		order by r.key`, args...)
	if err != nil {
		return nil, false, fmt.Errorf("features of dataset %d: %w", s.ID, err)
	}
	defer rows.Close()
	list = []Feature{}
	size := 0
	for rows.Next() {
		var f Feature
		if err := rows.Scan(&f.ID, &f.Key, &f.Version, &f.ValidFrom, &f.Properties, &f.Geometry); err != nil {
			return nil, false, fmt.Errorf("features of dataset %d: %w", s.ID, err)
		}
		size += len(f.Properties) + len(f.Geometry)
		if len(list) == w.Limit || len(list) > 0 && size > pageBytes {
			return list, true, nil
		}
		list = append(list, f)
	}
	if err := rows.Err(); err != nil {
		return nil, false, fmt.Errorf("features of dataset %d: %w", s.ID, err)
	}
	return list, false, nil
}

// row lists the columns that a row of the store consists of.
func (s *Store) row() string {
	columns, _ := s.targets(nil)
	return "id, " + strings.Join(columns, ", ")
}

// properties is an expression over a row: the theme's attributes that everybody may see, wherever they are kept.
func (s *Store) properties() string {
	if len(s.Withheld) == 0 {
		return s.everything()
	}
	return "(" + s.everything() + ") - '{" + strings.Join(s.Withheld, ",") + "}'::text[]"
}

// everything is the same with what is withheld, for whoever answers for the dataset.
func (s *Store) everything() string {
	var pairs []string
	for _, c := range s.Columns {
		if c.keptAs() && !c.Private {
			pairs = append(pairs, "'"+c.Name+"', "+pgx.Identifier{c.Name}.Sanitize())
		}
	}
	for _, c := range s.Shown {
		pairs = append(pairs, "'"+c.Name+"', "+c.Expr)
	}
	if len(pairs) == 0 {
		return "attributes"
	}
	return "attributes || jsonb_strip_nulls(jsonb_build_object(" + strings.Join(pairs, ", ") + "))"
}

// keptAs answers whether the column is an attribute that is not kept a second time.
func (c *Column) keptAs() bool { return strings.HasPrefix(c.Expr, "(attributes->>'"+c.Name+"')") }

// ever is every row that the dataset ever had, with the version that ended it: $1 theme, $2 dataset.
func (s *Store) ever() string {
	return `
		select ` + s.row() + `, 9223372036854775807 as ended_by
		from ` + ident(s.Table) + `
		where theme = $1 and dataset_id = $2
		union all
		select ` + s.row() + `, ended_by
		from ` + ident(s.History) + `
		where theme = $1 and dataset_id = $2`
}
