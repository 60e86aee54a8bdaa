package persian_test

import (
	"fmt"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"nsdi/gnaf/persian"
)

func TestFold(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, want string }{
		{"", ""},
		{"   ", ""},
		{"خيابان شهيد كريمي", "خیابان شهید کریمی"},
		{"آزادراه", "ازادراه"},
		{"مسؤول، مسئول", "مسوول مسیول"},
		{"خانهٔ ما", "خانه ما"},
		{"خانۀ ما", "خانه ما"},
		{"فاطمة", "فاطمه"},
		{"ولی‌عصر", "ولی عصر"},
		{"پلاک ۱۲ / واحد ٣", "پلاک 12 واحد 3"},
		{"محمّدِ رضا", "محمد رضا"},
		{"کـــوچه", "کوچه"},
		{"\u202Bتهران\u202C", "تهران"},
		{"\uFEFFسلام", "سلام"},
		{"ﺗﻬﺮﺍﻥ", "تهران"}, // presentation forms, as old Windows programs write them
		{"ﷲ", "الله"},
		{"VT ROUTE 22A", "vt route 22 a"},
		{"پ12واحد۳ب", "پ 12 واحد 3 ب"},
		{"خانه‌ی هنرمندان", "خانه هنرمندان"},
		{"محله ی ی نصر", "محله نصر"},
		{"ه ی نصر", "ه ی نصر"}, // one letter is no word
		{"کوچه ی", "کوچه ی"},   // nothing follows: the letter is the name
		{"Café-Straße", "cafe straße"},
		{"«میدان» (آزادی)", "میدان ازادی"},
		{"１２３", "123"},
		{"がく", "がく"},
		{"\xff\xfeسلام", "سلام"},
	} {
		assert.Equal(t, c.want, persian.Fold(c.in), "%q", c.in)
	}
}

func TestDisplay(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, want string }{
		{"  خيابان   ولي‌عصر ", "خیابان ولی‌عصر"},
		{"کـــوچه\u200F", "کوچه"},
		{"ولی\u200C عصر", "ولی عصر"},
		{"\u200Cالف\u200C", "الف"},
		{"آیةالله", "آیةالله"},
		{"VT Route 22A", "VT Route 22A"},
	} {
		assert.Equal(t, c.want, persian.Display(c.in), "%q", c.in)
	}
}

func TestStripHarakat(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "محمد", persian.StripHarakat("مُحَمَّد"))
	assert.Equal(t, "خانهٔ", persian.StripHarakat("خانهٔ"))
}

func TestUnitName(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "یزد", persian.UnitName("province", "استان يزد"))
	assert.Equal(t, "یزد", persian.UnitName("county", "شهرستان یزد"))
	assert.Equal(t, "اذربایجان شرقی", persian.UnitName("province", "آذربایجان شرقی"))
	assert.Equal(t, "استان", persian.UnitName("province", "استان"))
	assert.Equal(t, "استانبول", persian.UnitName("province", "استانبول"))
	assert.Equal(t, "1", persian.UnitName("municipal-district", "منطقه ۱"))
}

func TestWayTokens(t *testing.T) {
	t.Parallel()
	assert.Equal(t, []string{"خیابان", "کاج", "کوچه", "7"}, persian.WayTokens("خ. کاج، ک ۷"))
	assert.Equal(t, []string{"دبستان", "خ"}, persian.WayTokens("دبستان خ"))
	assert.Equal(t, []string{"م", "ازادی"}, persian.WayTokens("م آزادی"))
	for in, want := range map[string]string{
		"خیابون کاج": "خیابان کاج", "خ12": "خیابان 12", "کوچه۱۲": "کوچه 12", "بنبست الوند": "بن بست الوند", "ب.ب الوند": "بن بست الوند",
		"اتوبان همت": "بزرگراه همت", "بزرگ راه همت": "بزرگراه همت", "بازار بزرگ تهران": "بازار بزرگ تهران", "4راه ولیعصر": "چهارراه ولیعصر",
		"چهار راه": "چهار راه", "بل کشاورز": "بل کشاورز", "ش بهشتی": "ش بهشتی", "جاده مخصوص کرج": "جاده مخصوص کرج", "هفت تیر": "هفت تیر",
		"خیابان‌های مطهری و مفتح": "خیابان مطهری و مفتح", "خ های مطهری": "خیابان مطهری",
	} {
		assert.Equal(t, want, persian.WayKey(in), in)
	}
	for _, w := range persian.WayTypes() {
		assert.True(t, persian.IsWayType(w), w)
		assert.Equal(t, persian.Fold(w), w)
	}
}

// Every code point of the Arabic blocks and of the forms that NFKC knows, alone and between two letters.
func TestIdempotentOverBlocks(t *testing.T) {
	t.Parallel()
	check := func(r rune) {
		for _, s := range []string{string(r), "ب" + string(r) + "ا", "e" + string(r) + "\u0301", "か" + string(r) + "\u3099", "ᄀ " + string(r) + " ᅡ", "ᄀ" + string(r) + "ᅡ"} {
			requireProperties(t, s)
		}
	}
	for r := rune(0); r <= 0x3100; r++ {
		check(r)
	}
	for r := rune(0xA000); r <= 0xFFFF; r++ {
		check(r)
	}
	for r := rune(0x10D00); r <= 0x10EFF; r++ {
		check(r)
	}
	for r := rune(0x1EE00); r <= 0x1F2FF; r++ {
		check(r)
	}
}

func TestIdempotentOverStrings(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		requireProperties(rt, rapid.String().Draw(rt, "s"))
	})
}

func FuzzFold(f *testing.F) {
	for _, s := range []string{"", "خیابان ولی‌عصر، پلاک ۱۲", "\xff", "ـَـ", "A\u030A", "\u1100\u200D\u1161"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) { requireProperties(t, s) })
}

func requireProperties(t require.TestingT, s string) {
	key := persian.Fold(s)
	if again := persian.Fold(key); again != key {
		require.Failf(t, "Fold is not idempotent", "%+q → %+q → %+q", s, key, again)
	}
	if strings.HasPrefix(key, " ") || strings.HasSuffix(key, " ") || strings.Contains(key, "  ") {
		require.Failf(t, "white space is not collapsed", "%+q → %+q", s, key)
	}
	for _, r := range key {
		if r != ' ' && !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.IsMark(r) {
			require.Failf(t, "not a key", "%+q → %+q", s, key)
		}
	}
	joined := persian.Joined(s)
	if again := persian.Joined(joined); again != joined {
		require.Failf(t, "Joined is not idempotent", "%+q → %+q → %+q", s, joined, again)
	}
	if strings.Contains(joined, " ") || persian.Joined(key) != joined {
		require.Failf(t, "not the key without spaces", "%+q → %+q, its key %+q", s, joined, key)
	}
	way := persian.WayKey(s)
	if again := persian.WayKey(way); again != way || persian.Fold(way) != way {
		require.Failf(t, "WayKey is not idempotent", "%+q → %+q → %+q", s, way, again)
	}
	shown := persian.Display(s)
	if again := persian.Display(shown); again != shown {
		require.Failf(t, "Display is not idempotent", "%+q → %+q → %+q", s, shown, again)
	}
	if persian.Fold(shown) != key {
		require.Failf(t, "what is shown is found by another key", "%+q: %+q, shown %+q", s, key, persian.Fold(shown))
	}
}

func ExampleFold() {
	fmt.Println(persian.Fold("خيابان ولي‌عصر، پلاك ۱۲"))
	// Output: خیابان ولی عصر پلاک 12
}
