package layers

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/xuri/excelize/v2"
)

// WriteFindingsXLSX writes the findings as a workbook: in Persian from right to left, or in English. Rows are streamed, so that memory is bounded; text stays text,
// whatever it begins with.
func WriteFindingsXLSX(ctx context.Context, q Querier, submission int64, lang string, w io.Writer) (err error) {
	persian := lang != "en"
	book := excelize.NewFile()
	defer func() { err = errors.Join(err, book.Close()) }()
	name := "Findings"
	if persian {
		name = "یافته‌ها"
	}
	if err := book.SetSheetName("Sheet1", name); err != nil {
		return fmt.Errorf("findings' workbook: %w", err)
	}
	if err := book.SetSheetView(name, 0, &excelize.ViewOptions{RightToLeft: &persian}); err != nil {
		return fmt.Errorf("findings' workbook: %w", err)
	}
	bold, err := book.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}})
	if err != nil {
		return fmt.Errorf("findings' workbook: %w", err)
	}
	sheet, err := book.NewStreamWriter(name)
	if err != nil {
		return fmt.Errorf("findings' workbook: %w", err)
	}
	head := make([]any, 0, 17)
	for _, c := range exportColumns() {
		title := c.EN
		if persian {
			title = c.FA
		}
		head = append(head, excelize.Cell{StyleID: bold, Value: title})
	}
	if err := sheet.SetRow("A1", head); err != nil {
		return fmt.Errorf("findings' workbook: %w", err)
	}
	at := 1
	err = eachFinding(ctx, q, submission, FindingFilter{}, func(k *KeptFinding) error {
		at++
		cells := make([]any, 0, len(head))
		for _, c := range k.cells() {
			cells = append(cells, c)
		}
		cells[0] = k.Seq
		if k.Row > 0 {
			cells[5] = k.Row
		}
		for i, number := range map[int]*float64{10: k.Measure, 15: k.Lon, 16: k.Lat} {
			if number != nil {
				cells[i] = *number
			}
		}
		place, err := excelize.CoordinatesToCellName(1, at)
		if err != nil {
			return err
		}
		return sheet.SetRow(place, cells)
	})
	if err != nil {
		return fmt.Errorf("findings' workbook: %w", err)
	}
	if err := sheet.Flush(); err != nil {
		return fmt.Errorf("findings' workbook: %w", err)
	}
	if _, err := book.WriteTo(w); err != nil {
		return fmt.Errorf("findings' workbook: %w", err)
	}
	return nil
}
