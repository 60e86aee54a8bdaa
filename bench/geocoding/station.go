package geocoding

import (
	"encoding/csv"
	"iter"
	"os"
	"regexp"
	"strconv"
	"strings"

	"nsdi/bench/geocoding/country"
	"nsdi/bench/geocoding/noise"
)

const (
	stationCity = "تهران"
	stationNear = 500 // metres
)

// Stations asks for the printed addresses of metro stations in Tehran: at the level of the street.
func Stations(file string) (out []Question, err error) {
	in, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	records, err := csv.NewReader(in).ReadAll()
	if err != nil {
		return nil, err
	}
	for _, r := range records[1:] {
		out = append(out, Question{Class: "station", Text: stationCity + "، " + r[2], Want: noise.PlaceLevel, At: country.Corner{Lat: number(r[3]), Lon: number(r[4])}, Within: stationNear})
	}
	return out, nil
}

// Answerable are the questions of which a register has a street, of their city and within their distance: the others have no right answer in it.
func Answerable(questions []Question, rows iter.Seq[country.Row]) (out []Question) {
	streets := make([][]string, len(questions))
	for i := range questions {
		streets[i] = streetsIn(questions[i].Text)
	}
	has := make([]bool, len(questions))
	last, here := "", false
	for row := range rows {
		if row.City != last { // rows come by city
			last, here = row.City, noise.Same(row.City, stationCity)
		}
		if !here {
			continue
		}
		for i := range questions {
			has[i] = has[i] || noise.Distance(questions[i].At, country.Corner{Lon: row.Lon, Lat: row.Lat}) <= questions[i].Within && holds(streets[i], row.Street)
		}
	}
	for i := range questions {
		if has[i] {
			out = append(out, questions[i])
		}
	}
	return out
}

func holds(streets []string, street string) bool {
	for _, s := range streets {
		if noise.Same(s, street) {
			return true
		}
	}
	return false
}

// StationStreets is a register of the streets that the addresses themselves name, with a point at every station of theirs. Where they are is the truth that is asked for, so it
// tells whether the addresses are read as they are printed, and nothing of positions.
func StationStreets(questions []Question) (rows []country.Row) {
	for i := range questions {
		for _, street := range streetsIn(questions[i].Text) {
			rows = append(rows, country.Row{
				Key: strconv.Itoa(len(rows)), Province: stationCity, City: stationCity, Street: street, Lon: questions[i].At.Lon, Lat: questions[i].At.Lat, Size: country.Metropolis,
			})
		}
	}
	return rows
}

var (
	pieces    = regexp.MustCompile(`[،,()\n–-]`)
	streetIn  = regexp.MustCompile(`(خیابان|بلوار|بزرگراه|اتوبان|میدان|جاده|چهارراه|کوچه)[ \x{200c}]*(های?)? (.+)`)
	streetEnd = regexp.MustCompile(` (نرسیده|جنب|روبروی|روبه|بالاتر|بعد|قبل|تقاطع|ابتدای|بین|با|به|جنوب|ورودی|خیابان|بلوار|بزرگراه|اتوبان|میدان)( |$)`)
)

// streetsIn takes the streets and squares out of an address, by the words that call them so and nothing else: it is no parser, and knows nothing of the engine's.
func streetsIn(text string) (streets []string) {
	for _, piece := range pieces.Split(text, -1) {
		for rest := piece; ; {
			found := streetIn.FindStringSubmatchIndex(rest)
			if found == nil {
				break
			}
			kind, several, names := rest[found[2]:found[3]], found[4] >= 0, rest[found[6]:found[7]]
			rest = names
			if end := streetEnd.FindStringIndex(names); end != nil {
				names, rest = names[:end[0]], names[end[0]:]
			}
			list := strings.Split(names, " و ")
			if !several {
				list = list[:1]
			}
			for _, name := range list {
				if name = strings.TrimSpace(name); name != "" {
					streets = append(streets, kind+" "+name)
				}
			}
		}
	}
	return streets
}
