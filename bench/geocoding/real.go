package geocoding

import (
	"compress/gzip"
	"encoding/csv"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"

	"nsdi/bench/geocoding/country"
	"nsdi/bench/geocoding/noise"
)

// Real is a register of another country, with the way its people write an address.
type Real struct {
	Name string
	Rows []country.Row
	// write has the address as people write it; without the town where town is false.
	write func(r *country.Row, town bool) string
	want  noise.Level

	streets map[[2]string]map[string]struct{} // of a province and a settlement
}

// ReadVermont reads address points of the State of Vermont that have a number, a street and a town.
func ReadVermont(file string) (*Real, error) {
	real := &Real{Name: "Vermont", want: noise.SiteLevel, write: func(r *country.Row, town bool) string {
		street := strings.TrimSpace(strconv.Itoa(r.Number)+" "+r.Suffix) + " " + r.Street
		if !town {
			return street
		}
		return street + ", " + r.City + ", VT"
	}}
	err := eachRecord(file, func(at func(string) string) {
		n, err := strconv.Atoi(at("house_number"))
		if err != nil || n <= 0 || at("primaryname") == "" || at("townname") == "" {
			return
		}
		real.Rows = append(real.Rows, country.Row{
			Key: at("esiteid"), Province: at("state"), County: at("county"), City: at("townname"), Street: at("primaryname"), Number: n, Suffix: strings.TrimSpace(at("house_numbersuffix")),
			Lon: number(at("lon")), Lat: number(at("lat")), Size: country.Town,
		})
	})
	return real, err
}

// ReadJapan reads points of towns and their quarters: there are no houses, so a town is asked for.
func ReadJapan(file string) (*Real, error) {
	real := &Real{Name: "Japan", want: noise.WayLevel, write: func(r *country.Row, town bool) string {
		if !town {
			return r.Street
		}
		return r.Province + " " + r.City + " " + r.Street
	}}
	err := eachRecord(file, func(at func(string) string) {
		if at("town") == "" || at("lat") == "" {
			return
		}
		real.Rows = append(real.Rows, country.Row{
			Key: strconv.Itoa(len(real.Rows)), Province: at("prefecture"), County: at("municipality"), City: at("municipality"), Street: at("town") + at("koaza"), Lon: number(at("lon")), Lat: number(at("lat")), Size: country.Town,
		})
	})
	return real, err
}

func number(s string) float64 {
	v, _ := strconv.ParseFloat(s, 64)
	return v
}

func eachRecord(file string, f func(at func(string) string)) error {
	in, err := os.Open(file)
	if err != nil {
		return err
	}
	defer in.Close()
	z, err := gzip.NewReader(in)
	if err != nil {
		return err
	}
	r := csv.NewReader(z)
	header, err := r.Read()
	if err != nil {
		return err
	}
	for {
		record, err := r.Read()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		f(func(name string) string { return record[slices.Index(header, name)] })
	}
}

// Questions asks for n rows as they are, with one typing error, and without their town but from within it.
func (r *Real) Questions(seed uint64, n int) (out []Question) {
	dice := rand.New(rand.NewPCG(seed, 7))
	for _, class := range []string{"clean", "typo-1", "focus"} {
		for range n {
			row := r.Rows[dice.IntN(len(r.Rows))]
			asked, q := row, Question{Class: class, Want: r.want, At: country.Corner{Lon: row.Lon, Lat: row.Lat}, Row: row}
			switch class {
			case "typo-1":
				name, ok := noise.SlipIn(dice, row.Street)
				if !ok {
					continue
				}
				asked.Street, q.Log, q.Rivals = name, "O12:"+row.Street+"→"+name, r.rivals(&row, name)
			case "focus":
				q.Focus = &country.Corner{Lon: row.Lon + 0.01, Lat: row.Lat + 0.01}
			}
			q.Text = r.write(&asked, class != "focus")
			out = append(out, q)
		}
	}
	return out
}
