package persian_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"nsdi/gnaf/persian"
)

func TestLattice(t *testing.T) {
	t.Parallel()
	edges := func(s string) (told []string) {
		l := persian.Words().NewLattice(s)
		for _, e := range l.Edges {
			told = append(told, strings.Join(l.Tokens[e.From:e.To], " ")+"="+string(e.Class)+" "+e.Name)
		}
		return told
	}
	assert.Equal(t, []string{"هفت تیر=name هفت تیر", "هفت=number هفت"}, edges("هفت تیر"), "a name and a number")
	assert.Equal(t, []string{"م=way میدان", "م=area منطقه"}, edges("م آزادی"))
	assert.Equal(t, []string{"ولی عصر=name ولیعصر"}, edges("ولی‌عصر"))
	assert.Equal(t, []string{"سعادتاباد=name سعادت‌آباد"}, edges("سعادتاباد"))
	assert.Equal(t, []string{"بیستودو بهمن=name بیست و دو بهمن", "بیستودو=number بیستودو"}, edges("بیستودو بهمن"), "divided otherwise")
	assert.Equal(t, []string{"بیست و سه=number بیست و سه", "بیست=number بیست", "و=locator واحد", "سه=number سه"}, edges("بیست و سه"))
	assert.Len(t, edges("ش بهشتی"), 5)
	assert.Empty(t, edges("کاج"))
	long := persian.Words().NewLattice(strings.Repeat("ش ", 100))
	assert.True(t, long.Truncated)
	assert.Len(t, long.Edges, persian.MaxEdges)
}

func TestCoreKey(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"شهید دکتر بهشتی": "بهشتی", "بهشتی": "بهشتی", "آیت‌الله طالقانی": "طالقانی", "آیت اله طالقانی": "طالقانی", "امام حسین (ع)": "حسین", "شهدا": "شهدا", "ش بهشتی": "ش بهشتی", "": "",
		"ولی عصر عج": "ولی عصر",
	} {
		assert.Equal(t, want, persian.CoreKey(in), in)
	}
}

// The readings of a lattice are over its words, and spellings that differ in what a key drops have the same ones.
func TestLatticeOfAnything(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		s := rapid.OneOf(rapid.String(), rapid.StringMatching(`((خ|ک|م|ش|بل|ولی عصر|سی|و|دو|12|شهید|آزادی)[ ‌.]){0,9}`)).Draw(rt, "s")
		l := persian.Words().NewLattice(s)
		require.LessOrEqual(rt, len(l.Edges), persian.MaxEdges)
		for _, e := range l.Edges {
			require.True(rt, 0 <= e.From && e.From < e.To && e.To <= len(l.Tokens))
		}
		again := persian.Words().NewLattice(persian.Fold(s))
		require.True(rt, slices.Equal(l.Edges, again.Edges))
		core := persian.CoreKey(s)
		require.Equal(rt, core, persian.CoreKey(core))
	})
}
