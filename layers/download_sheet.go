package layers

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"nsdi/internal/errs"
)

const (
	// SheetTheme has the index of the base map's sheets.
	SheetTheme = "base-map-sheet"
	// MostSheets is how many sheets one download may have.
	MostSheets = 200
)

// Sheet is one of the published index.
type Sheet struct {
	ID       int64
	Key      string // number and scale, which only together name one
	Agency   string
	Dataset  int64
	Version  int // that wrote it
	Values   json.RawMessage
	Geometry json.RawMessage
}

// SheetsOf reads a part of the index, in the order of ids. More answers whether sheets follow. Scale 0 is any.
func SheetsOf(ctx context.Context, q Querier, box *[4]float64, scale int, after int64, limit int) (list []Sheet, more bool, err error) {
	args := []any{SheetTheme, after, limit + 1, scale}
	where := ""
	if box != nil {
		where, _ = (&Area{Box: *box}).near(5)
		args = append(args, box[0], box[1], box[2], box[3])
	}
	rows, err := q.Query(ctx, `
		select f.id, f.key, a.code, f.dataset_id, v.seq, f.attributes, public.st_asgeojson(f.geom, 9, 0)
		from (
			select *
			from layers.feature
			where theme = $1
			  and id > $2
			  and ($4 = 0 or attributes -> 'scale' = to_jsonb($4::int))`+where+`
			order by id
			limit $3
		) f
		join layers.dataset d on d.id = f.dataset_id
		join access.agency a on a.id = d.agency_id
		join layers.version v on v.id = f.version_id
		order by f.id`, args...)
	if err != nil {
		return nil, false, fmt.Errorf("sheets: %w", err)
	}
	list, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (s Sheet, err error) {
		return s, row.Scan(&s.ID, &s.Key, &s.Agency, &s.Dataset, &s.Version, &s.Values, &s.Geometry)
	})
	if err != nil {
		return nil, false, fmt.Errorf("sheets: %w", err)
	}
	if more = len(list) > limit; more {
		list = list[:limit]
	}
	return list, more, nil
}

// SheetsArea is that of published sheets, each named by its key, or by its number where only one sheet has it; and the keys. Errors are *errs.Error: sheet-unknown,
// sheet-ambiguous, sheets-too-many.
func SheetsArea(ctx context.Context, q Querier, names []string) (*Area, []string, error) {
	if len(names) > MostSheets {
		return nil, nil, badSheets("sheets-too-many", fmt.Sprint(len(names)), errs.T("برگ‌ها بیش از اندازه است", "There are too many sheets"),
			errs.Tf("بیشینه در یک بارگیری %d برگ است.", "One download has at most %d sheets.", MostSheets))
	}
	rows, err := q.Query(ctx, `
		select id, key, coalesce(attributes ->> 'sheet_no', '')
		from layers.feature
		where theme = $1
		  and (key = any($2) or attributes ->> 'sheet_no' = any($2))
		order by key, id`, SheetTheme, names)
	if err != nil {
		return nil, nil, fmt.Errorf("sheets: %w", err)
	}
	var ids []int64
	byName := map[string][]string{} // keys
	byKey := map[string][]int64{}
	var id int64
	var key, number string
	_, err = pgx.ForEachRow(rows, []any{&id, &key, &number}, func() error {
		byKey[key] = append(byKey[key], id)
		for _, name := range []string{key, number} {
			if !slices.Contains(byName[name], key) {
				byName[name] = append(byName[name], key)
			}
		}
		return nil
	})
	if err != nil {
		return nil, nil, fmt.Errorf("sheets: %w", err)
	}
	var missing, twice, keys []string
	for _, name := range names {
		switch found := byName[name]; {
		case byKey[name] != nil:
			keys = append(keys, name)
		case len(found) == 0:
			missing = append(missing, name)
		case len(found) > 1:
			twice = append(twice, found...)
		default:
			keys = append(keys, found[0])
		}
	}
	if len(missing) > 0 {
		e := badSheets("sheet-unknown", clippedTo(strings.Join(missing, ", "), 500), errs.T("چنین برگی در شاخص نیست", "There is no such sheet in the index"),
			errs.Tf("در شاخص منتشرشده نیست: %[1]s", "They are not in the published index: %[1]s", clippedTo(strings.Join(missing, ", "), 500)))
		e.Status = http.StatusNotFound
		return nil, nil, e
	}
	if len(twice) > 0 {
		return nil, nil, badSheets("sheet-ambiguous", clippedTo(strings.Join(twice, ", "), 500), errs.T("این شماره از آن چند برگ است", "The number is of several sheets"),
			errs.Tf("مقیاس را هم بنویسید: %[1]s", "Give the scale as well: %[1]s", clippedTo(strings.Join(twice, ", "), 500)))
	}
	slices.Sort(keys)
	keys = slices.Compact(keys)
	for _, key := range keys {
		ids = append(ids, byKey[key]...)
	}
	area, err := findArea(ctx, q, `select public.st_unaryunion(public.st_collect(geom)) from layers.feature where theme = $1 and id = any($2)`, SheetTheme, ids)
	if err == nil && area == nil {
		err = badSheets("sheet-unknown", clippedTo(strings.Join(keys, ", "), 500), errs.T("برگ‌ها مرز ندارد", "The sheets have no outline"),
			errs.T("هندسه این برگ‌ها منتشر نشده است.", "No geometry of these sheets is published."))
	}
	return area, keys, err
}

// clippedTo cuts a text that is told again, between its runes.
func clippedTo(s string, most int) string {
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + " …"
}

func badSheets(code, value string, title, detail errs.Text) *errs.Error {
	return &errs.Error{
		Code: code, Status: http.StatusUnprocessableEntity, Op: "layers.SheetsArea", Location: "query.sheets", Value: value, Title: title, Detail: detail,
		Next: errs.T("برگ‌ها در نشانی ‎/v1/base-map-sheets‎ است.", "The sheets are listed at /v1/base-map-sheets."),
	}
}
