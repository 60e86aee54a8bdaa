package persian

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// addressWords are what addresses are made of, and what may confuse whoever reads them.
func addressWords() []string {
	words := []string{
		" ", " ", "، ", " - ", "/", "(", ")", "\n", ".", "+", "۱۲", "5", "1234567890", "18796", "الف", "ب", "مکرر", "و", "با", "ی", "های", "تهران", "یزد", "آزادی", "شهید بهشتی",
		"بیست و دو بهمن", "متری", "ثبتی", "فرعی از", "اصلی", "منفی", "جنوب شرقی", "کد پستی", "e", "ه",
	}
	for key := range Words().readings {
		words = append(words, key)
	}
	return words
}

// Whatever is parsed: the words are those of the key, every one of them is placed, and nothing is said that is not in the text.
func requireParsed(t require.TestingT, s string) {
	p := parse(s, nil)
	if runeLen(s) > MaxText {
		require.True(t, len(p.address.Unplaced) > 0 || Display(string([]rune(s)[MaxText:])) == "")
		return
	}
	keys := make([]string, 0, len(p.words))
	for _, w := range p.words {
		keys = append(keys, w.key)
		require.True(t, w.placed, "%q: %q is not placed", s, w.key)
	}
	require.Equal(t, Fold(p.clean), strings.Join(keys, " "), "%q", s)
	a := p.address
	texts := []string{a.Province, a.County, a.District, a.RuralDistrict, a.City, a.Village, a.Zone, a.SubZone, a.Neighbourhood, a.Township, a.Phase, a.Block, a.Entrance, a.Lot, a.Unit, a.PostalCode, a.POBox, a.Kilometre}
	texts = append(append(texts, a.Landmarks...), a.Unplaced...)
	for _, w := range a.Ways {
		texts = append(texts, w.Name, w.Also)
	}
	for _, n := range a.Names {
		require.NotEmpty(t, n.Text)
		texts = append(texts, n.Text)
	}
	for _, r := range a.Relations {
		require.NotEmpty(t, r.Of, "%q: %+v", s, r)
	}
	key := " " + Fold(s) + " "
	for _, text := range texts {
		for word := range strings.FieldsSeq(Fold(text)) {
			require.Contains(t, key, " "+word+" ", "%q: %q", s, text)
		}
	}
	for _, n := range []*HouseNumber{a.Number, a.OldNumber} {
		require.True(t, n == nil || n.Value >= 0 && (n.To == 0 || n.To > n.Value), "%q: %v", s, n)
	}
	standard := a.Standard()
	again, ok := ParseStandard(standard.String())
	require.True(t, ok || standard == Standard{}, "%q: %q", s, standard)
	require.Equal(t, standard.String(), again.String(), "%q", s)
}

func TestEveryWordIsPlaced(t *testing.T) {
	t.Parallel()
	words := addressWords()
	rapid.Check(t, func(rt *rapid.T) {
		parts := rapid.SliceOfN(rapid.SampledFrom(words), 0, 14).Draw(rt, "parts")
		requireParsed(rt, strings.Join(parts, " "))
		requireParsed(rt, strings.Join(parts, ""))
	})
	rapid.Check(t, func(rt *rapid.T) { requireParsed(rt, rapid.String().Draw(rt, "s")) })
	requireParsed(t, strings.Repeat("چهارراه و ", 400))
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"", "تهران، خیابان ولی عصر (عج) بالاتر از ظفر، بلوار اسفندیار، پلاک 5", "پلاک ثبتی شماره ۱۶۱۷ فرعی از ۷۲ اصلی واقع در بخش ثبتی ۳", "خ آزادی پ 12/1 ط همکف و اول و 3",
		"تقاطع خیابان‌های الف و ب (پ)", "کد پستی 18796-13154 صندوق پستی 14155/615", "20 متری جوادیه", "Azadi Square, khiaban-e Valiasr no 12A",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) { requireParsed(t, s) })
}
