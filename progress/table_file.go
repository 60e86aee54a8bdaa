package progress

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/xuri/excelize/v2"
)

// WriteCSV writes the lines with a byte order mark, by which spreadsheets know UTF-8.
func (t *Table) WriteCSV(w io.Writer, persian bool) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return fmt.Errorf("progress as CSV: %w", err)
	}
	out := csv.NewWriter(w)
	out.UseCRLF = true // RFC 4180
	all := columns()
	record := make([]string, len(all))
	for i, c := range all {
		record[i] = Text{c.title.FA, c.title.EN}.in(persian)
	}
	if err := out.Write(record); err != nil {
		return fmt.Errorf("progress as CSV: %w", err)
	}
	for n := range t.Lines {
		for i, c := range all {
			record[i] = written(c.value(&t.Lines[n], persian))
		}
		if err := out.Write(record); err != nil {
			return fmt.Errorf("progress as CSV: %w", err)
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("progress as CSV: %w", err)
	}
	return nil
}

// WriteXLSX writes a workbook with a sheet a level: from right to left in Persian, numbers as numbers, days as days.
func (t *Table) WriteXLSX(w io.Writer, persian bool) (err error) {
	book := excelize.NewFile()
	defer func() { err = errors.Join(err, book.Close()) }()
	bold, err := book.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}, Alignment: &excelize.Alignment{WrapText: true}})
	if err != nil {
		return fmt.Errorf("progress as XLSX: %w", err)
	}
	iso := "yyyy-mm-dd"
	day, err := book.NewStyle(&excelize.Style{CustomNumFmt: &iso})
	if err != nil {
		return fmt.Errorf("progress as XLSX: %w", err)
	}
	for start := 0; start < len(t.Lines); {
		end := start
		for end < len(t.Lines) && t.Lines[end].Unit.Level == t.Lines[start].Unit.Level {
			end++
		}
		if err := sheetOf(book, t.Lines[start:end], persian, bold, day); err != nil {
			return fmt.Errorf("progress as XLSX: %w", err)
		}
		start = end
	}
	if len(t.Lines) > 0 {
		if err := book.DeleteSheet("Sheet1"); err != nil {
			return fmt.Errorf("progress as XLSX: %w", err)
		}
	}
	if _, err := book.WriteTo(w); err != nil {
		return fmt.Errorf("progress as XLSX: %w", err)
	}
	return nil
}

func sheetOf(book *excelize.File, lines []Line, persian bool, bold, day int) error {
	name := levelName(lines[0].Unit.Level).in(persian)
	if _, err := book.NewSheet(name); err != nil {
		return err
	}
	if err := book.SetSheetView(name, 0, &excelize.ViewOptions{RightToLeft: &persian}); err != nil {
		return err
	}
	sheet, err := book.NewStreamWriter(name)
	if err != nil {
		return err
	}
	if err := sheet.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	all := columns()
	if err := sheet.SetColWidth(1, len(all), 16); err != nil {
		return err
	}
	cells := make([]any, len(all))
	for i, c := range all {
		cells[i] = excelize.Cell{StyleID: bold, Value: Text{c.title.FA, c.title.EN}.in(persian)}
	}
	if err := sheet.SetRow("A1", cells); err != nil {
		return err
	}
	for n := range lines {
		for i, c := range all {
			cells[i] = c.value(&lines[n], persian)
			if t, is := cells[i].(time.Time); is {
				cells[i] = excelize.Cell{StyleID: day, Value: t}
			}
		}
		at, err := excelize.CoordinatesToCellName(1, n+2)
		if err != nil {
			return err
		}
		if err := sheet.SetRow(at, cells); err != nil {
			return err
		}
	}
	return sheet.Flush()
}

// WriteGeoJSON writes a feature a unit, with the percentages of its obligations as properties: published where nothing else is said. What is not known is null.
func (t *Table) WriteGeoJSON(w io.Writer) error {
	type feature struct {
		Type       string          `json:"type"`
		ID         string          `json:"id"`
		Geometry   json.RawMessage `json:"geometry"`
		Properties map[string]any  `json:"properties"`
	}
	out := struct {
		Type     string    `json:"type"`
		AsOf     string    `json:"as_of"`
		Features []feature `json:"features"`
	}{"FeatureCollection", t.AsOf.Format(time.RFC3339), []feature{}}
	for i := range t.Lines {
		l := &t.Lines[i]
		if l.Measure != headline {
			continue
		}
		if n := len(out.Features); n == 0 || out.Features[n-1].ID != l.Unit.Code {
			geometry := l.Geometry
			if geometry == nil {
				geometry = json.RawMessage("null")
			}
			out.Features = append(out.Features, feature{"Feature", l.Unit.Code, geometry, map[string]any{
				"code": l.Unit.Code, "level": l.Unit.Level, "name_fa": l.Unit.NameFA, "name_en": l.Unit.NameEN, "parent_code": l.Parent,
			}})
		}
		p := out.Features[len(out.Features)-1].Properties
		p[l.Obligation+"_provisional"] = l.Provisional
		p[l.Obligation], p[l.Obligation+"_delivered"], p[l.Obligation+"_validated"], p[l.Obligation+"_fresh"] = l.Percents[2], l.Percents[0], l.Percents[1], l.Percents[3]
	}
	if err := json.NewEncoder(w).Encode(out); err != nil {
		return fmt.Errorf("progress as GeoJSON: %w", err)
	}
	return nil
}
