package paper

import (
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"nsdi/internal/errs"
)

func sampleContent(corners int) Content {
	var ring []Point
	for i := range corners {
		a := 2 * math.Pi * float64(i) / float64(corners)
		ring = append(ring, Point{540000 + 30*math.Cos(a), 3950000 + 20*math.Sin(a)})
	}
	return Content{
		Title: errs.T("رونوشت مشخصات قطعه کاداستر", "Extract of a cadastral parcel"), Note: errs.T("سند مالکیت نیست.", "It is no deed."),
		Number: "NSDI-1405-K7Q2-93FX-8", Verify: "https://nsdi.example/v1/verify/NSDI-1405-K7Q2-93FX-8", Issued: "1405-09-01", IssuedISO: "2026-11-22", Zone: 39, North: true,
		Rows: []Row{
			{errs.T("پلاک ثبتی", "Registration plate"), errs.T("\u2067۱۶۱۷ فرعی از ۷۲ اصلی\u2069", "\u2066sub 1617 of main 72\u2069")},
			{errs.T("بخش ثبتی", "Registration section"), errs.T("بخش ۳ تهران", "بخش ۳ تهران")},
			{errs.T("مساحت روی بیضوی", "Area on the ellipsoid"), errs.T("۱۲۳۴٫۵۶ مترمربع", "1234.56 m²")},
		},
		Rings: [][]Point{append(ring, ring[0])}, Outer: 1,
	}
}

// Each letter takes the form that its neighbours ask for, and a text from right to left has its first letter on the right.
func TestPersianIsShaped(t *testing.T) {
	t.Parallel()
	set, err := newTypesetter()
	require.NoError(t, err)
	ids := func(text string) (ids []uint16) {
		for _, g := range set.shape(text, true).glyphs {
			ids = append(ids, g.id)
		}
		return ids
	}
	alone, joined := ids("ب"), ids("ببب")
	require.Len(t, joined, 3)
	require.NotContains(t, joined, alone[0], "none of three that join has the form of one alone")
	require.NotEqual(t, joined[0], joined[1])
	require.NotEqual(t, joined[1], joined[2])
	require.Equal(t, ids("ب\u200cب")[0], ids("ب")[0], "a non-joiner divides")
	for _, text := range []string{"پلاک ثبتی شماره ۱۶۱۷ فرعی از ۷۲ اصلی", "گچپژ", "sub 1617 of main 72", "m²", "«»؛،٫"} {
		require.NotContains(t, ids(text), uint16(0), "%s: the font has every letter", text)
	}
}

// Numbers keep their digits in order, also within Persian, and stand where the sentence has them.
func TestLinesAreOrdered(t *testing.T) {
	t.Parallel()
	set, err := newTypesetter()
	require.NoError(t, err)
	drawn := func(text string, rtl bool) string {
		l := set.shape(text, rtl)
		var b strings.Builder
		last := math.Inf(-1)
		for _, g := range l.glyphs {
			if g.letter != 0 && g.letter != ' ' {
				b.WriteRune(g.letter)
			}
			require.GreaterOrEqual(t, g.x, last-400, "from left to right, but for marks")
			last = g.x
		}
		return b.String()
	}
	// As it is drawn from left to right: the last word first, each word backwards, each number forwards.
	require.Equal(t, "یلصا۷۲زایعرف۱۶۱۷", drawn("\u2067۱۶۱۷ فرعی از ۷۲ اصلی\u2069", true))
	require.Equal(t, "عبرمرتم۱۲۳۴٫۵۶", drawn("۱۲۳۴٫۵۶ مترمربع", true))
	require.Equal(t, "۱۴۰۵/۰۹/۰۱:خیرات", drawn("تاریخ: ۱۴۰۵/۰۹/۰۱", true))
	require.Equal(t, "NSDI-1405-K7Q2:هسانش", drawn("شناسه: NSDI-1405-K7Q2", true))
	require.Equal(t, "Flat3یقرش", drawn("شرقی Flat 3", true))
	require.Equal(t, "sub1617ofmain72", drawn("sub 1617 of main 72", false))
	require.Equal(t, "https://nsdi.example/v1/verify/X-1", drawn("https://nsdi.example/v1/verify/X-1", false))
}

// Corners go clockwise from the one nearest to the north-west, whichever way the ring was delivered.
func TestCornersAreLettered(t *testing.T) {
	t.Parallel()
	square := []Point{{0, 0}, {10, 0}, {10, 10}, {0, 10}, {0, 0}}
	backwards := slices.Clone(square)
	slices.Reverse(backwards)
	want := []Point{{0, 10}, {10, 10}, {10, 0}, {0, 0}}
	for _, ring := range [][]Point{square, backwards, {{10, 10}, {0, 10}, {0, 0}, {10, 0}, {10, 10}}} {
		require.Equal(t, want, clockwiseFromNorthWest(ring))
	}
	var names []string
	for _, c := range lettered([][]Point{square, square}) {
		names = append(names, c.name)
	}
	require.Equal(t, []string{"A", "B", "C", "D", "E", "F", "G", "H"}, names)
	require.Equal(t, []string{"Z", "AA", "AZ", "BA", "ZZ", "AAA"}, []string{letters(25), letters(26), letters(51), letters(52), letters(701), letters(702)})
}

// The file is the same for the same content, every corner is listed, on as many pages as that takes, and another program reads it.
func TestRender(t *testing.T) {
	t.Parallel()
	for corners, pages := range map[int]int{4: 1, 30: 1, 200: 2, 1000: 7} {
		body, err := Render(sampleContent(corners))
		require.NoError(t, err)
		again, err := Render(sampleContent(corners))
		require.NoError(t, err)
		require.Equal(t, body, again)
		require.Contains(t, string(body), fmt.Sprintf("/Count %d ", pages), "%d corners", corners)
		require.Less(t, len(body), 400<<10)
	}
	gdal, err := exec.LookPath("gdal_translate")
	if err != nil {
		t.Skip("gdal_translate is not there to read the file")
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "x.pdf")
	body, err := Render(sampleContent(5))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(file, body, 0o600))
	out, err := exec.CommandContext(t.Context(), gdal, "-q", "-of", "PNM", "-b", "1", "-outsize", "620", "0", file, filepath.Join(dir, "x.pgm")).CombinedOutput()
	if strings.Contains(string(out), "not recognized") || strings.Contains(string(out), "PDF driver") {
		t.Skipf("this GDAL reads no PDF: %s", out)
	}
	require.NoError(t, err, "%s", out)
	picture, err := os.ReadFile(filepath.Join(dir, "x.pgm"))
	require.NoError(t, err)
	dark := 0
	for _, p := range picture[20:] {
		if p < 64 {
			dark++
		}
	}
	require.Greater(t, dark, 3000, "text, lines and the code are drawn")
	require.Less(t, dark, len(picture)/4)
}

// Whatever a parcel is called, a file comes of it.
func FuzzRender(f *testing.F) {
	f.Add("بخش ۳", 1.0, 2.0)
	f.Add("a\x00\xff\u202eب ۱۲/۳", -1e9, 1e9)
	f.Add(strings.Repeat("x ۱ب", 100), 0.0, 0.0)
	f.Fuzz(func(t *testing.T, text string, e, n float64) {
		if math.IsNaN(e) || math.IsNaN(n) || math.Abs(e) > 1e10 || math.Abs(n) > 1e10 || len(text) > 500 {
			t.Skip()
		}
		c := sampleContent(3)
		c.Rows[0].Value = errs.T(text, text)
		c.Rings[0][1] = Point{e, n}
		body, err := Render(c)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(body[len(body)-200:]), "NaN") {
			t.Fatal("a number that is none")
		}
	})
}

// Whoever copies from the file, or has it read aloud, gets each line whole and in its order of reading.
func TestTextIsCopiedWhole(t *testing.T) {
	t.Parallel()
	d, err := newDocument("x")
	require.NoError(t, err)
	d.page()
	d.text(0, 0, 9, right, true, "\u2067۲ فرعی از ۱۰ اصلی\u2069")
	require.Contains(t, d.pages[0].String(), "/ActualText <FEFF06F2002006410631063906CC", "from its first letter")
	require.NotContains(t, d.pages[0].String(), "2067")
	d.text(0, 0, 9, left, false, "NSDI i")
	widths := d.widths[d.set.shape("i", false).glyphs[0].id]
	require.InDelta(t, 245, widths, 60, "an i is narrow")
	require.Greater(t, d.widths[d.set.shape("N", false).glyphs[0].id], 2*widths)
	require.Contains(t, d.advances(), fmt.Sprintf("[%.0f]", widths))
}
