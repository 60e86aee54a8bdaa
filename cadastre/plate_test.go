package cadastre

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestParsePlate(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Plate{
		"پلاک ثبتی شماره ۱۶۱۷ فرعی از ۷۲ اصلی واقع در بخش ثبتی ۳": {72, 1617},
		"۱۶۱۷ فرعی از ۷۲ اصلی":                   {72, 1617},
		"\u2067۱۶۱۷ فرعی از ۷۲ اصلی\u2069":       {72, 1617},
		"1617 فرعي از 72 اصلي":                   {72, 1617},
		"٧٢ اصلی":                                {72, 0},
		"۷۲ اصلی ۱۶۱۷ فرعی":                      {72, 1617},
		"اصلی ۷۲ فرعی ۱۶۱۷":                      {72, 1617},
		"فرعی: ۱۶۱۷، اصلی: ۷۲":                   {72, 1617},
		"sub 1617 of main 72":                    {72, 1617},
		"Main 72, sub 1617, situated in section": {72, 1617},
		"72":                                     {72, 0},
		" ۷۲ ":                                   {72, 0},
		"0 فرعی از 72 اصلی":                      {72, 0},
	} {
		got, ok := ParsePlate(text)
		require.True(t, ok, text)
		require.Equal(t, want, got, text)
	}
	for _, text := range []string{
		"", "72/1617", "۷۲/۱۶۱۷", "1617-72", "1617 72", "فرعی از اصلی", "۱۶۱۷ فرعی", "۱۶۱۷ فرعی از اصلی ۷۲", "۱ فرعی از ۲ فرعی از ۳ اصلی", "۱ اصلی ۲ اصلی", "0 اصلی", "0",
		"12345678901 اصلی", "۱۶۱۷ فرعی از ۷۲ اصلی باقیمانده", "main", "main 72 1617", "a 72 main",
	} {
		_, ok := ParsePlate(text)
		require.False(t, ok, text)
	}
}

// A slash says nothing of which number is main, whatever marks of direction are around it.
func TestParsePair(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][2]int{
		"72/1617": {72, 1617}, "۷۲/۱۶۱۷": {72, 1617}, " 4555 / 65 ": {4555, 65}, "\u200f72\u200e/\u200f1617": {72, 1617}, `72\1617`: {72, 1617}, "72⁄1617": {72, 1617}, "72/0": {72, 0},
	} {
		left, right, ok := ParsePair(text)
		require.True(t, ok, text)
		require.Equal(t, want, [2]int{left, right}, text)
	}
	for _, text := range []string{"", "/", "72/", "/72", "72/16/17", "a/72", "72-1617", "0/0", "1234567890/1", "-72/3", "7 2/3"} {
		_, _, ok := ParsePair(text)
		require.False(t, ok, text)
	}
}

func TestPhrase(t *testing.T) {
	t.Parallel()
	require.Equal(t, "\u2067۱۶۱۷ فرعی از ۷۲ اصلی\u2069", Plate{72, 1617}.Phrase().FA)
	require.Equal(t, "\u2066sub 1617 of main 72\u2069", Plate{72, 1617}.Phrase().EN)
	require.Equal(t, "\u2067۷۲ اصلی\u2069", Plate{72, 0}.Phrase().FA)
	require.Equal(t, "\u2066main 72\u2069", Plate{72, 0}.Phrase().EN)
}

func ExamplePlate_Phrase() {
	p, _ := ParsePlate("پلاک ثبتی شماره ۱۶۱۷ فرعی از ۷۲ اصلی واقع در بخش ثبتی ۳")
	fmt.Println(p.Main, p.Sub)
	fmt.Println(strings.Trim(p.Phrase().EN, leftToRight+endIsolate))
	// Output:
	// 72 1617
	// sub 1617 of main 72
}

// What is read in words reads back from its phrase in either language; a text is never both words and a pair; marks that nobody sees change nothing.
func FuzzPlate(f *testing.F) {
	for _, seed := range []string{"۱۶۱۷ فرعی از ۷۲ اصلی", "72/1617", "sub 1 of main 2", "اصلی ۷۲ فرعی ۱۶۱۷", "\u200f72\u200e/1", "72", "٠/٩", "main 1 sub", "واقع ۷۲ اصلی", "72⁄", "۷۲ اصلی \xff"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, words := ParsePlate(text)
		left, right, pair := ParsePair(text)
		if words && pair {
			t.Fatalf("%q is both %v and %d/%d", text, p, left, right)
		}
		if words {
			if p.Main < 1 || p.Sub < 0 {
				t.Fatalf("%q: %v", text, p)
			}
			for _, phrase := range []string{p.Phrase().FA, p.Phrase().EN} {
				if again, ok := ParsePlate(phrase); !ok || again != p {
					t.Fatalf("%q: %v reads back as %v from %q", text, p, again, phrase)
				}
			}
		}
		if pair && (left < 0 || right < 0 || left+right == 0) {
			t.Fatalf("%q: %d/%d", text, left, right)
		}
		marked := "\u200f" + text + "\u2069"
		if again, ok := ParsePlate(marked); ok != words || again != p {
			t.Fatalf("%q with marks is %v, without %v", text, again, p)
		}
	})
}
