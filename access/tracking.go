package access

import (
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"

	ptime "github.com/yaa110/go-persian-calendar"

	"nsdi/internal/errs"
)

// An Identifier is a tracking identifier in its written form: NSDI-1405-K7Q2-93FX-8. After the prefix come the Jalali year in which it was made, eight
// random characters, and a check character.
//
// The check character makes the sum of all values, each times its place (1 to 13), a multiple of 29. Since 29 is prime and larger than every place, a single
// wrong character changes the sum, and so does a swap of neighbours, whose places differ by one: both are always noticed.
type Identifier string

const (
	idPrefix = "NSDI"
	// idAlphabet has 29 characters: neither 0, O, 1, I, L, nor the letters that are taken for a digit, S and Z. Eight of them are 38.9 bits.
	idAlphabet = "23456789ABCDEFGHJKMNPQRTUVWXY"
	idModulus  = len(idAlphabet)
	idBody     = 8
	idLength   = 4 + idBody + 1 // of what follows the prefix, without dashes
)

var errIdentifier = errors.New("not a tracking identifier")

// NewIdentifier makes one that nobody can guess.
func NewIdentifier(now time.Time) Identifier {
	plain := []byte(fmt.Sprintf("%04d", ptime.New(now.In(Iran())).Year()))
	var random [1]byte
	for len(plain) < 4+idBody {
		rand.Read(random[:])                                  // never fails: see crypto/rand
		if n := int(random[0]); n < 256/idModulus*idModulus { // the rest would make some characters likelier than others
			plain = append(plain, idAlphabet[n%idModulus])
		}
	}
	// The check character is the one whose value, times 13, fills the sum up.
	for i := range idAlphabet {
		if full := append(plain, idAlphabet[i]); checkSum(full) == 0 {
			return written(full)
		}
	}
	panic("access: no check character fits") // 13 has an inverse modulo 29
}

// ParseIdentifier reads what a person typed: lower case, Persian and Arabic digits, and spaces or dashes anywhere or nowhere, with or without the prefix.
func ParseIdentifier(typed string) (Identifier, error) {
	if len(typed) > 200 { // no honest one is longer
		return "", errIdentifier
	}
	var plain []byte
	for _, r := range typed {
		r = errs.ASCIIDigit(r)
		switch {
		case unicode.IsSpace(r), unicode.Is(unicode.Pd, r), unicode.Is(unicode.Cf, r), r == '_', r == '−': // Cf: joiners and marks of direction that come along with Persian text
		case 'a' <= r && r <= 'z':
			plain = append(plain, byte(r-'a'+'A'))
		case r > unicode.MaxASCII:
			return "", errIdentifier
		default:
			plain = append(plain, byte(r))
		}
	}
	if len(plain) == len(idPrefix)+idLength && strings.HasPrefix(string(plain), idPrefix) {
		plain = plain[len(idPrefix):]
	}
	if len(plain) != idLength || plain[0] != '1' {
		return "", errIdentifier
	}
	for i, c := range plain {
		if i < 4 && (c < '0' || c > '9') || i >= 4 && strings.IndexByte(idAlphabet, c) < 0 {
			return "", errIdentifier
		}
	}
	if checkSum(plain) != 0 {
		return "", errIdentifier
	}
	return written(plain), nil
}

// checkSum is what the check character makes zero.
func checkSum(plain []byte) int {
	total := 0
	for i, c := range plain {
		total += (i + 1) * checkValue(c)
	}
	return total % idModulus
}

// checkValue of a character: digits are worth themselves, in the year as in the body, so that a swap across the two is noticed as well. The letters are worth 10
// to 28, and the last two of them 0 and 1, which the body has no digits for.
func checkValue(c byte) int {
	if c <= '9' {
		return int(c - '0')
	}
	return (strings.IndexByte(idAlphabet, c) + 2) % idModulus
}

func written(plain []byte) Identifier {
	return Identifier(fmt.Sprintf("%s-%s-%s-%s-%s", idPrefix, plain[:4], plain[4:8], plain[8:12], plain[12:]))
}

// Iran is the clock by which a day and a year begin, which has had no summer time since 2022.
func Iran() *time.Location { return time.FixedZone("+0330", 3*60*60+30*60) }

// Stamp writes a moment for people, by both calendars.
func Stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) + " · " + Jalali(t) }

// DayText tells the day of a moment to people, by both calendars.
func DayText(t time.Time) errs.Text {
	return errs.T(errs.Digits(strings.ReplaceAll(Jalali(t), "-", "/"))+" (\u2066"+Day(t)+"\u2069)", Day(t)+" ("+Jalali(t)+")")
}

// Jalali writes the day of a moment, such as 1405-08-30.
func Jalali(t time.Time) string {
	p := ptime.New(t.In(Iran()))
	return fmt.Sprintf("%04d-%02d-%02d", p.Year(), int(p.Month()), p.Day())
}
