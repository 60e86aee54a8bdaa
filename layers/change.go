package layers

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"nsdi/internal/errs"
)

// Change is one line of the change log. Lines are numbered in the order in which publications were committed, so who has seen one has seen all before it.
type Change struct {
	ID          int64           `json:"id"`
	Op          string          `json:"op" enum:"added,altered,removed"`
	Feature     int64           `json:"feature" doc:"Id of the feature, which never belongs to another"`
	Key         string          `json:"key"`
	Dataset     int64           `json:"dataset"`
	Version     int             `json:"version" doc:"Of the dataset"`
	PublishedAt time.Time       `json:"published_at"`
	Properties  json.RawMessage `json:"properties,omitempty" doc:"With content=full: the attributes after the change; absent for a removed feature"`
	Geometry    json.RawMessage `json:"geometry,omitempty" doc:"With content=full: the geometry after the change, exact, as GeoJSON; absent where there is none"`
}

// Feed says which part of the change log is read.
type Feed struct {
	Theme   string
	Dataset int64 // 0: all of the theme
	Since   int64 // id of the last change that was seen
	Limit   int
	Full    bool // with attributes and geometry
}

// ThemeFeed finds what a theme's changes are read with, and whether the theme is restricted. The error for an unknown theme is *errs.Error theme-unknown.
func (v *Versions) ThemeFeed(ctx context.Context, q Querier, theme string) (*Store, bool, error) {
	var table string
	var restricted bool
	err := q.QueryRow(ctx, `select store, restricted from layers.theme where code = $1`, theme).Scan(&table, &restricted)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, false, noSuch("theme-unknown", "path.theme", theme, errs.T("چنین موضوعی در فهرست نیست", "There is no such theme in the catalogue"),
			errs.T("فهرست موضوع‌ها در نشانی ‎/v1/themes‎ است.", "The themes are listed at /v1/themes."))
	}
	if err != nil {
		return nil, false, fmt.Errorf("changes of %s: %w", theme, err)
	}
	store, err := v.storeOf(table)
	return store, restricted, err
}

// Changes reads the changes of a dataset. See Store.Changes.
func (s *Set) Changes(ctx context.Context, q Querier, f Feed) ([]Change, bool, error) {
	f.Theme, f.Dataset = s.Theme, s.ID
	return s.store.Changes(ctx, q, f)
}

// Changes reads a part of the change log in its order. More answers whether changes follow. It stays right while publications run: they append one at a time,
// and a change is seen together with the state that it left.
func (s *Store) Changes(ctx context.Context, q Querier, f Feed) (list []Change, more bool, err error) {
	content := `null::jsonb, null::text`
	if f.Full {
		content = `case when op <> '-' then ` + s.properties() + ` end, case when op <> '-' then public.st_asgeojson(geom, 15, 0) end`
	}
	rows, err := q.Query(ctx, `
		select change_id, case op when '+' then 'added' when '~' then 'altered' else 'removed' end, feature_id, key, dataset, seq, published_at, `+content+`
		from (
			select p.id as change_id, p.op, p.feature_id, p.dataset_id as dataset, v.seq, v.published_at, r.*
			from (
				select * from layers.changes_of($1, $2, $3, $4)
			) p
			join layers.version v on v.id = p.version_id
			left join lateral (
				select `+s.row()+`
				from `+ident(s.Table)+`
				where theme = $1 and id = p.feature_id and version_id = p.version_id and p.op <> '-'
				union all
				select `+s.row()+`
				from `+ident(s.History)+`
				where theme = $1 and id = p.feature_id and version_id = p.version_id and p.op <> '-'
				union all
				select `+s.row()+`
				from `+ident(s.History)+`
				where theme = $1 and id = p.feature_id and ended_by = p.version_id and p.op = '-'
			) r on true
		) d
		order by change_id`, f.Theme, f.Dataset, f.Since, f.Limit+1)
	if err != nil {
		return nil, false, fmt.Errorf("changes of %s: %w", f.Theme, err)
	}
	defer rows.Close()
	list = []Change{}
	size := 0
	for rows.Next() {
		var c Change
		var key *string
		if err := rows.Scan(&c.ID, &c.Op, &c.Feature, &key, &c.Dataset, &c.Version, &c.PublishedAt, &c.Properties, &c.Geometry); err != nil {
			return nil, false, fmt.Errorf("changes of %s: %w", f.Theme, err)
		}
		if key == nil { // to leave it out would leave copies wrong without a word
			return nil, false, fmt.Errorf("changes of %s: what change %d left is not there", f.Theme, c.ID)
		}
		c.Key = *key
		size += len(c.Properties) + len(c.Geometry)
		if len(list) == f.Limit || len(list) > 0 && size > pageBytes {
			return list, true, nil
		}
		list = append(list, c)
	}
	if err := rows.Err(); err != nil {
		return nil, false, fmt.Errorf("changes of %s: %w", f.Theme, err)
	}
	if len(list) == 0 {
		return list, false, NotAhead(ctx, q, f.Since)
	}
	return list, false, nil
}

// NotAhead refuses who has seen what this log does not hold, such as after a restored backup: going on would leave his copy wrong without a word.
func NotAhead(ctx context.Context, q Querier, since int64) error {
	var end int64
	if err := q.QueryRow(ctx, `select layers.change_end()`).Scan(&end); err != nil {
		return fmt.Errorf("end of the change log: %w", err)
	}
	if since <= end {
		return nil
	}
	return &errs.Error{
		Code: "changes-ahead", Status: http.StatusConflict, Op: "layers.Changes", Location: "query.since", Value: strconv.FormatInt(since, 10),
		Title:  errs.T("این شماره از پایان سیاهه تغییرات گذشته است", "The number is beyond the end of the change log"),
		Detail: errs.Tf("آخرین شماره %d است؛ شاید سامانه از نسخه پشتیبان بازگردانده شده باشد.", "The last one is %d; the server may have been restored from a backup.", end),
		Next:   errs.T("رونوشت خود را خالی کنید و از since=0 بخوانید.", "Empty your copy and follow from since=0."),
	}
}
