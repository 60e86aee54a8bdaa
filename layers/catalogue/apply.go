package catalogue

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"nsdi/internal/errs"
)

// Version of the catalogue. It goes up with every change of a file.
const Version = 12

// lockApply is an arbitrary number that means "bringing layers.theme up to date".
const lockApply = int64(0x6e736469_0003)

// Database is what Apply needs: a pool or a connection that may write layers.theme.
type Database interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	Begin(ctx context.Context) (pgx.Tx, error)
}

// Apply brings layers.theme to what the files say, in one transaction. It writes only what differs, so any number of processes may start at once. A change
// that does not fit the data that is there is *errs.Error catalogue-incompatible, and then nothing is written.
func Apply(ctx context.Context, db Database) error {
	all, err := Load()
	if err != nil {
		return err
	}
	return apply(ctx, db, all, Version)
}

func apply(ctx context.Context, db Database, all []Entry, version int) error {
	there, err := stored(ctx, db)
	if err != nil {
		return err
	}
	if len(due(all, there, version)) == 0 {
		return nil
	}
	return pgx.BeginFunc(ctx, db, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `select pg_advisory_xact_lock($1), set_config('nsdi.agency', 'all', true)`, lockApply); err != nil {
			return fmt.Errorf("catalogue: %w", err)
		}
		if there, err = stored(ctx, tx); err != nil { // another process may have been faster, and here every dataset is seen
			return err
		}
		for _, e := range due(all, there, version) {
			if err := e.write(ctx, tx, there[e.Code], version); err != nil {
				return err
			}
		}
		return nil
	})
}

// row is what the database has of a theme.
type row struct {
	version                 int
	digest, store, geometry string
	key                     []string
	columns                 []column
	data                    bool // a version was published
	datasets                bool
}

type querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}

func stored(ctx context.Context, q querier) (map[string]*row, error) {
	rows, err := q.Query(ctx, `
		select code, catalogue_version, catalogue_digest, store, geometry, key_attributes, attributes,
		  exists (select from layers.dataset d join layers.version v on v.dataset_id = d.id where d.theme = t.code),
		  exists (select from layers.dataset d where d.theme = t.code)
		from layers.theme t`)
	if err != nil {
		return nil, fmt.Errorf("catalogue: %w", err)
	}
	there := map[string]*row{}
	var code string
	var r row
	var columns []byte
	_, err = pgx.ForEachRow(rows, []any{&code, &r.version, &r.digest, &r.store, &r.geometry, &r.key, &columns, &r.data, &r.datasets}, func() error {
		one := r
		one.key = slices.Clone(r.key)
		there[code] = &one
		return json.Unmarshal(columns, &one.columns)
	})
	if err != nil {
		return nil, fmt.Errorf("catalogue: %w", err)
	}
	return there, nil
}

// due are the entries that the database does not have as they are, except those that a newer catalogue wrote.
func due(all []Entry, there map[string]*row, version int) []Entry {
	var out []Entry
	for _, e := range all {
		if r := there[e.Code]; r == nil || r.digest != e.digest && r.version <= version {
			out = append(out, e)
		}
	}
	return out
}

func (e *Entry) write(ctx context.Context, tx pgx.Tx, r *row, version int) error {
	if err := e.fits(r); err != nil {
		return err
	}
	if r != nil && r.store != e.Store { // nothing hangs on it: make it anew, with its partition
		table := "layers." + pgx.Identifier{"feature_" + strings.ReplaceAll(e.Code, "-", "_")}.Sanitize()
		for _, sql := range []string{`drop table if exists ` + table, `delete from access.agency_theme where theme = '` + e.Code + `'`, `delete from layers.theme where code = '` + e.Code + `'`} {
			if _, err := tx.Exec(ctx, sql); err != nil {
				return fmt.Errorf("catalogue: %s: %w", e.Code, err)
			}
		}
		r = nil
	}
	columns, err := e.columns()
	if err != nil {
		return fmt.Errorf("catalogue: %s: %w", e.Code, err)
	}
	values := pgx.NamedArgs{
		"code": e.Code, "store": e.Store, "geometry": e.Geometry, "title_fa": e.Title.FA, "title_en": e.Title.EN, "obligation": null(e.Obligation),
		"key_attributes": e.Key, "attributes": string(columns), "territory_buffer_m": e.Buffer, "min_zoom": e.MinZoom, "max_zoom": e.MaxZoom, "split_zoom": e.SplitZoom,
		"position": e.Position, "definition_fa": e.Definition.FA, "definition_en": e.Definition.EN, "legal_basis": e.Legal,
		"deliverer_fa": e.Deliverer.FA, "deliverer_en": e.Deliverer.EN, "delivered_by": append([]string{}, e.DeliveredBy...), "update_cycle": e.Cycle,
		"mass_removal": e.MassRemoval, "restricted": e.Restricted, "sample_origin": e.Origin, "catalogue_version": version, "catalogue_digest": e.digest,
	}
	names := slices.Sorted(maps.Keys(values))
	var sets []string
	for _, n := range names {
		sets = append(sets, n+" = excluded."+n)
	}
	_, err = tx.Exec(ctx, `
		insert into layers.theme (`+strings.Join(names, ", ")+`)
		values (@`+strings.Join(names, ", @")+`)
		on conflict (code) do update
		set `+strings.Join(sets, ", "), values)
	if err == nil && r == nil {
		_, err = tx.Exec(ctx, `
			insert into access.agency_theme (agency_id, theme)
			select id, $1
			from access.agency
			where code = any($2)`, e.Code, e.Agencies)
	}
	if err != nil {
		return fmt.Errorf("catalogue: %s: %w", e.Code, err)
	}
	return nil
}

func null(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// fits answers whether the entry can take the place of what is there, under the data that is there.
func (e *Entry) fits(r *row) error {
	if r == nil {
		return nil
	}
	var wrong []errs.Text
	if r.store != e.Store && r.datasets {
		wrong = append(wrong, errs.Tf("جای نگهداری از %s به %s", "the store from %s to %s", r.store, e.Store))
	}
	if r.data {
		wrong = append(wrong, e.against(r)...)
	}
	if len(wrong) == 0 {
		return nil
	}
	var fa, en []string
	for _, w := range wrong {
		fa, en = append(fa, w.FA), append(en, w.EN)
	}
	return &errs.Error{
		Code: "catalogue-incompatible", Status: 409, Op: "catalogue.Apply", Location: "layers/catalogue/themes/" + e.Code + ".json", Value: e.Code,
		Title:  errs.Tf("تغییر موضوع «%s» با داده منتشرشده آن سازگار نیست", "The change of the theme %s does not fit its published data", e.Code),
		Detail: errs.T("تغییر: "+strings.Join(fa, "؛ ")+".", "It would change "+strings.Join(en, "; ")+"."),
		Next: errs.T("موضوعی با شناسه تازه بسازید، یا ویژگی تازه را اختیاری بیاورید، یا نسخه پیشین nsdi را اجرا کنید؛ چیزی نوشته نشد.",
			"Make a theme with another code, or bring the new attribute as an optional one, or run the earlier nsdi; nothing was written."),
		Err: errors.New(strings.Join(en, "; ")),
	}
}

// against lists what differs in a way that published data does not bear.
func (e *Entry) against(r *row) []errs.Text {
	var wrong []errs.Text
	if !slices.Equal(r.key, e.Key) {
		wrong = append(wrong, errs.Tf("کلید از %s به %s", "the key from %s to %s", strings.Join(r.key, ", "), strings.Join(e.Key, ", ")))
	}
	if r.geometry != e.Geometry && e.Geometry != "any" {
		wrong = append(wrong, errs.Tf("هندسه از %s به %s", "the geometry from %s to %s", r.geometry, e.Geometry))
	}
	was := map[string]column{}
	for _, c := range r.columns {
		was[c.Name] = c
	}
	for _, a := range e.Attributes {
		c, known := was[a.Name]
		delete(was, a.Name)
		if known && c.Type != a.Type {
			wrong = append(wrong, errs.Tf("نوع %s از %s به %s", "the type of %s from %s to %s", a.Name, c.Type, a.Type))
		}
		if a.Required && !c.Required {
			wrong = append(wrong, errs.Tf("الزامی شدن %s", "%s to a required attribute", a.Name))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(was)) {
		wrong = append(wrong, errs.Tf("حذف %s", "the schema, by leaving out %s", name))
	}
	return wrong
}
