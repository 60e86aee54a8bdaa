package access

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"nsdi/internal/errs"
	"nsdi/internal/pg"
)

// provenance stands at the head of each file, before the features: from where it is, and for whom it was made.
type provenance struct {
	Dataset     int64      `json:"dataset"`
	Theme       string     `json:"theme"`
	Title       inBoth     `json:"title"`
	Agency      string     `json:"agency"`
	AgencyName  inBoth     `json:"agency_name"`
	Place       string     `json:"territory,omitempty"`
	Version     int        `json:"version"`
	PublishedAt time.Time  `json:"published_at"`
	Tracking    Identifier `json:"tracking,omitempty"` // of the delivery
	MadeAt      time.Time  `json:"made_at"`
	MadeFor     string     `json:"made_for,omitempty"` // empty: for the public
	Restricted  bool       `json:"restricted"`
	Grant       Identifier `json:"grant,omitempty"` // tracking identifier of the request that it answers
	Within      string     `json:"granted_territory,omitempty"`
	Attributes  []string   `json:"granted_attributes,omitempty"`
}

type inBoth struct {
	FA string `json:"fa"`
	EN string `json:"en"`
}

func both(t errs.Text) inBoth { return inBoth{FA: t.FA, EN: t.EN} }

// Write streams a download as a GeoJSON FeatureCollection (RFC 7946), feature by feature as the database sends them, so that its memory does not grow with the
// dataset. It answers how many features it wrote. Each time that it has written chunk bytes it calls step, which may be nil.
func (d *Downloads) Write(ctx context.Context, dl *Download, w io.Writer, step func() error) (rows int64, err error) {
	out := bufio.NewWriterSize(w, chunk)
	err = d.inSnapshot(ctx, dl, func(tx pgx.Tx) error {
		head, err := json.Marshal(provenance{
			Dataset: dl.DatasetID, Theme: dl.Theme, Title: both(dl.ThemeTitle), Agency: dl.Agency, AgencyName: both(dl.AgencyName), Place: dl.Place, Version: dl.Seq,
			PublishedAt: dl.PublishedAt.UTC(), Tracking: dl.Tracking, MadeAt: moment(d.Now), MadeFor: dl.Who.Name, Restricted: dl.Restricted,
			Grant: dl.grant(), Within: dl.Territory, Attributes: dl.Attributes,
		})
		if err != nil {
			return err
		}
		features, err := dl.query(ctx, tx, `'{"type":"Feature","id":' || f.id || ',"geometry":' || coalesce(public.st_asgeojson(`+turned+`, 9), 'null') || ',"properties":' || p || '}'`)
		if err != nil {
			return err
		}
		defer features.Close()
		fmt.Fprintf(out, `{"type":"FeatureCollection","provenance":%s,"features":[`, head)
		since := 0
		for features.Next() {
			if rows++; rows > 1 {
				out.WriteByte(',')
			}
			out.WriteByte('\n')
			n, err := out.Write(features.RawValues()[0]) // a writer that failed once keeps its error
			if err != nil {
				return err
			}
			if since += n; since >= chunk && step != nil {
				since = 0
				if err := step(); err != nil {
					return err
				}
			}
		}
		if err := features.Err(); err != nil {
			return err
		}
		out.WriteString("\n]}\n")
		return nil
	})
	if err == nil {
		err = out.Flush()
	}
	if err != nil {
		return rows, fmt.Errorf("download of version %d: %w", dl.VersionID, err)
	}
	return rows, nil
}

// query asks for the features that the download has. Columns are SQL over a row f of the store, whose properties, as far as they may be
// seen, are p, and whose geometry within the area is shape.
func (dl *Download) query(ctx context.Context, tx pgx.Tx, columns string) (pgx.Rows, error) {
	// In the snapshot that the features are read from, the version has to be the last one still.
	var last int
	if err := tx.QueryRow(ctx, `select max(seq) from layers.version where dataset_id = $1`, dl.DatasetID).Scan(&last); err != nil {
		return nil, err
	}
	if last != dl.Seq {
		return nil, versionNotKept(dl.Seq, last)
	}
	properties, err := dl.properties(ctx, tx)
	if err != nil {
		return nil, err
	}
	shape := `f.geom`
	if dl.Cut {
		shape = `layers.cut(f.geom, public.st_geomfromwkb($5, 4326))`
	}
	return tx.Query(ctx, `
		select `+columns+`
		from `+pgx.Identifier(strings.Split(dl.store, ".")).Sanitize()+` f
		cross join lateral (
			select coalesce(jsonb_object_agg(one.key, one.value), '{}')::text
			from jsonb_each(`+properties+`) one
			where $3::text[] is null
			   or one.key = any($3)
		) seen (p)
		cross join lateral (select `+shape+`) cut (shape)
		where f.theme = $1
		  and f.dataset_id = $2
		  and ($4 = '' or public.st_intersects(f.geom, (select u.geom from layers.admin_unit u where u.code = $4)))
		  and ($5::bytea is null or public.st_intersects(f.geom, public.st_geomfromwkb($5, 4326)) and not public.st_isempty(shape))`,
		dl.Theme, dl.DatasetID, dl.Attributes, dl.Territory, dl.Area)
}

// Features gives the features of a download one by one: what they have in common with those that Write writes is all but the number of digits.
func (d *Downloads) Features(ctx context.Context, dl *Download, yield func(id int64, properties, geometry json.RawMessage) error) error {
	err := d.inSnapshot(ctx, dl, func(tx pgx.Tx) error {
		features, err := dl.query(ctx, tx, `f.id, p, public.st_asgeojson(shape, 15, 0)`)
		if err != nil {
			return err
		}
		var id int64
		var properties, geometry []byte
		_, err = pgx.ForEachRow(features, []any{&id, &properties, &geometry}, func() error { return yield(id, properties, geometry) })
		return err
	})
	if err != nil {
		return fmt.Errorf("download of version %d: %w", dl.VersionID, err)
	}
	return nil
}

// turned is the geometry with the outer rings of polygons against the clock, as RFC 7946 has it. Of what is no polygon st_forcepolygonccw would turn the lines
// round, whose direction may mean something.
const turned = `case when public.geometrytype(shape) in ('POLYGON', 'MULTIPOLYGON') then public.st_forcepolygonccw(shape) else shape end`

// chunk is how many bytes are written at once.
const chunk = 64 << 10

// inSnapshot runs f in the scope of who the download is for: what row security does not show them is not in the file, whatever was asked before.
func (d *Downloads) inSnapshot(ctx context.Context, dl *Download, f func(pgx.Tx) error) error {
	return pg.InScope(ctx, d.Pool, ScopeOf(dl.Who), pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, f)
}

func (dl *Download) grant() Identifier {
	if dl.Grant == nil {
		return ""
	}
	return dl.Grant.Tracking
}

// properties answers the SQL of a feature's properties: what is in attributes, the attributes of the theme that the store keeps in columns of their own, and
// the key where it is neither.
func (dl *Download) properties(ctx context.Context, tx pgx.Tx) (string, error) {
	rows, err := tx.Query(ctx, `
		select a.attname
		from pg_attribute a
		join layers.theme t on t.code = $2
		cross join jsonb_array_elements(t.attributes) s
		where a.attrelid = $1::regclass
		  and a.attnum > 0
		  and not a.attisdropped
		  and a.attname = s ->> 'name'
		  and (s ->> 'private') is distinct from 'true'
		order by a.attnum`, dl.store, dl.Theme)
	if err != nil {
		return "", err
	}
	columns, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return "", err
	}
	sql := "f.attributes"
	if len(dl.keys) == 1 {
		sql = "jsonb_build_object(" + quoted(dl.keys[0]) + ", f.key) || " + sql
	}
	for _, c := range columns {
		sql += " || jsonb_build_object(" + quoted(c) + ", f." + pgx.Identifier{c}.Sanitize() + ")"
	}
	return "(" + sql + ") - array(select s ->> 'name' from layers.theme t cross join jsonb_array_elements(t.attributes) s where t.code = $1 and s ->> 'private' = 'true')", nil
}

// quoted writes a text literal; names of attributes are data of the catalogue.
func quoted(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }
