package persian_test

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nsdi/gnaf/persian"
)

func TestLexicon(t *testing.T) {
	t.Parallel()
	l := persian.Words()
	one := func(word string) persian.Reading {
		readings := l.Readings(persian.Fold(word))
		require.Len(t, readings, 1, word)
		return readings[0]
	}
	assert.Equal(t, "خیابان", one("خ").Name)
	assert.True(t, one("خ").Short)
	assert.Equal(t, "بزرگراه", one("اتوبان").Name)
	assert.Equal(t, "بن بست", one("بنبست").Name)
	assert.Equal(t, "facing", one("رو به روی").Sense)
	assert.Equal(t, 2, one("حد فاصل").Arity)
	assert.Equal(t, -1.0, one("زیرزمین").Value)
	assert.Equal(t, "ولیعصر", one("vali asr").Name)
	assert.Empty(t, l.Readings("ازادی"), "a name")
}

// What the reference says can be read in several ways can be so here, and so can every abbreviation and spelling that
// two of its entries share. It is the seed of the lexicon; what was decided otherwise is listed with the reason.
func TestNothingAmbiguousWasDecided(t *testing.T) {
	t.Parallel()
	l := persian.Words()
	ambiguous := l.Ambiguous()
	for _, word := range []string{"بل", "بلو", "م", "ش", "سر", "حوالی", "تقاطع", "چهارراه"} {
		assert.GreaterOrEqual(t, len(ambiguous[word]), 2, word)
	}
	assert.Len(t, ambiguous["ش"], 5, "شهید, شماره/پلاک, شمالی, شرقی, شهرستان")
	assert.Len(t, ambiguous, 14)

	data, err := os.ReadFile("../../../shared/reference/persian-lexicon.json")
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("the reference is not here")
	}
	require.NoError(t, err)
	var reference struct {
		Ways      []entry `json:"way_types"`
		Areas     []entry `json:"area_types"`
		Locators  []entry `json:"locators"`
		Relations []entry `json:"relations"`
		Direction map[string][]string
		Titles    []string            `json:"honorifics_droppable"`
		TitleAbbr map[string][]string `json:"honorific_abbr"`
		Families  [][]string          `json:"spacing_families"`
	}
	require.NoError(t, json.Unmarshal(data, &reference))
	senses := map[string][]string{}
	add := func(word, sense string) {
		if key := persian.Fold(word); !slices.Contains(senses[key], sense) {
			senses[key] = append(senses[key], sense)
		}
	}
	for class, entries := range map[string][]entry{"way": reference.Ways, "area": reference.Areas, "locator": reference.Locators, "relation": reference.Relations} {
		for _, e := range entries {
			for _, word := range append(append([]string{e.Canon}, e.Abbr...), append(e.Variants, e.Latin...)...) {
				add(word, class+"/"+e.Canon)
			}
		}
	}
	for word, forms := range reference.Direction {
		for _, form := range append(forms, word) {
			add(form, "direction/"+word)
		}
	}
	for word, titles := range reference.TitleAbbr {
		for _, title := range titles {
			if !slices.Contains([]string{"شماره", "شمالی", "شرقی"}, title) { // these are locator and directions, counted above
				add(word, "honorific/"+title)
			}
		}
	}
	for _, title := range reference.Titles {
		add(title, "honorific")
	}
	decided := map[string]string{
		"جاده قدیم": "with the name behind it another road than جاده مخصوص of the same name", "جاده مخصوص": "as above",
		"شهرک صنعتی": "the name of the township begins with its second word",
		"فلکه ی":     "the ezafe goes in the key", "فلکهی": "an ezafe that is written without a space: see Glued",
		"منطقه ی": "the ezafe goes in the key", "محله ی": "as above",
		"ضلع شمالی": "relation and direction are two words", "ضلع جنوبی": "as above", "ضلع شرقی": "as above", "ضلع غربی": "as above", "ضلع شمال شرقی": "as above",
	}
	missing, words := []string{}, 0
	for word, all := range senses {
		words++
		if decided[word] != "" {
			continue
		}
		if len(l.Readings(word)) == 0 {
			missing = append(missing, word)
		}
		if len(all) > 1 {
			assert.GreaterOrEqual(t, len(l.Readings(word)), len(all), "%s: %v, here %v", word, all, l.Readings(word))
		}
	}
	assert.Empty(t, missing)
	assert.Greater(t, words, 200)
}

type entry struct {
	Canon                 string
	Abbr, Variants, Latin []string
}

// The list of ambiguous words must be exactly right, or the lexicon does not load.
func TestLexiconRefusesUnlistedReadings(t *testing.T) {
	t.Parallel()
	_, err := persian.LoadLexicon([]byte(`{"entries": [{"class": "way", "name": "بلوار", "short": ["بل"]}, {"class": "locator", "name": "بلوک", "short": ["بل"]}]}`))
	assert.ErrorContains(t, err, "بل")
	_, err = persian.LoadLexicon([]byte(`{"entries": [{"class": "way", "name": "بلوار"}], "ambiguous": {"بلوار": ["way/بلوار", "locator/بلوک"]}}`))
	assert.ErrorContains(t, err, "at most")
	_, err = persian.LoadLexicon([]byte(`{"entries": 3}`))
	assert.ErrorContains(t, err, "lexicon")
}
