package layers

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// Difference is what one feature is in two versions.
type Difference struct {
	Op       string           `json:"op" enum:"added,altered,removed"`
	ID       int64            `json:"id" doc:"Of the feature, in the later of the two where it is in both; 0 for one that is not published yet"`
	Key      string           `json:"key"`
	Fields   map[string]Field `json:"fields" doc:"Attributes that differ; for added and removed features, all of them"`
	Geometry *Reshaped        `json:"geometry" doc:"How the geometry differs; null where it is the same"`
	Before   json.RawMessage  `json:"-"` // GeoJSON
	After    json.RawMessage  `json:"-"`
}

// Field is one attribute before and after; null where there is none.
type Field struct {
	Before json.RawMessage `json:"before"`
	After  json.RawMessage `json:"after"`
}

// Reshaped measures two geometries on the ellipsoid; null where there is none.
type Reshaped struct {
	AreaBefore   *float64 `json:"area_m2_before"`
	AreaAfter    *float64 `json:"area_m2_after"`
	LengthBefore *float64 `json:"length_m_before"`
	LengthAfter  *float64 `json:"length_m_after"`
	Moved        *float64 `json:"moved_m" doc:"Between the centroids"`
}

// Comparison is how one version differs from another.
type Comparison struct {
	Added   int
	Altered int
	Removed int
	List    []Difference
	More    bool // the list goes on
}

// differing joins the rows of one version with those of another ($3, $4) where they are not the same: a row that stands in both is left out before.
func (s *Store) differing() string {
	return `
		with ever as (` + s.ever() + `
		), o as (
			select *
			from ever
			where version_id <= $3 and ended_by > $3
			  and not (version_id <= $4 and ended_by > $4)
		), n as (
			select *
			from ever
			where version_id <= $4 and ended_by > $4
			  and not (version_id <= $3 and ended_by > $3)
		)`
}

// Compare tells what became of a dataset on the way from one version to another, either of which may be the later one. Shapes adds the geometries.
func (s *Set) Compare(ctx context.Context, q Querier, from, to Version, w Window, shapes bool) (*Comparison, error) {
	c := Comparison{List: []Difference{}}
	err := q.QueryRow(ctx, s.store.differing()+`
		select count(*) filter (where o.key is null), count(*) filter (where o.key is not null and n.key is not null), count(*) filter (where n.key is null)
		from o
		full join n on n.key = o.key
		where o.hash is distinct from n.hash`, s.Theme, s.ID, from.id, to.id).Scan(&c.Added, &c.Altered, &c.Removed)
	if err != nil {
		return nil, fmt.Errorf("compare: %w", err)
	}
	c.List, c.More, err = differences(ctx, q, s.store.differing(), `
			select coalesce(n.id, o.id) as id, coalesce(n.key, o.key) as key,
			  case when o.key is null then 'added' when n.key is null then 'removed' else 'altered' end as op,
			  (select `+s.store.properties()+` from (select o.*) r where o.key is not null) as old,
			  (select `+s.store.properties()+` from (select n.*) r where n.key is not null) as new,
			  o.geom as old_geom, n.geom as new_geom
			from o
			full join n on n.key = o.key
			where o.hash is distinct from n.hash
			  and coalesce(n.key, o.key) > $5
			order by coalesce(n.key, o.key) collate "C"
			limit $6`, w.Limit, shapes, s.Theme, s.ID, from.id, to.id, w.After, w.Limit+1)
	if err != nil {
		return nil, fmt.Errorf("compare: %w", err)
	}
	return &c, nil
}

// differences reads at most limit features that differ out of a query for id, key, op, old and new (attributes), old_geom and new_geom, and answers whether
// more of them follow. With names the tables that the query uses.
func differences(ctx context.Context, q Querier, with, query string, limit int, shapes bool, args ...any) (list []Difference, more bool, err error) {
	geometry := "null::text, null::text"
	if shapes {
		geometry = "public.st_asgeojson(old_geom, 9, 0), public.st_asgeojson(new_geom, 9, 0)"
	}
	rows, err := q.Query(ctx, with+`
		select id, key, op, old, new, old_geom is distinct from new_geom,
		  public.st_area(old_geom::public.geography), public.st_area(new_geom::public.geography),
		  public.st_length(old_geom::public.geography), public.st_length(new_geom::public.geography),
		  public.st_distance(public.st_centroid(old_geom)::public.geography, public.st_centroid(new_geom)::public.geography),
		  `+geometry+`
		from (`+query+`
		) d
		order by key collate "C"`, args...)
	if err != nil {
		return nil, false, err
	}
	defer rows.Close()
	list = []Difference{}
	size := 0
	for rows.Next() {
		d, err := difference(rows)
		if err != nil {
			return nil, false, err
		}
		size += len(d.Before) + len(d.After)
		if len(list) == limit || len(list) > 0 && size > pageBytes {
			return list, true, nil
		}
		list = append(list, d)
	}
	return list, false, rows.Err()
}

func difference(rows pgx.Rows) (Difference, error) {
	var d Difference
	var g Reshaped
	var reshaped bool
	var before, after map[string]json.RawMessage
	err := rows.Scan(&d.ID, &d.Key, &d.Op, &before, &after, &reshaped, &g.AreaBefore, &g.AreaAfter, &g.LengthBefore, &g.LengthAfter, &g.Moved, &d.Before, &d.After)
	if err != nil {
		return d, err
	}
	if reshaped {
		d.Geometry = &g
	}
	d.Fields = map[string]Field{}
	for name, value := range before {
		if !bytes.Equal(value, after[name]) {
			d.Fields[name] = Field{Before: value, After: after[name]}
		}
	}
	for name, value := range after {
		if _, both := before[name]; !both {
			d.Fields[name] = Field{After: value}
		}
	}
	return d, nil
}
