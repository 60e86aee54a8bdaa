package access_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"nsdi/access"
)

const alphabet = "23456789ABCDEFGHJKMNPQRTUVWXY"

func TestIdentifierForm(t *testing.T) {
	t.Parallel()
	seen := map[access.Identifier]bool{}
	used := map[rune]bool{}
	for range 5000 {
		id := access.NewIdentifier(time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC))
		require.Regexp(t, `^NSDI-1405-[`+alphabet+`]{4}-[`+alphabet+`]{4}-[`+alphabet+`]$`, string(id))
		require.False(t, seen[id])
		seen[id] = true
		for _, r := range string(id)[10:19] {
			used[r] = true
		}
	}
	assert.Len(t, used, len(alphabet)+1, "every character occurs, and the dash")
	// The year begins in Iran.
	assert.Contains(t, access.NewIdentifier(time.Date(2026, 3, 20, 20, 29, 0, 0, time.UTC)), "-1404-")
	assert.Contains(t, access.NewIdentifier(time.Date(2026, 3, 20, 20, 31, 0, 0, time.UTC)), "-1405-")
}

func TestIdentifierIsReadAsPeopleTypeIt(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		id := access.NewIdentifier(time.Unix(rapid.Int64Range(0, 4e9).Draw(t, "at"), 0))
		var typed strings.Builder
		for i, r := range string(id) {
			if r == '-' {
				r = rapid.SampledFrom([]rune{'-', ' ', '–', '\u200c', -1}).Draw(t, "separator")
				if r < 0 {
					continue
				}
			} else if i > 0 && rapid.IntRange(0, 9).Draw(t, "gap") == 0 {
				typed.WriteByte(' ')
			}
			switch {
			case '0' <= r && r <= '9':
				r = rapid.SampledFrom([]rune{r, r - '0' + '۰', r - '0' + '٠'}).Draw(t, "digit")
			case rapid.Bool().Draw(t, "lower"):
				r = []rune(strings.ToLower(string(r)))[0]
			}
			typed.WriteRune(r)
		}
		text := typed.String()
		if rapid.Bool().Draw(t, "without prefix") {
			text = string(id)[5:]
		}
		got, err := access.ParseIdentifier(text)
		if err != nil || got != id {
			t.Fatalf("%q is read as %q (%v), not %q", text, got, err, id)
		}
	})
}

// Every wrong character at every place, and every swap of neighbours, of a thousand identifiers of many years.
func TestCheckCharacterNoticesEverySlip(t *testing.T) {
	t.Parallel()
	const all = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	for n := range 1000 {
		id := string(access.NewIdentifier(time.Date(1930+n%200, 6, 1, 0, 0, 0, 0, time.UTC)))
		plain := strings.ReplaceAll(id, "-", "")
		for i := range plain {
			for _, c := range all {
				if byte(c) == plain[i] {
					continue
				}
				wrong := plain[:i] + string(c) + plain[i+1:]
				_, err := access.ParseIdentifier(wrong)
				require.Error(t, err, "%s for %s", wrong, plain)
			}
			if i+1 < len(plain) && plain[i] != plain[i+1] {
				swapped := plain[:i] + string(plain[i+1]) + string(plain[i]) + plain[i+2:]
				_, err := access.ParseIdentifier(swapped)
				require.Error(t, err, "%s for %s", swapped, plain)
			}
		}
	}
}

// Each pair of neighbouring values at each place: what the random identifiers above may have left out.
func TestCheckCharacterNoticesEverySwapOfAnyTwo(t *testing.T) {
	t.Parallel()
	base := "1405" + strings.Repeat("2", 8)
	for at := 3; at < 11; at++ {
		for _, a := range alphabet {
			for _, b := range alphabet {
				if a == b || at == 3 && a > '9' {
					continue
				}
				plain := base[:at] + string(a) + string(b) + base[at+2:]
				right := 0
				for _, check := range alphabet {
					if _, err := access.ParseIdentifier(plain + string(check)); err != nil {
						continue
					}
					right++
					_, err := access.ParseIdentifier(base[:at] + string(b) + string(a) + base[at+2:] + string(check))
					require.Error(t, err, "%s%c", plain, check)
				}
				require.Equal(t, 1, right, "exactly one check character fits %s", plain)
			}
		}
	}
}

func TestWhatIsNoIdentifier(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "NSDI", "NSDI-1405-K7Q2-93FX", "NSDI-1405-K7Q2-93FX-", strings.Repeat("-", 500), "NSDI-1405-K7Q2-93FX-\x00", "شناسه", "\xff\xfe"} {
		_, err := access.ParseIdentifier(text)
		assert.Error(t, err, "%q", text)
	}
}

func FuzzParseIdentifier(f *testing.F) {
	f.Add("nsdi 1405 k7q2 93fx 8")
	f.Add("NSDI-۱۴۰۵-K۷Q۲-۹۳FX-۸")
	f.Fuzz(func(t *testing.T, typed string) {
		id, err := access.ParseIdentifier(typed)
		if err != nil {
			return
		}
		again, err := access.ParseIdentifier(string(id))
		require.NoError(t, err)
		require.Equal(t, id, again)
		require.Regexp(t, `^NSDI-1\d{3}-[`+alphabet+`]{4}-[`+alphabet+`]{4}-[`+alphabet+`]$`, string(id))
	})
}

func TestJalali(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "1405-08-30", access.Jalali(time.Date(2026, 11, 21, 20, 29, 0, 0, time.UTC)))
	assert.Equal(t, "1405-09-01", access.Jalali(time.Date(2026, 11, 21, 20, 30, 0, 0, time.UTC)))
	assert.Equal(t, "1399-12-30", access.Jalali(time.Date(2021, 3, 20, 12, 0, 0, 0, time.UTC)))
}
