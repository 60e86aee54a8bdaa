package geocoding

import (
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"nsdi/bench/geocoding/country"
	"nsdi/bench/geocoding/noise"
)

// testerHeader has the columns of geocoder-tester, and behind them those that it passes over.
func testerHeader() []string {
	return []string{
		"query", "lat", "lon", "limit", "expected_street", "expected_city", "expected_state", "expected_housenumber", "expected_postcode", "expected_coordinate", "comment",
		"class", "want", "before", "suffix", "block", "unit",
	}
}

// WriteTester writes questions as geocoder-tester reads them, so that any geocoder that answers GeocodeJSON can be asked the same.
func WriteTester(w io.Writer, questions []Question) error {
	c := csv.NewWriter(w)
	if err := c.Write(testerHeader()); err != nil {
		return err
	}
	for i := range questions {
		q := &questions[i]
		lat, lon := "", ""
		if q.Focus != nil {
			lat, lon = degrees(q.Focus.Lat), degrees(q.Focus.Lon)
		}
		within := q.Within
		if within == 0 {
			within = 50
		}
		number, at := "", fmt.Sprintf("%s,%s,%g", degrees(q.At.Lat), degrees(q.At.Lon), within)
		if q.Want == noise.SiteLevel || q.Want == noise.UnitLevel {
			number = strconv.Itoa(q.Row.Number)
		} else if q.Want != noise.PlaceLevel {
			at = "" // a way is no point
		}
		if err := c.Write([]string{
			q.Text, lat, lon, "10", q.Row.Street, q.Row.City, q.Row.Province, number, q.Row.Code, at, q.Log, q.Class, string(q.Want), q.Row.Before, q.Row.Suffix, q.Row.Block, q.Row.Unit,
		}); err != nil {
			return err
		}
	}
	c.Flush()
	return c.Error()
}

// ReadTester reads questions of geocoder-tester: its columns in any order, those that it has not left empty.
func ReadTester(r io.Reader) ([]Question, error) {
	c := csv.NewReader(r)
	header, err := c.Read()
	if err != nil {
		return nil, fmt.Errorf("questions: %w", err)
	}
	var out []Question
	for {
		record, err := c.Read()
		if err == io.EOF {
			return out, nil
		}
		if err != nil {
			return nil, fmt.Errorf("questions: %w", err)
		}
		at := func(name string) string {
			if i := slices.Index(header, name); i >= 0 && i < len(record) {
				return record[i]
			}
			return ""
		}
		q := Question{Text: at("query"), Class: at("class"), Want: noise.Level(at("want")), Log: at("comment"), Row: country.Row{
			Street: at("expected_street"), City: at("expected_city"), Province: at("expected_state"), Code: at("expected_postcode"), Before: at("before"), Suffix: at("suffix"),
			Block: at("block"), Unit: at("unit"),
		}}
		q.Row.Number, _ = strconv.Atoi(at("expected_housenumber"))
		if lat, lon := at("lat"), at("lon"); lat != "" && lon != "" {
			q.Focus = &country.Corner{}
			q.Focus.Lat, _ = strconv.ParseFloat(lat, 64)
			q.Focus.Lon, _ = strconv.ParseFloat(lon, 64)
		}
		if where := strings.Split(at("expected_coordinate"), ","); len(where) == 3 {
			q.At.Lat, _ = strconv.ParseFloat(where[0], 64)
			q.At.Lon, _ = strconv.ParseFloat(where[1], 64)
			q.Within, _ = strconv.ParseFloat(where[2], 64)
			if q.Want == "" {
				q.Want = noise.PlaceLevel
			}
		}
		if q.Want == "" {
			q.Want = noise.WayLevel
		}
		out = append(out, q)
	}
}

func degrees(v float64) string { return strconv.FormatFloat(v, 'f', 7, 64) }
