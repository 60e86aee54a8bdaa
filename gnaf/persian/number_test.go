package persian_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"nsdi/gnaf/persian"
)

func TestNumber(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]int{
		"بیست و سوم": 23, "بیست‌وسوم": 23, "بیستوسوم": 23, "بیست و سه": 23, "23": 23, "۲۳": 23, "٢٣": 23, "23ام": 23, "۲۳ام": 23, "23م": 23, "بیست سوم": 23,
		"سی ام": 30, "سی‌ام": 30, "سیام": 30, "30ام": 30, "سی": 30, "سیم": 30, "اول": 1, "یکم": 1, "دوم": 2, "سومین": 3, "اولین": 1, "پونزده": 15, "هیجدهم": 18,
		"صفر": 0, "صد و بیست و پنج": 125, "یکصد و ده": 110, "هزار و سیصد": 1300, "دویست و سی هزار و یک": 230001, "بیست و هفتمین": 27,
	} {
		got, ok := persian.Number(in)
		assert.True(t, ok, in)
		assert.Equal(t, want, got.Value, in)
	}
	for _, in := range []string{"", "و", "و سه", "سه و", "بیست و", "دو سه", "سه بیست", "بیستون", "بیست و دوازده", "صفر و یک", "هزار هزار", "الف", "1234567", "بیست و 3"} {
		_, ok := persian.Number(in)
		assert.False(t, ok, in)
	}
}

// Every number of words is offered in all its lengths: which one is meant, or none, what follows decides.
func TestNumbersAt(t *testing.T) {
	t.Parallel()
	l := persian.Words()
	assert.Equal(t, []persian.NumberReading{{Value: 20, Words: 1}, {Value: 23, Words: 3}}, l.NumbersAt([]string{"بیست", "و", "سه", "راه"}))
	assert.Equal(t, []persian.NumberReading{{Value: 7, Words: 1}}, l.NumbersAt([]string{"هفت", "تیر"}))
	assert.Equal(t, []persian.NumberReading{{Value: 23, Words: 1}, {Value: 23, Words: 2, Ordinal: true}}, l.NumbersAt([]string{"23", "م", "ازادی"}))
	assert.Empty(t, l.NumbersAt(nil))
	assert.Empty(t, l.NumbersAt([]string{"ازادی"}))
}

func TestNumbersInWordsComeBack(t *testing.T) {
	t.Parallel()
	check := func(t require.TestingT, n int) {
		cardinal, ok := persian.Number(persian.NumberWords(n))
		require.True(t, ok, "%d: %s", n, persian.NumberWords(n))
		require.Equal(t, persian.NumberReading{Value: n, Words: cardinal.Words}, cardinal)
		if n == 0 {
			return
		}
		ordinal, ok := persian.Number(persian.OrdinalWords(n))
		require.True(t, ok, "%d: %s", n, persian.OrdinalWords(n))
		require.Equal(t, persian.NumberReading{Value: n, Words: ordinal.Words, Ordinal: true}, ordinal)
	}
	for n := range 3000 {
		check(t, n)
	}
	rapid.Check(t, func(rt *rapid.T) { check(rt, rapid.IntRange(0, persian.MaxNumber).Draw(rt, "n")) })
	assert.Equal(t, "-1", persian.NumberWords(-1))
	assert.Equal(t, "1000000", persian.OrdinalWords(1_000_000))
	assert.Equal(t, "سی‌ام", persian.OrdinalWords(30))
	assert.Equal(t, "بیست و سوم", persian.OrdinalWords(23))
}
