package geocoding

import (
	"bufio"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	"nsdi/bench/geocoding/country"
	"nsdi/bench/geocoding/noise"
)

// SQLite is FTS5 over ways, and then their houses: the recipe of file-based geocoders. It talks to the sqlite3 program, which the system has, so that the module
// needs no SQLite of its own.
type SQLite struct {
	mu     sync.Mutex
	in     io.WriteCloser
	out    *bufio.Reader
	cmd    *exec.Cmd
	houses int
}

// NewSQLite writes the rows into a database in the folder. It answers nil where there is no sqlite3.
func NewSQLite(ctx context.Context, dir string, rows func(func(country.Row) bool)) (*SQLite, error) {
	program, err := exec.LookPath("sqlite3")
	if err != nil {
		return nil, nil
	}
	s := &SQLite{cmd: exec.CommandContext(ctx, program, filepath.Join(dir, "peer.sqlite"))}
	if s.in, err = s.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	s.out = bufio.NewReader(out)
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	return s, s.fill(rows)
}

func (s *SQLite) fill(rows func(func(country.Row) bool)) error {
	w := bufio.NewWriterSize(s.in, 1<<20)
	fmt.Fprintln(w, `.mode csv
pragma journal_mode = off; pragma synchronous = off;
create virtual table way using fts5(text, province unindexed, city unindexed, before unindexed, street unindexed, lon unindexed, lat unindexed, tokenize = 'unicode61 remove_diacritics 2');
create table house (way int, number int, suffix text, block text, unit text, code text, lon real, lat real);
begin;`)
	ids := map[string]int{}
	for r := range rows {
		k := strings.Join([]string{r.Province, r.County, r.City, r.Before, r.Street}, "\x1f")
		id := ids[k]
		if id == 0 {
			id = len(ids) + 1
			ids[k] = id
			text := noise.Plain(strings.Join([]string{r.Province, r.County, r.City, r.Area, r.Main, r.Before, r.Street}, " "))
			fmt.Fprintf(w, "insert into way (rowid, text, province, city, before, street, lon, lat) values (%d, %s, %s, %s, %s, %s, %v, %v);\n",
				id, quote(text), quote(r.Province), quote(r.City), quote(r.Before), quote(r.Street), r.Lon, r.Lat)
		}
		fmt.Fprintf(w, "insert into house values (%d, %d, %s, %s, %s, %s, %v, %v);\n", id, r.Number, quote(r.Suffix), quote(r.Block), quote(r.Unit), quote(r.Code), r.Lon, r.Lat)
		s.houses++
	}
	fmt.Fprintln(w, "commit; create index house_way on house (way, number); create index house_code on house (code);")
	if err := w.Flush(); err != nil {
		return fmt.Errorf("peer in SQLite: %w", err)
	}
	_, err := s.ask("select 1")
	return err
}

func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// Name is the geocoder's.
func (*SQLite) Name() string { return "SQLite FTS5" }

// Close ends the program.
func (s *SQLite) Close() error {
	s.in.Close()
	return s.cmd.Wait()
}

// Geocode asks for any of the words, best first by bm25.
func (s *SQLite) Geocode(_ context.Context, query string, _ *country.Corner, limit int) ([]Hit, error) {
	names, number, unit, code := noise.Locators(strings.Fields(noise.Plain(query)))
	if code != "" {
		hits, err := s.ask(fmt.Sprintf(`select w.province, w.city, w.before, w.street, h.number, h.suffix, h.block, h.unit, h.code, h.lon, h.lat
			from house h join way w on w.rowid = h.way where h.code = %s limit %d`, quote(code), limit))
		if err != nil || len(hits) > 0 {
			return hits, err
		}
	}
	var words []string
	for _, w := range strings.FieldsFunc(names, func(c rune) bool { return strings.ContainsRune(" \t\n\".-/()*:^", c) }) {
		words = append(words, `"`+w+`"`)
	}
	if len(words) == 0 {
		return nil, nil
	}
	if number == "" {
		number = "null"
	}
	return s.ask(fmt.Sprintf(`select w.province, w.city, w.before, w.street, h.number, h.suffix, h.block, h.unit, h.code, coalesce(h.lon, w.lon), coalesce(h.lat, w.lat)
		from (select rowid, * from way where way match %s order by rank limit 10) w
		left join house h on h.way = w.rowid and h.number = %s
		order by h.number is null, h.unit <> %s limit %d`, quote(strings.Join(words, " OR ")), number, quote(unit), limit))
}

// ask sends one statement and reads its rows up to a line that says that they are all.
func (s *SQLite) ask(sql string) ([]Hit, error) {
	const end = "--end--"
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := fmt.Fprintf(s.in, "%s;\n.print %s\n", strings.ReplaceAll(sql, "\n", " "), end); err != nil {
		return nil, err
	}
	var text strings.Builder
	for {
		line, err := s.out.ReadString('\n')
		if err != nil {
			return nil, fmt.Errorf("peer in SQLite: %w", err)
		}
		if strings.TrimSpace(line) == end {
			break
		}
		text.WriteString(line)
	}
	r := csv.NewReader(strings.NewReader(text.String()))
	r.FieldsPerRecord = -1
	records, err := r.ReadAll()
	if err != nil {
		return nil, err
	}
	var hits []Hit
	for _, f := range records {
		if len(f) < 11 {
			continue
		}
		h := Hit{Province: f[0], City: f[1], Before: f[2], Street: f[3], Number: f[4], Suffix: f[5], Block: f[6], Unit: f[7], Code: f[8], Level: "way", Sure: true}
		h.At.Lon, _ = strconv.ParseFloat(f[9], 64)
		h.At.Lat, _ = strconv.ParseFloat(f[10], 64)
		if h.Number != "" {
			h.Level = "site"
		}
		hits = append(hits, h)
	}
	return hits, nil
}
