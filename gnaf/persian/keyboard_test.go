package persian_test

import (
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"nsdi/gnaf/persian"
)

func TestKeyboardReadings(t *testing.T) {
	t.Parallel()
	assert.Equal(t, []string{"خیابان آزادی 12"}, persian.KeyboardReadings("odhfhk Hchnd 12"))
	assert.Equal(t, []string{"پلاک", "ئلاک"}, persian.KeyboardReadings("mgh;"))
	assert.Equal(t, []string{`\لاک`, "پلاک"}, persian.KeyboardReadings(`\gh;`), "the older layout")
	assert.Equal(t, []string{"azadi street"}, persian.KeyboardReadings("شظشیه سفقثثف"))
	assert.Empty(t, persian.KeyboardReadings("12 34"))
}

func TestRepairKeyboard(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"odhfhk Hchnd": "خیابان آزادی", "jivhk": "تهران", ",gduwv": "ولیعصر", "mgh; 12": "پلاک 12", "رشمهشسق سفقثثف": "valiasr street",
		`odhfhk hgl\d;`:                  "خیابان المپیک",                  // the older layout
		"rl d,st naj fg,hv ainh mgh; 16": "قم یوسف دشت بلوار شهدا پلاک 16", // "st" is a word too
	} {
		got, ok := persian.RepairKeyboard(in, nil)
		assert.True(t, ok, in)
		assert.Equal(t, want, got)
	}
	for _, in := range []string{"", "خیابان آزادی", "azadi street", "12", "کاج", "Sunset Road", "xyz"} {
		_, ok := persian.RepairKeyboard(in, nil)
		assert.False(t, ok, in)
	}
	got, ok := persian.RepairKeyboard(";h[", func(word string) bool { return word == "کاج" })
	assert.True(t, ok)
	assert.Equal(t, "کاج", got)
}

// What is typed on the wrong layout, in either direction, is among the readings of what stands there.
func TestKeyboardsRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		typed := rapid.OneOf(
			rapid.StringMatching(`[آضصثقفغعهخحجچشسیبلاتنمکگظطزرذدوپژ]{1,8}( [ضصثقفغعهخحجچشسیبلاتنمکگظطزرذدوپ0-9]{1,8})?`),
			rapid.StringMatching(`[qwertyuiopasdfghjklzxcvbnm]{1,8}( [a-z0-9]{1,8})?`),
		).Draw(rt, "typed")
		for _, wrong := range persian.KeyboardReadings(typed) {
			if wrong == "" || persian.Fold(wrong) == "" || !strings.ContainsFunc(wrong, unicode.IsLetter) {
				continue // nothing but punctuation: it does not show which layout it is from
			}
			if again := persian.KeyboardReadings(wrong); !slices.Contains(again, typed) {
				require.Failf(rt, "not among the readings", "%q → %q → %q", typed, wrong, again)
			}
		}
		require.NotEmpty(rt, persian.KeyboardReadings(typed))
	})
}
