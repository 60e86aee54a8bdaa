package errs

import (
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// Digits writes the ASCII digits of a text in the Persian ones.
func Digits(text string) string {
	return strings.Map(func(r rune) rune {
		if '0' <= r && r <= '9' {
			return r - '0' + '۰'
		}
		return r
	}, text)
}

// ASCIIDigit is the other way: the ASCII digit of a Persian or Arabic one. Every other letter is itself.
func ASCIIDigit(r rune) rune {
	switch {
	case '۰' <= r && r <= '۹':
		return r - '۰' + '0'
	case '٠' <= r && r <= '٩':
		return r - '٠' + '0'
	}
	return r
}

// Decimals is Digits of a number, or of numbers, whose point is the Persian one too.
func Decimals(text string) string { return strings.ReplaceAll(Digits(text), ".", "٫") }

// Grouped is a number that is read more easily with its thousands apart, for the verb %v.
type Grouped int64

func (n Grouped) String() string { return n.apart(",") }

// Persian writes the number as Persian texts do.
func (n Grouped) Persian() string { return Digits(n.apart("٬")) }

func (n Grouped) apart(mark string) string {
	text := strconv.FormatInt(int64(n), 10)
	for i := len(text) - 3; i > 0 && text[i-1] != '-'; i -= 3 {
		text = text[:i] + mark + text[i:]
	}
	return text
}

// Bytes is a size that people read, for the verb %v. It is rounded to a tenth of its unit, so it does not show by how little something is too large.
type Bytes int64

func (n Bytes) String() string { return n.in(" bytes", " KiB", " MiB", " GiB") }

// Persian writes the size with the units' names.
func (n Bytes) Persian() string {
	return Decimals(n.in(" بایت", " کیلوبایت", " مگابایت", " گیگابایت"))
}

func (n Bytes) in(units ...string) string {
	size, unit := float64(n), 0
	for size >= 1024 && unit < len(units)-1 {
		size, unit = size/1024, unit+1
	}
	return strings.TrimSuffix(strconv.FormatFloat(size, 'f', 1, 64), ".0") + units[unit]
}

// inPersian gives the arguments of a format as a Persian text writes them: numbers with its digits, times and sizes in words. Everything else is a name or a code,
// and stays as it is.
func inPersian(args []any) []any {
	out := make([]any, len(args))
	for i, a := range args {
		out[i] = a
		switch a := a.(type) {
		case interface{ Persian() string }:
			out[i] = a.Persian()
		case time.Duration:
			out[i] = lasting(a)
		case fmt.Stringer, error:
		default:
			switch reflect.ValueOf(a).Kind() {
			case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64, reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64,
				reflect.Float32, reflect.Float64:
				out[i] = number{a}
			default:
			}
		}
	}
	return out
}

// number is one that verbs of numbers write in Persian digits.
type number struct{ value any }

// Format writes it as fmt would, in other digits.
func (n number) Format(f fmt.State, verb rune) {
	text := fmt.Sprintf(fmt.FormatString(f, verb), n.value)
	if strings.ContainsRune("dfFgv", verb) {
		text = Decimals(text)
	}
	_, _ = io.WriteString(f, text) // a fmt.State keeps what it is given
}

// lasting is a time in words.
func lasting(d time.Duration) string {
	if d > -time.Second && d < time.Second {
		return Decimals(strconv.FormatFloat(float64(d)/1e6, 'f', -1, 64)) + " میلی‌ثانیه"
	}
	var parts []string
	for _, unit := range []struct {
		size time.Duration
		name string
	}{{time.Hour, "ساعت"}, {time.Minute, "دقیقه"}} {
		if n := d / unit.size; n != 0 {
			parts, d = append(parts, Digits(strconv.FormatInt(int64(n), 10))+" "+unit.name), d%unit.size
		}
	}
	if d != 0 {
		parts = append(parts, Decimals(strconv.FormatFloat(d.Seconds(), 'f', -1, 64))+" ثانیه")
	}
	return strings.Join(parts, " و ")
}
