package layers

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"nsdi/internal/errs"
)

// KeptFinding is a finding as it was kept.
type KeptFinding struct {
	Seq int64 `json:"seq"`
	Finding
	Geometry json.RawMessage `json:"geometry,omitempty"` // GeoJSON: the place as the rule gives it, a point, a line or an area
	wkt      string
}

// FindingFilter says which findings are asked for. What is empty does not restrict.
type FindingFilter struct {
	Rule     string
	Severity string
	State    string
	Key      string
	After    int64 // seq: only those after this one
	Limit    int   // 0: all
}

// eachFinding gives the findings of a submission in the order of its rows, as far as q's scope shows them.
func eachFinding(ctx context.Context, q Querier, submission int64, f FindingFilter, yield func(*KeptFinding) error) error {
	limit := any(nil)
	if f.Limit > 0 {
		limit = f.Limit
	}
	rows, err := q.Query(ctx, `
		select seq, rule, severity, source, coalesce(row_number, 0), coalesce(feature_key, ''), coalesce(field, ''), coalesce(raw_value, ''), coalesce(proposed, ''),
		  measure, coalesce(unit, ''), coalesce(other_key, ''), state, message_fa, message_en,
		  public.st_x(c), public.st_y(c), public.st_asgeojson(geom, 7)::json, coalesce(public.st_astext(geom, 7), '')
		from layers.finding, public.st_centroid(public.st_envelope(geom)) c
		where submission_id = $1
		  and ($2 = '' or rule = $2)
		  and ($3 = '' or severity = $3)
		  and ($4 = '' or state = $4)
		  and ($5 = '' or feature_key = $5)
		  and seq > $6
		order by seq
		limit $7`, submission, f.Rule, f.Severity, f.State, f.Key, f.After, limit)
	if err != nil {
		return fmt.Errorf("findings: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var k KeptFinding
		err := rows.Scan(&k.Seq, &k.Rule, &k.Severity, &k.Source, &k.Row, &k.Key, &k.Field, &k.Value, &k.Proposed, &k.Measure, &k.Unit, &k.Other, &k.State,
			&k.Message.FA, &k.Message.EN, &k.Lon, &k.Lat, &k.Geometry, &k.wkt)
		if err != nil {
			return fmt.Errorf("findings: %w", err)
		}
		if err := yield(&k); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("findings: %w", err)
	}
	return nil
}

// ListFindings answers the findings of a submission in the order of its rows, as far as q's scope shows them.
func ListFindings(ctx context.Context, q Querier, submission int64, f FindingFilter) ([]KeptFinding, error) {
	all := []KeptFinding{}
	err := eachFinding(ctx, q, submission, f, func(k *KeptFinding) error { all = append(all, *k); return nil })
	return all, err
}

// exportColumns head the columns of an exported finding, in the order of cells.
func exportColumns() []errs.Text {
	return []errs.Text{
		errs.T("شماره", "number"), errs.T("قاعده", "rule"), errs.T("درجه", "severity"), errs.T("وضعیت", "state"), errs.T("پرونده و لایه", "source"), errs.T("ردیف", "row"),
		errs.T("کلید", "key"), errs.T("ویژگی", "field"), errs.T("مقدار", "value"), errs.T("مقدار پیشنهادی", "proposed"), errs.T("اندازه", "measure"), errs.T("یکا", "unit"),
		errs.T("کلید دیگر", "other_key"), errs.T("شرح", "message_fa"), errs.T("شرح انگلیسی", "message_en"), errs.T("طول جغرافیایی", "lon"), errs.T("عرض جغرافیایی", "lat"),
	}
}

// cells are a finding's values under exportColumns.
func (k *KeptFinding) cells() []string {
	number := func(f *float64) string {
		if f == nil {
			return ""
		}
		return strconv.FormatFloat(*f, 'f', -1, 64)
	}
	place := func(degrees *float64) string { // to a centimetre
		if degrees == nil {
			return ""
		}
		return strconv.FormatFloat(math.Round(*degrees*1e7)/1e7, 'f', -1, 64)
	}
	row := ""
	if k.Row > 0 {
		row = strconv.FormatInt(k.Row, 10)
	}
	return []string{
		strconv.FormatInt(k.Seq, 10), k.Rule, k.Severity, k.State, k.Source, row, k.Key, k.Field, k.Value, k.Proposed, number(k.Measure), k.Unit, k.Other, k.Message.FA,
		k.Message.EN, place(k.Lon), place(k.Lat),
	}
}

// WriteFindingsCSV writes the findings as a table of text, with the mark by which spreadsheets know UTF-8.
func WriteFindingsCSV(ctx context.Context, q Querier, submission int64, w io.Writer) error {
	if _, err := io.WriteString(w, bom); err != nil {
		return err
	}
	sheet := csv.NewWriter(w)
	var head []string
	for _, c := range exportColumns() {
		head = append(head, c.EN)
	}
	_ = sheet.Write(head) // an error is kept until Flush
	err := eachFinding(ctx, q, submission, FindingFilter{}, func(k *KeptFinding) error {
		cells := k.cells()
		for i := range cells {
			if _, err := strconv.ParseFloat(cells[i], 64); err != nil { // a number, with its sign, is no formula
				cells[i] = SafeCell(cells[i])
			}
		}
		return sheet.Write(cells)
	})
	sheet.Flush()
	if err != nil {
		return err
	}
	return sheet.Error()
}

// SafeCell keeps a spreadsheet from taking what somebody else wrote for a formula.
func SafeCell(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r\n|%", rune(s[0])) || strings.HasPrefix(s, "＝") || strings.HasPrefix(s, "＋") || strings.HasPrefix(s, "－") || strings.HasPrefix(s, "＠") {
		return "'" + s
	}
	return s
}

// FindingsTile answers a vector tile (z/x/y of Web Mercator) with the places of a submission's findings; an empty one where there are none.
func FindingsTile(ctx context.Context, q Querier, submission int64, z, x, y int) ([]byte, error) {
	var tile []byte
	err := q.QueryRow(ctx, `
		select public.st_asmvt(t, 'findings', 4096, 'g', 'seq')
		from (
			select seq, rule, severity, state, feature_key as key, field, message_fa, message_en,
			  -- an area that is too small to be seen is shown as its middle
			  coalesce(public.st_asmvtgeom(m, box, 4096, 64, true), public.st_asmvtgeom(public.st_centroid(m), box, 4096, 64, true)) g
			from layers.finding, public.st_tileenvelope($2, $3, $4) box, public.st_transform(geom, 3857) m
			where submission_id = $1
			  and geom operator(public.&&) public.st_transform(public.st_expand(box, (public.st_xmax(box) - public.st_xmin(box)) / 64), 4326)
			  and geom operator(public.@) public.st_makeenvelope(-180, -85.05, 180, 85.05, 4326)
			order by seq
		) t
		where g is not null`, submission, z, x, y).Scan(&tile)
	if err != nil {
		return nil, fmt.Errorf("findings' tile: %w", err)
	}
	return tile, nil
}

// FindingsBounds is where a submission's findings are: west, south, east and north in degrees; nil when none has a place.
func FindingsBounds(ctx context.Context, q Querier, submission int64) (*[4]float64, error) {
	var bounds []float64
	err := q.QueryRow(ctx, `
		select case when e is not null then array[public.st_xmin(e), public.st_ymin(e), public.st_xmax(e), public.st_ymax(e)] end
		from (
			select public.st_extent(geom) e
			from layers.finding
			where submission_id = $1
			  and geom operator(public.@) public.st_makeenvelope(-180, -85.05, 180, 85.05, 4326)
		) t`, submission).Scan(&bounds)
	if err != nil {
		return nil, fmt.Errorf("extent of findings: %w", err)
	}
	if bounds == nil {
		return nil, nil
	}
	return (*[4]float64)(bounds), nil
}
