package search

import (
	"regexp"
	"strconv"
	"strings"

	"nsdi/internal/errs"
)

// How a position is written: two of a number in degrees, or in degrees, minutes and seconds, each with or without what it is.
const (
	coordinateName = `(?:(lat(?:itude)?|عرض(?: جغرافیایی)?|lo?ng?(?:itude)?|طول(?: جغرافیایی)?|[NSEW])\s*[:=]?\s*)?`
	coordinateSize = `(-?\d{1,3}(?:\.\d+)?)(?:\s*([°º])\s*(?:(\d{1,2}(?:\.\d+)?)\s*['′’]\s*(?:(\d{1,2}(?:\.\d+)?)\s*(?:["″”]|''|′′)\s*)?)?)?`
	coordinate     = coordinateName + coordinateSize + `\s*([NSEW])?`
)

var coordinatePair = regexp.MustCompile(`(?i)^(?:geo:)?[(\[]?\s*` + coordinate + `\s*[,،;&\s]\s*` + coordinate + `\s*[)\]]?$`)

const coordinateGroups = 6

// longestPosition is how long the text of a position can be, in bytes.
const longestPosition = 120

// coordinates reads a text that is a position and nothing else: latitude and longitude, or the other way round where that is said or only that can be.
func coordinates(text string) (Point, bool) {
	if len(text) > longestPosition || !strings.ContainsAny(text, ".٫°º") && !strings.ContainsAny(text, "nsewNSEWع") {
		return Point{}, false
	}
	found := coordinatePair.FindStringSubmatch(strings.TrimSpace(asciiDigits(text)))
	if found == nil {
		return Point{}, false
	}
	first, ofFirst, ok := degrees(found[1 : 1+coordinateGroups])
	second, ofSecond, also := degrees(found[1+coordinateGroups:])
	if !ok || !also || ofFirst != 0 && ofFirst == ofSecond {
		return Point{}, false
	}
	lat, lon := first, second
	switch {
	case ofFirst == 'x' || ofSecond == 'y':
		lat, lon = lon, lat
	case ofFirst == 0 && ofSecond == 0 && lat >= 44 && lat <= 64 && lon >= 24 && lon <= 40: // within Iran, latitudes are below 40 and longitudes above 44
		lat, lon = lon, lat
	}
	if lat < -85 || lat > 85 || lon < -180 || lon > 180 {
		return Point{}, false
	}
	return Point{lon, lat}, true
}

// degrees reads one of the two: its name before it, degrees, their sign, minutes, seconds, and its name behind it. axis is x or y, 0 where it is not said. Two whole
// numbers without any sign are no position.
func degrees(part []string) (value float64, axis byte, ok bool) {
	name := part[0] + part[5]
	if part[0] != "" && part[5] != "" || name == "" && part[2] == "" && !strings.Contains(part[1], ".") {
		return 0, 0, false
	}
	for i, size := range []string{part[1], part[3], part[4]} {
		n, _ := strconv.ParseFloat(strings.TrimPrefix(size, "-"), 64) // the pattern says that it is a number, or nothing is there
		value += n / [...]float64{1, 60, 3600}[i]
	}
	if name != "" {
		switch name = strings.ToLower(name); {
		case name == "n" || name == "s" || strings.HasPrefix(name, "lat") || strings.HasPrefix(name, "عرض"):
			axis = 'y'
		default:
			axis = 'x'
		}
	}
	if strings.HasPrefix(part[1], "-") != (name == "s" || name == "w") {
		value = -value
	}
	return value, axis, true
}

func asciiDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '٫' {
			return '.'
		}
		return errs.ASCIIDigit(r)
	}, s)
}
