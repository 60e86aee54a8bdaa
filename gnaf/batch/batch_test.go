package batch_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"nsdi/gnaf/batch"
	"nsdi/gnaf/search"
	"nsdi/internal/errs"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// echo answers what it was asked, the later the sooner it was asked.
type echo struct{ asked atomic.Int64 }

func (e *echo) Search(ctx context.Context, q search.Query) (search.Answer, error) {
	if n := e.asked.Add(1); n%97 == 0 {
		time.Sleep(time.Millisecond)
	}
	switch {
	case ctx.Err() != nil:
		return search.Answer{}, ctx.Err()
	case strings.Contains(q.Text, "nowhere"):
		return search.Answer{}, nil
	case strings.Contains(q.Text, "refused"):
		return search.Answer{}, &errs.Error{Code: "query-too-long", Status: 400, Title: errs.T("بلند است", "too long")}
	case strings.Contains(q.Text, "broken"):
		return search.Answer{}, errors.New("the database is away")
	}
	label := q.Text
	if label == "" {
		label = fmt.Sprintf("%+v", q.Parts)
	}
	if q.Focus != nil {
		label += fmt.Sprintf(" near %v", *q.Focus)
	}
	return search.Answer{Results: []search.Result{{Level: search.LevelSite, Confidence: 0.97, Label: label, Lon: 51.4, Lat: 35.7}}}, nil
}

func run(t *testing.T, in string, o batch.Options) (string, *batch.Summary) {
	t.Helper()
	var out bytes.Buffer
	s, err := batch.Run(t.Context(), &echo{}, strings.NewReader(in), &out, o)
	require.NoError(t, err)
	return out.String(), s
}

func records(t *testing.T, text string, comma rune) (rows []map[string]string) {
	t.Helper()
	r := csv.NewReader(strings.NewReader(strings.TrimPrefix(text, "\uFEFF")))
	r.Comma = comma
	all, err := r.ReadAll()
	require.NoError(t, err)
	for _, record := range all[1:] {
		row := map[string]string{}
		for i, cell := range record {
			row[all[0][i]] = cell
		}
		rows = append(rows, row)
	}
	return rows
}

func TestColumnsAreToldByTheirNames(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ header, row, want string }{
		{"شناسه,نشانی", "1,خیابان آزادی ۵", "خیابان آزادی ۵"},
		{"id,Full_Address", "1,Azadi 5", "Azadi 5"},
		{"آدرس,شهر,استان", "خیابان آزادی ۵,تبریز,آذربایجان شرقی", "آذربایجان شرقی، تبریز، خیابان آزادی ۵"},
		{"آدرس,شهر", "تبریز خیابان آزادی ۵,تبریز", "تبریز خیابان آزادی ۵"},
		{"آدرس,کد پستی", "خیابان آزادی,۱۳۴۵۶۷۸۹۰۱", "خیابان آزادی، کد پستی ۱۳۴۵۶۷۸۹۰۱"},
		{"كد پستي", "1345678901", "{Province: County: City: Neighbourhood: StreetBefore: Street: Number: Unit: PostalCode:1345678901}"},
		{"statename,townname,locationname,preaven,avenue,plate_no,unit", "یزد,یزد,یزد,امام,لاله,۷,۲", "{Province:یزد County:یزد City:یزد Neighbourhood: StreetBefore:امام Street:لاله Number:۷ Unit:۲ PostalCode:}"},
		{"address,lon,lat", "x,51.4,35.7", "x near {51.4 35.7}"},
		{"عرض جغرافیایی,طول جغرافیایی", "۳۵٫۷,۵۱٫۴", "35.7, 51.4 near {51.4 35.7}"},
		{"address,lon,lat", "x,516,35.7", "x"},
	} {
		out, _ := run(t, tc.header+"\n"+tc.row+"\n", batch.Options{})
		got := records(t, out, ',')[0]
		assert.Equal(t, tc.want, got["match_label"], tc.header)
		assert.Equal(t, "8", got["match_level"])
		assert.Equal(t, "51.4000000", got["match_lon"])
	}
	out, _ := run(t, "a,address\nx,y\n", batch.Options{Columns: map[batch.Role]string{batch.Address: "a"}})
	assert.Equal(t, "x", records(t, out, ',')[0]["match_label"], "the caller knows better than the name")
	out, _ = run(t, "شهر,address\nx,y\n", batch.Options{Columns: map[batch.Role]string{batch.City: ""}})
	assert.Equal(t, "y", records(t, out, ',')[0]["match_label"], "and that no column is the city")
}

func TestFilesThatCannotBe(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		in   string
		o    batch.Options
		code string
	}{
		{"", batch.Options{}, "file-unreadable"},
		{"a,b\n1,2\n", batch.Options{}, "no-address-column"},
		{"address\nx\n", batch.Options{Columns: map[batch.Role]string{batch.City: "c"}}, "column-unknown"},
		{"address\nx\n", batch.Options{Columns: map[batch.Role]string{"planet": "address"}}, "role-unknown"},
		{"\xff\xfea\x00d\x00", batch.Options{}, "not-utf-8"},
		{"address\n\"" + strings.Repeat("x", 2<<20), batch.Options{}, "row-too-long"},
		{`{"address":"` + strings.Repeat("x", 2<<20), batch.Options{Format: batch.JSONL}, "row-too-long"},
		{"address\n1\n2\n3\n", batch.Options{MaxRows: 2}, "too-many-rows"},
	} {
		_, err := batch.Run(t.Context(), &echo{}, strings.NewReader(tc.in), io.Discard, tc.o)
		require.Equal(t, tc.code, errs.Code(err), "%v", err)
		var told *errs.Error
		require.ErrorAs(t, err, &told)
		assert.NotEmpty(t, told.Title.FA)
		assert.NotEmpty(t, told.Next.EN)
	}
}

func TestRowsComeBackInTheirOrderWithAllTheirCells(t *testing.T) {
	t.Parallel()
	var in strings.Builder
	in.WriteString("\uFEFFid;address;\"a;b\"\n")
	for i := range 1000 {
		fmt.Fprintf(&in, "%d;street %d;\"x;%d\"\n", i, i, i)
	}
	out, s := run(t, in.String(), batch.Options{Workers: 3})
	assert.True(t, strings.HasPrefix(out, "\uFEFF"), "back to the spreadsheet that it came from")
	rows := records(t, out, ';')
	require.Len(t, rows, 1000)
	for i, row := range rows {
		assert.Equal(t, fmt.Sprint(i), row["id"])
		assert.Equal(t, fmt.Sprintf("x;%d", i), row["a;b"])
		assert.Equal(t, fmt.Sprintf("street %d", i), row["match_label"])
	}
	assert.Equal(t, &batch.Summary{Rows: 1000, Levels: map[string]int64{"site": 1000}}, s)
}

// What is counted is what comes back, whatever the rows have in them.
func TestCount(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		in   string
		o    batch.Options
		want int64
	}{
		{"address\n", batch.Options{}, 0},
		{"address\nx\ny", batch.Options{}, 2},
		{"address;id\r\n\"two\r\n\r\nlines\";1\r\n\r\n\"said \"\"x\"\"\n\";2\r\nmiddle \" mark\n;3\n", batch.Options{}, 4},
		{"{}\n\n  \n[1]\nno object", batch.Options{Format: batch.JSONL}, 3},
		{"address\n" + strings.Repeat("x\n", 10_000), batch.Options{}, 10_000},
	} {
		n, err := batch.Count(strings.NewReader(tc.in), tc.o, nil)
		require.NoError(t, err)
		_, s := run(t, tc.in, tc.o)
		assert.Equal(t, []int64{tc.want, tc.want}, []int64{n, s.Rows}, "%.60q", tc.in)
	}
	n, err := batch.Count(strings.NewReader("address\nx\n\""+strings.Repeat("x", 2<<20)), batch.Options{}, nil)
	require.NoError(t, err, "the rows before are looked up")
	require.Equal(t, int64(1), n)
	_, err = batch.Count(strings.NewReader("a\n1\n"), batch.Options{}, nil)
	require.Equal(t, "no-address-column", errs.Code(err))
	_, err = batch.Count(&endless{}, batch.Options{}, func() error { return context.Canceled })
	require.ErrorIs(t, err, context.Canceled)
}

func TestARowThatIsWrongStopsNoOther(t *testing.T) {
	t.Parallel()
	out, s := run(t, "id,address,match_level\n1,x,a\n2,,b\n3,nowhere,c\n4,refused\n5,y,e,f,g\n6,\xff,h\n7,z,i\n", batch.Options{})
	var levels []string
	for _, row := range records(t, out, ',') {
		levels = append(levels, row["match_level_2"])
	}
	assert.Equal(t, []string{"8", "-1", "0", "-1", "-1", "-1", "8"}, levels)
	assert.Equal(t, map[string]int64{"site": 2, "none": 1, "error": 4}, s.Levels)
	assert.Equal(t, "e,f,g", records(t, out, ',')[4]["match_level"], "no cell is lost")

	_, err := batch.Run(t.Context(), &echo{}, strings.NewReader("address\nx\nbroken\n"), io.Discard, batch.Options{})
	require.ErrorContains(t, err, "the database is away", "what is no fault of the row ends the run")
}

func TestNoCellIsAFormula(t *testing.T) {
	t.Parallel()
	out, _ := run(t, "=id,address\n"+
		"=1+1,\"=HYPERLINK(\"\"http://x\"\")\"\n+98 21 88,@a\n-5,+5\n-1e3,-1-1\n\"\tx\",\"\rx\"\n-,＝1\n-3.5,x\n", batch.Options{})
	rows := records(t, out, ',')
	var ids, labels []string
	for _, row := range rows {
		ids, labels = append(ids, row["'=id"]), append(labels, row["match_label"])
	}
	assert.Equal(t, []string{"'=1+1", "'+98 21 88", "-5", "-1e3", "'\tx", "'-", "-3.5"}, ids, "numbers stay numbers")
	assert.Equal(t, []string{`'=HYPERLINK("http://x")`, "'@a", "+5", "'-1-1", "x", "'＝1", "x"}, labels)
}

func TestJSONLines(t *testing.T) {
	t.Parallel()
	out, s := run(t, `{"id":12345678901234567890,"نشانی":"آزادی","lat":35.7,"lon":"51.4","x":{"b":1,"a":2}}

not json
{"address":"nowhere","match":1}
[1]
{}
`, batch.Options{Format: batch.JSONL})
	lines := strings.Split(strings.TrimSpace(out), "\n")
	require.Len(t, lines, 5)
	assert.True(t, strings.HasPrefix(lines[0], `{"id":12345678901234567890,"نشانی":"آزادی","lat":35.7,"lon":"51.4","x":{"b":1,"a":2},"match":{"level":"8"`), "%s", lines[0])
	for i, line := range lines {
		var object map[string]any
		require.NoError(t, json.Unmarshal([]byte(line), &object), line)
		if i == 0 {
			match, _ := object["match"].(map[string]any)
			for _, name := range []string{"lon", "lat", "confidence"} {
				assert.IsType(t, 0.0, match[name], name)
			}
			assert.Contains(t, line, `"lon":51.4000000,"lat":35.7000000`)
		}
		if i == 1 || i == 3 {
			assert.NotEmpty(t, object["input"])
		}
		if i == 2 {
			assert.InDelta(t, 1, object["match"], 0)
			assert.NotNil(t, object["match_2"])
		}
	}
	assert.Equal(t, map[string]int64{"site": 1, "none": 1, "error": 3}, s.Levels)
}

// endless is a file without an end, which counts what was taken of it.
type endless struct{ taken int64 }

func (e *endless) Read(p []byte) (int, error) {
	n := copy(p, strings.Repeat("some street 12\n", len(p)/15+1))
	if e.taken == 0 {
		n = copy(p, "address\n")
	}
	e.taken += int64(n)
	return n, nil
}

// gone is a client that hangs up after some bytes.
type gone struct{ left int }

func (g *gone) Write(p []byte) (int, error) {
	if g.left -= len(p); g.left < 0 {
		return 0, io.ErrClosedPipe
	}
	return len(p), nil
}

func TestAClientThatIsGoneStopsTheWork(t *testing.T) {
	t.Parallel()
	in, e := &endless{}, &echo{}
	_, err := batch.Run(t.Context(), e, in, &gone{left: 1 << 20}, batch.Options{})
	require.ErrorIs(t, err, io.ErrClosedPipe)
	assert.Less(t, in.taken, int64(8<<20))

	ctx, cancel := context.WithCancel(t.Context())
	_, err = batch.Run(ctx, e, &endless{}, io.Discard, batch.Options{Written: func(s *batch.Summary) error {
		if s.Rows > 500 {
			cancel()
		}
		return nil
	}})
	require.ErrorIs(t, err, context.Canceled)
}

func TestMemoryIsBounded(t *testing.T) { // not in parallel: it looks at the heap of the whole process
	var most uint64
	_, err := batch.Run(t.Context(), &echo{}, &endless{}, io.Discard, batch.Options{MaxRows: 40_000, Written: func(s *batch.Summary) error {
		if s.Rows%(64*100) == 0 {
			runtime.GC()
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			most = max(most, m.HeapAlloc)
		}
		return nil
	}})
	require.Equal(t, "too-many-rows", errs.Code(err))
	assert.Less(t, most, uint64(64<<20))
}

func TestAdmit(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	admitted := 0
	_, err := batch.Run(t.Context(), &echo{}, &endless{}, &out, batch.Options{Admit: func(_ context.Context, rows int) error {
		if admitted += rows; admitted > 200 {
			return &errs.Error{Code: "quota-exceeded", Status: 429}
		}
		return nil
	}})
	require.Equal(t, "quota-exceeded", errs.Code(err))
	rows := records(t, out.String(), ',')
	require.Len(t, rows, 193, "three chunks were let in, and written")
	assert.Equal(t, "8", rows[191]["match_level"])
	assert.Equal(t, "-1", rows[192]["match_level"], "the last row says why there are no more")
}

func FuzzRun(f *testing.F) {
	for _, in := range []string{"address\nx\n", "\uFEFFنشانی;a\n\"x;\n", "{\"q\":1}\n", "a,b\n", "=address,\"\n\x00"} {
		f.Add([]byte(in), true)
		f.Add([]byte(in), false)
	}
	f.Fuzz(func(t *testing.T, in []byte, lines bool) {
		o := batch.Options{Format: batch.CSV}
		if lines {
			o.Format = batch.JSONL
		}
		var out bytes.Buffer
		s, err := batch.Run(t.Context(), &echo{}, bytes.NewReader(in), &out, o)
		if err != nil {
			require.NotEqual(t, "internal", errs.Code(err), "%v", err)
			return
		}
		if lines {
			for line := range strings.Lines(out.String()) {
				require.True(t, json.Valid([]byte(line)), "%q", line)
			}
			return
		}
		// What comes back is CSV with as many rows, none of whose cells is a formula.
		r := csv.NewReader(strings.NewReader(strings.TrimPrefix(out.String(), "\uFEFF")))
		r.FieldsPerRecord, r.LazyQuotes = -1, true
		for _, d := range ";\t|" {
			if first, _, _ := strings.Cut(out.String(), "\n"); strings.Contains(first, "match_level"+string(d)) {
				r.Comma = d
			}
		}
		all, err := r.ReadAll()
		require.NoError(t, err)
		require.Len(t, all, int(s.Rows)+1)
		for _, record := range all {
			for _, cell := range record {
				if cell != "" && strings.ContainsAny(cell[:1], "=@\t\r") {
					t.Fatalf("%q", cell)
				}
			}
		}
	})
}
