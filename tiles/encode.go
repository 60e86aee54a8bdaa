package tiles

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"

	"nsdi/tiles/mvt"
)

// encoder makes the body of one tile after another from rows as the database sends them, in buffers that are used again.
type encoder struct {
	layer  mvt.Layer
	fields []mvt.Field
	body   []byte
}

// mostKept bounds what an encoder keeps for the next tile, in bytes of a body.
const mostKept = 4 << 20

// read draws what a layer has in a tile. An identifier below zero is for this alone: the tile has none. Features whose rings cross or touch once they are rounded are asked for again, made valid by the database.
func (e *encoder) read(ctx context.Context, tx pgx.Tx, l *layer, at Address) error {
	broken := map[int64][][]byte{} // values by identifier
	err := each(ctx, tx, l.sql(at.Z), []any{at.Z, at.X, at.Y}, func(columns []pgconn.FieldDescription) (err error) {
		e.fields, err = fieldsOf(columns[2:], e.fields[:0])
		e.layer.Begin(at.Z, at.X, at.Y, e.fields)
		return err
	}, func(id int64, row [][]byte) error {
		outcome, err := e.layer.Add(uint64(max(id, 0)), row[1], row[2:])
		if outcome == mvt.Broken {
			broken[id] = cloned(row[2:])
		}
		return err
	})
	if err != nil {
		return err
	}
	if len(broken) > 0 {
		err = each(ctx, tx, l.mending(at.Z), []any{at.Z, at.X, at.Y, slices.Sorted(maps.Keys(broken))}, nil, func(id int64, row [][]byte) error {
			_, err := e.layer.Mended(uint64(max(id, 0)), row[1], broken[id])
			return err
		})
	}
	e.body = e.layer.Append(e.body[:0], l.code)
	return err
}

// each hands the columns of a query to begin and its rows to draw, as they come from the database: an identifier, a geometry, and the values of fields.
func each(ctx context.Context, tx pgx.Tx, sql string, args []any, begin func([]pgconn.FieldDescription) error, draw func(int64, [][]byte) error) error {
	rows, err := tx.Query(ctx, sql, append([]any{pgx.QueryResultFormats{pgx.BinaryFormatCode}}, args...)...)
	if err != nil {
		return err
	}
	defer rows.Close()
	if len(rows.FieldDescriptions()) == 0 { // a query that failed has no columns
		rows.Close()
		return rows.Err()
	}
	if begin != nil {
		if err := begin(rows.FieldDescriptions()); err != nil {
			return err
		}
	}
	return eachRow(rows, draw)
}

func eachRow(rows pgx.Rows, draw func(int64, [][]byte) error) error {
	for rows.Next() {
		row := rows.RawValues()
		if len(row[0]) != 8 || row[1] == nil {
			continue
		}
		id := int64(binary.BigEndian.Uint64(row[0]))
		if err := draw(id, row); err != nil {
			return fmt.Errorf("feature %d: %w", id, err)
		}
	}
	return rows.Err()
}

func cloned(values [][]byte) [][]byte {
	out := make([][]byte, len(values))
	for i, v := range values {
		out[i] = bytes.Clone(v)
	}
	return out
}

// fieldsOf are the fields of a layer, by the types that its columns come in.
func fieldsOf(columns []pgconn.FieldDescription, fields []mvt.Field) ([]mvt.Field, error) {
	for _, c := range columns {
		var kind mvt.Kind
		switch c.DataTypeOID {
		case pgtype.TextOID, pgtype.VarcharOID:
			kind = mvt.Text
		case pgtype.Int2OID:
			kind = mvt.Int2
		case pgtype.Int4OID:
			kind = mvt.Int4
		case pgtype.Int8OID:
			kind = mvt.Int8
		case pgtype.Float4OID:
			kind = mvt.Float4
		case pgtype.Float8OID:
			kind = mvt.Float8
		case pgtype.BoolOID:
			kind = mvt.Bool
		default:
			return nil, fmt.Errorf("tiles have no values of the type %d of the column %s", c.DataTypeOID, c.Name)
		}
		fields = append(fields, mvt.Field{Name: c.Name, Kind: kind, Clean: withoutHarakat})
	}
	return fields, nil
}

// withoutHarakat leaves the vowel marks U+064B–U+0652 out of a text: labels are drawn without them.
func withoutHarakat(raw []byte) []byte {
	mark := func(r rune) bool { return r >= 0x064B && r <= 0x0652 }
	if bytes.IndexFunc(raw, mark) < 0 {
		return raw
	}
	return bytes.Map(func(r rune) rune {
		if mark(r) {
			return -1
		}
		return r
	}, raw)
}
