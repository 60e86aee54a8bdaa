package persian_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"nsdi/gnaf/persian"
)

// Spellings that people use, of one name in either script.
func TestSkeletonsMeet(t *testing.T) {
	t.Parallel()
	for name, spellings := range map[string][]string{
		"ولیعصر":     {"valiasr", "valieasr", "Valiasr"},
		"تهرانپارس":  {"tehranpars", "Tehran Pars"},
		"سعادت آباد": {"saadat abad", "sa'adat abad"},
		"یوسف آباد":  {"yousef abad", "yusef abad", "Yoosef Abad"},
		"خیابان":     {"khiaban", "khiyaban", "khyaban", "xiaban"},
		"کوچه":       {"kuche", "koche", "kooche", "koocheh"},
		"میدان":      {"meydan", "meidan", "maidan"},
		"شریعتی":     {"shariati", "Shari'ati"},
		"قلهک":       {"gholhak", "qolhak"},
		"ژاله":       {"zhale", "jaleh"},
		"محمد":       {"mohammad", "mohamad"},
		"وصال":       {"vesal", "wesal"},
		"ایران":      {"iran"},
		"شاه":        {"shah"},
	} {
		want := strings.ReplaceAll(persian.Skeleton(name), " ", "")
		assert.NotEmpty(t, want)
		for _, s := range spellings {
			assert.Equal(t, want, strings.ReplaceAll(persian.Skeleton(s), " ", ""), "%s, %s", name, s)
		}
	}
	assert.Equal(t, "vlsr", persian.Skeleton("ولیعصر"))
	assert.Equal(t, "vl sr", persian.Skeleton("Vali-e Asr"))
	assert.Equal(t, persian.Skeleton("شهدای کن"), persian.Skeleton("Shohada-ye Kan"))
	assert.NotEqual(t, persian.Skeleton("آزادی"), persian.Skeleton("enghelab"))
	assert.Equal(t, "kc 12", persian.Skeleton("کوچه ۱۲"))
}

func TestLatin(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"خیابان شهید کریمی": "khiaban shahid karimi", "کوچه ۱۲": "kuche 12", "آزادی": "azadi", "ایران": "iran", "یزد": "yazd", "نامه": "nameh", "ولیعصر": "valiasr", "نور": "nur",
		"VT Route": "vt route",
	} {
		assert.Equal(t, want, persian.Latin(in), in)
	}
}

func TestFromLatin(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"azadi": "ازادی", "valiasr": "ولیعصر", "motahari": "مطهری", "shariati": "شریعتی", "karimi": "کریمی", "yousef": "یوسف", "nameh": "نامه", "reza": "رضا", "mohammad": "محمد",
		"esfahan": "اصفهان", "ghodousi": "قدوسی",
	} {
		assert.Contains(t, persian.FromLatin(in, 64), want, in)
	}
	assert.Equal(t, "ازادی", persian.FromLatin("azadi", 8)[0])
	assert.Len(t, persian.FromLatin("motahari", 5), 5)
	assert.Empty(t, persian.FromLatin("", 5))
}

// The way to Latin letters and the way back keep the skeleton: whatever was written is found by it.
func TestTransliterationKeepsTheSkeleton(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		name := rapid.StringMatching(`[ابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی]{1,9}( [ابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی]{1,9})?`).Draw(rt, "name")
		requireSameSkeleton(rt, name, persian.Latin(name))
		word := rapid.StringMatching(`[a-z]{1,7}`).Draw(rt, "word")
		for _, candidate := range persian.FromLatin(word, 20) {
			requireSameSkeleton(rt, word, candidate)
		}
	})
}

func FuzzTransliteration(f *testing.F) {
	for _, s := range []string{"", "ولیعصر", "Vali-e Asr", "کوچه ۱۲ الف", "khiaban-e Azadi", "がく", "aeiou"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) > 200 {
			return
		}
		skeleton := persian.Skeleton(s)
		require.Equal(t, skeleton, persian.Skeleton(persian.Fold(s)))
		require.False(t, strings.HasPrefix(skeleton, " ") || strings.HasSuffix(skeleton, " ") || strings.Contains(skeleton, "  "))
		latin := persian.Latin(s)
		require.Equal(t, latin, persian.Latin(s), "it has no state")
		for _, c := range persian.FromLatin(s, 10) {
			require.NotEmpty(t, c)
		}
		require.LessOrEqual(t, len(persian.FromLatin(s, 3)), 3)
		persian.RepairKeyboard(s, nil)
		sound := persian.Sound(s)
		require.Equal(t, sound, persian.Sound(persian.Fold(s)))
	})
}

func requireSameSkeleton(t require.TestingT, a, b string) {
	if x, y := persian.Skeleton(a), persian.Skeleton(b); x != y {
		require.Failf(t, "skeletons differ", "%q has %q, %q has %q", a, x, b, y)
	}
}

func TestSound(t *testing.T) {
	t.Parallel()
	for _, c := range [][2]string{{"طهران", "تهران"}, {"قلحک", "قلهک"}, {"محمّد", "محممد"}, {"نامه", "نام"}, {"صادقیه", "سادغیه"}, {"رعنا", "رانا"}} {
		assert.Equal(t, persian.Sound(c[0]), persian.Sound(c[1]), c)
	}
	assert.NotEqual(t, persian.Sound("کاج"), persian.Sound("تاج"))
}
