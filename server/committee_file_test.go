package server_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"nsdi/server"
)

// printed is a printer that answers the address that it is asked to print.
type printed struct{}

func (printed) Print(_ context.Context, address string) ([]byte, error) {
	return []byte("%PDF-" + address), nil
}

// The figures leave as tables in which numbers are numbers, days stand in both calendars, and what is not known is empty, never 0.
func TestProgressFiles(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.grow(t, 0.05) // a quarter of the city

	answer, body := r.do(t, "GET", "/v1/progress.csv?lang=en")
	require.Equal(t, 200, answer.StatusCode, string(body))
	require.True(t, bytes.HasPrefix(body, []byte("\ufeffunit_code,")), "a mark by which spreadsheets know UTF-8")
	rows, err := csv.NewReader(bytes.NewReader(body[3:])).ReadAll()
	require.NoError(t, err)
	cell := func(rows [][]string, unit, obligation, column string) string {
		for _, row := range rows[1:] {
			if row[0] == unit && row[5] == obligation && row[8] == "headline" {
				for i, name := range rows[0] {
					if name == column {
						return row[i]
					}
				}
			}
		}
		t.Fatalf("no %s of %s in %s", column, obligation, unit)
		return ""
	}
	for column, want := range map[string]string{
		"legal_deadline": "2016-09-06", "legal_deadline_jalali": "۱۶ شهریور ۱۳۹۵", "state": "known", "level": "Province", "counted": "m2", "legal_planned_percent": "100", "days_overdue": "3637",
	} {
		assert.Equal(t, want, cell(rows, "IR-23", "A25-URBAN", column), column)
	}
	assert.Regexp(t, `^2(4\.99|5|5\.0[01])$`, cell(rows, "IR-23", "A25-URBAN", "published_percent"))
	assert.Empty(t, cell(rows, "IR-23", "A27-GNAF", "published_percent"), "unknown is not 0")
	assert.NotEmpty(t, cell(rows, "IR-23", "A27-GNAF", "reason"))

	answer, body = r.do(t, "GET", "/v1/progress.xlsx?unit=IR")
	require.Equal(t, 200, answer.StatusCode)
	assert.Contains(t, answer.Header.Get("Content-Disposition"), "progress-IR-2026-08-22.xlsx")
	book, err := excelize.OpenReader(bytes.NewReader(body))
	require.NoError(t, err)
	defer book.Close()
	require.Equal(t, []string{"کشور", "استان"}, book.GetSheetList()[:2], "a sheet a level")
	for _, sheet := range book.GetSheetList() {
		view, err := book.GetSheetView(sheet, 0)
		require.NoError(t, err)
		require.True(t, *view.RightToLeft)
	}
	sheet, err := book.GetRows("استان", excelize.Options{RawCellValue: true})
	require.NoError(t, err)
	found := false
	for n, row := range sheet {
		if row[0] != "IR-23" || row[5] != "A25-URBAN" || row[8] != "headline" {
			continue
		}
		found = true
		for column, want := range map[string]excelize.CellType{"T": excelize.CellTypeUnset, "X": excelize.CellTypeUnset, "A": excelize.CellTypeInlineString} {
			kind, err := book.GetCellType("استان", column+strconv.Itoa(n+1))
			require.NoError(t, err)
			assert.Equal(t, want, kind, "column %s: numbers and days are no text", column)
		}
		shown, err := book.GetCellValue("استان", "X"+strconv.Itoa(n+1))
		require.NoError(t, err)
		assert.Equal(t, "2016-09-06", shown)
	}
	require.True(t, found)

	answer, body = r.do(t, "GET", "/v1/progress.geojson?unit=IR-23")
	require.Equal(t, 200, answer.StatusCode)
	require.Equal(t, "application/geo+json", answer.Header.Get("Content-Type"))
	var places struct {
		Features []struct {
			ID         string
			Geometry   map[string]any
			Properties map[string]any
		}
	}
	require.NoError(t, json.Unmarshal(body, &places))
	require.Equal(t, "IR-23", places.Features[0].ID)
	require.NotEmpty(t, places.Features[0].Geometry["coordinates"])
	require.InDelta(t, 25, places.Features[0].Properties["A25-URBAN"], 0.02)
	require.Nil(t, places.Features[0].Properties["A27-GNAF"])

	r.freeze(t)
	answer, body = r.do(t, "GET", "/v1/progress/feed.atom?lang=en")
	require.Equal(t, 200, answer.StatusCode)
	require.Equal(t, "application/atom+xml; charset=utf-8", answer.Header.Get("Content-Type"))
	var feed struct {
		XMLName xml.Name `xml:"http://www.w3.org/2005/Atom feed"`
		Updated string   `xml:"updated"`
		Entries []struct {
			ID      string `xml:"id"`
			Title   string `xml:"title"`
			Summary string `xml:"summary"`
		} `xml:"entry"`
	}
	require.NoError(t, xml.Unmarshal(body, &feed))
	require.Equal(t, "2026-08-22T09:00:00Z", feed.Updated)
	require.Equal(t, "Figures of 2026-08-22", feed.Entries[0].Title)
	require.Contains(t, feed.Entries[0].Summary, "A25-URBAN: 2")

	for path, code := range map[string]string{
		"/v1/progress.csv?lang=de": "request-invalid", "/v1/progress.xlsx?unit=XX": "admin-unit-unknown", "/v1/progress.geojson?unit=" + strings.Repeat("x", 65): "request-invalid",
		"/v1/progress/feed.atom?lang=x": "request-invalid", "/v1/progress.pdf": "printing-unavailable", "/v1/progress.pdf?lang=x": "request-invalid",
	} {
		_, body := r.do(t, "GET", path)
		assert.Contains(t, string(body), code, path)
		assert.Contains(t, string(body), "next_step_fa", path)
	}
}

// The pack is the committee's page as it is printed, of the unit and in the language that were asked for.
func TestMeetingPackIsThePage(t *testing.T) {
	t.Parallel()
	s := start(t, func(d *server.Deps) { d.Printer = printed{} })
	answer, body := s.do(t, "GET", "/v1/progress.pdf?unit=IR-23&lang=en")
	require.Equal(t, 200, answer.StatusCode, string(body))
	require.Equal(t, "application/pdf", answer.Header.Get("Content-Type"))
	require.Equal(t, "%PDF-/progress?lang=en&print=1&unit=IR-23", string(body))
	_, body = s.do(t, "GET", "/v1/progress.pdf?unit=XX")
	require.Contains(t, string(body), "admin-unit-unknown")
	answer, _ = s.do(t, "GET", "/progress?unit=IR-23")
	require.Equal(t, 200, answer.StatusCode)
}
