package gnaf_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"nsdi/gnaf"
)

func TestCheckPostalCode(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in, digits string
		errors     []string
		warnings   []string
	}{
		{"1879613154", "1879613154", nil, nil},
		{"۱۸۷۹۶۱۳۱۵۴", "1879613154", nil, nil},
		{"١٨٧٩٦-١٣١٥٤", "1879613154", nil, nil},
		{"\u202B 18796 – 13154\u202C", "1879613154", nil, nil},
		{"18796", "18796", []string{gnaf.PostcodeLength}, nil},
		{"", "", []string{gnaf.PostcodeLength}, nil},
		{"187961315a", "187961315a", []string{gnaf.PostcodeLength}, nil},
		{"12796-13154", "1279613154", []string{gnaf.PostcodePrefixDigit}, nil},
		{"1111111111", "1111111111", []string{gnaf.PostcodePlaceholder}, nil},
		{"1234567890", "1234567890", []string{gnaf.PostcodePrefixDigit, gnaf.PostcodePlaceholder}, nil},
		{"9876543210", "9876543210", []string{gnaf.PostcodePlaceholder}, nil},
		{"1415513456", "1415513456", nil, []string{gnaf.PostcodePOBox}},
		{"1111634567", "1111634567", nil, []string{gnaf.PostcodeRepeatedPrefix}},
		{"9391634462", "9391634462", nil, []string{gnaf.PostcodeUnusualDigit}},
		{"9797434765", "9797434765", nil, []string{gnaf.PostcodeNoSeparator}},
	} {
		got := gnaf.CheckPostalCode(c.in)
		assert.Equal(t, c.digits, got.Digits, c.in)
		assert.Equal(t, c.errors, codes(got.Errors), c.in)
		assert.Equal(t, c.warnings, codes(got.Warnings), c.in)
		assert.Equal(t, len(c.errors) == 0, got.Valid(), c.in)
	}
}

// Text direction turns a code round: the halves are proposed the other way, and only when that is right.
func TestSwappedHalves(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "1879620254", gnaf.CheckPostalCode("20254-18796").Swapped)
	assert.Empty(t, gnaf.CheckPostalCode("2025418796").Swapped, "nothing shows where the halves were")
	assert.Empty(t, gnaf.CheckPostalCode("20254-20254").Swapped)
	assert.Empty(t, gnaf.CheckPostalCode("18796-13154").Swapped)
}

func FuzzCheckPostalCode(f *testing.F) {
	for _, s := range []string{"1879613154", "۱۸۷۹۶-۱۳۱۵۴", "20254-18796", "\xff", strings.Repeat("1", 300), "1/2_3.4", "\u2066"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c := gnaf.CheckPostalCode(s)
		if !c.Valid() {
			require.Empty(t, c.Warnings, "warnings are for codes that can be right")
			if c.Swapped != "" {
				require.True(t, gnaf.CheckPostalCode(c.Swapped).Valid(), "a proposal must be valid")
			}
			return
		}
		require.Regexp(t, `^[13-9]{5}[0-9]{5}$`, c.Digits)
		again := gnaf.CheckPostalCode(c.Digits)
		require.True(t, again.Valid())
		require.Equal(t, c.Digits, again.Digits)
		require.True(t, gnaf.CheckPostalCode(c.Digits[:5]+"-"+c.Digits[5:]).Valid())
	})
}

func codes(found []gnaf.PostalFinding) []string {
	var codes []string
	for _, f := range found {
		codes = append(codes, f.Code)
	}
	return codes
}

// Where both orders of the halves keep the rules, only a register can tell: both are readings.
func TestTurnedHalves(t *testing.T) {
	t.Parallel()
	c := gnaf.CheckPostalCode("19111-35131")
	assert.True(t, c.Valid())
	assert.Equal(t, []string{"1911135131", "3513119111"}, c.Readings())
	assert.Equal(t, []string{"1911135131"}, gnaf.CheckPostalCode("1911135131").Readings(), "nothing shows where the halves were")
	assert.Equal(t, []string{"1879620254"}, gnaf.CheckPostalCode("20254-18796").Readings())
	assert.Empty(t, gnaf.CheckPostalCode("12-34").Readings())
}

// The evidence of the rule: 18 whole codes of public footers, and one of a deed whose middle is blacked out, which
// every filling has to pass. The expression that programs copy refuses two of the nineteen.
func TestEvidenceOfThePostalRule(t *testing.T) {
	t.Parallel()
	codes := strings.Fields(`1879613154 1967915773 1967757679 1314733917 1981763387 1939834477 1457894768 1993634411 1587777113
		1516683111 1418613541 8917957914 9717434765 9391634462 7831755399 1684613114 1413683843 7717813937`)
	assert.Len(t, codes, 18)
	for i := range 1000 {
		code := fmt.Sprintf("73411%03d28", i)
		assert.True(t, gnaf.CheckPostalCode(code).Valid(), code)
	}
	copied := regexp.MustCompile(`^[13-9]{4}[1346-9][013-9]{5}$`)
	var refused []string
	for _, code := range append(codes, "7341100028") {
		if !copied.MatchString(code) {
			refused = append(refused, code)
		}
		c := gnaf.CheckPostalCode(code)
		assert.True(t, c.Valid(), code)
		for _, w := range c.Warnings {
			assert.Equal(t, gnaf.PostcodeUnusualDigit, w.Code, code)
		}
	}
	assert.Equal(t, []string{"9391634462", "7341100028"}, refused)
	// Numbers of post-office boxes: not refused, and said to look like one.
	for _, box := range []string{"19395-3333", "14155-6456"} {
		assert.False(t, gnaf.CheckPostalCode(box).Valid(), "nine digits")
	}
	assert.Equal(t, []string{gnaf.PostcodePOBox}, codesOf("1318511595"))
}

func codesOf(s string) []string { return codes(gnaf.CheckPostalCode(s).Warnings) }

func TestNearCodes(t *testing.T) {
	t.Parallel()
	near := maps.Collect(gnaf.CheckPostalCode("1879613154").NearCodes())
	// 90 replacements and 9 exchanges: without 10 replacements by 0 or 2 in the first five, and nothing twice.
	assert.Len(t, near, 89)
	assert.Equal(t, gnaf.NearTransposed, near["8179613154"])
	assert.Equal(t, gnaf.NearOneDigit, near["1879613155"])
	assert.NotContains(t, near, "1879613154")
	assert.NotContains(t, near, "1829613154")
	assert.Equal(t, gnaf.NearSwappedHalves, maps.Collect(gnaf.CheckPostalCode("20254-18796").NearCodes())["1879620254"])
	assert.Equal(t, gnaf.NearMissing, maps.Collect(gnaf.CheckPostalCode("187961315").NearCodes())["1879613154"])
	assert.Equal(t, gnaf.NearExtra, maps.Collect(gnaf.CheckPostalCode("18796131544").NearCodes())["1879613154"])
	assert.Empty(t, maps.Collect(gnaf.CheckPostalCode("کد ندارد").NearCodes()))
	for range gnaf.CheckPostalCode("1879613154").NearCodes() {
		break // whoever has enough may stop
	}
}

func TestNearCodesAreOneSlipAway(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		c := gnaf.CheckPostalCode(rapid.StringMatching(`[0-9]{9,11}`).Draw(rt, "code"))
		for near, slip := range c.NearCodes() {
			require.True(rt, gnaf.CheckPostalCode(near).Valid(), near)
			back := gnaf.CheckPostalCode(near)
			found := false
			for other := range back.NearCodes() {
				found = found || other == c.Digits
			}
			// A slip leads back, unless it is in the length or what was written breaks the rules itself.
			if len(c.Digits) == 10 && c.Valid() {
				require.True(rt, found, "%s by %s", near, slip)
			}
		}
	})
}

// Every answer stands for itself: a wrong format, an unknown prefix, a code that is not there, one that is retired.
func TestValidatePostalCode(t *testing.T) {
	t.Parallel()
	known := map[string]gnaf.CodeStanding{
		"1879613154": {Active: true, City: "شهر تهران"},
		"1879613155": {Active: false, City: "ری"},
		"1879613164": {Active: true, City: "تهران"},
		"3513119111": {Active: true, City: "سمنان"},
	}
	register := gnaf.CodeRegister{
		Codes: func(_ context.Context, codes []string) (map[string]gnaf.CodeStanding, error) {
			found := map[string]gnaf.CodeStanding{}
			for _, code := range codes {
				if s, ok := known[code]; ok {
					found[code] = s
				}
			}
			return found, nil
		},
		Prefixes: func(_ context.Context, prefixes []string) (map[string]bool, error) {
			return map[string]bool{"18796": true, "35131": true}, nil
		},
	}
	type said struct{ format, prefix, exists, active string }
	tell := func(b *bool) string {
		if b == nil {
			return "?"
		}
		return fmt.Sprint(*b)
	}
	for _, c := range []struct {
		in, code string
		want     said
		near     []string
	}{
		{"18796-13154", "1879613154", said{"true", "true", "true", "true"}, nil},
		{"1879613155", "1879613155", said{"true", "true", "true", "false"}, nil},
		{"1879613145", "1879613145", said{"true", "true", "false", "false"}, []string{"1879613154", "1879613155"}},
		{"1967757679", "1967757679", said{"true", "false", "false", "false"}, nil},
		{"1829613154", "", said{"false", "?", "?", "?"}, []string{"1879613154"}},
		{"187961316", "", said{"false", "?", "?", "?"}, []string{"1879613164"}},
		{"19111-35131", "3513119111", said{"true", "true", "true", "true"}, []string{"3513119111"}}, // turned round, and only that exists
		{"کد ندارد", "", said{"false", "?", "?", "?"}, nil},
	} {
		got, err := register.Validate(t.Context(), c.in, "تهران")
		require.NoError(t, err)
		assert.Equal(t, c.code, got.Code, c.in)
		assert.Equal(t, c.want, said{fmt.Sprint(got.FormatValid), tell(got.PrefixKnown), tell(got.Exists), tell(got.Active)}, c.in)
		var near []string
		for _, s := range got.Suggestions {
			near = append(near, s.Code)
		}
		assert.Equal(t, c.near, near, c.in)
	}
	// The stated city decides the order.
	got, err := register.Validate(t.Context(), "1879613145", "ری")
	require.NoError(t, err)
	assert.Equal(t, "1879613155", got.Suggestions[0].Code)
	assert.True(t, got.Suggestions[0].SameCity)
	// Without a table of prefixes that answer stays open.
	register.Prefixes = nil
	got, err = register.Validate(t.Context(), "1879613154", "")
	require.NoError(t, err)
	assert.Nil(t, got.PrefixKnown)
	register.Codes = func(context.Context, []string) (map[string]gnaf.CodeStanding, error) { return nil, errors.New("away") }
	_, err = register.Validate(t.Context(), "1879613154", "")
	assert.ErrorContains(t, err, "away")
}

// Halves that were turned round are answered, and people are told that it is another code than they wrote.
func TestTurnedHalvesAreSuggested(t *testing.T) {
	t.Parallel()
	r := gnaf.CodeRegister{Codes: func(_ context.Context, codes []string) (map[string]gnaf.CodeStanding, error) {
		if slices.Contains(codes, "1879620254") {
			return map[string]gnaf.CodeStanding{"1879620254": {Active: true, City: "تهران"}}, nil
		}
		return nil, nil
	}}
	a, err := r.Validate(t.Context(), "20254-18796", "شهر تهران")
	require.NoError(t, err)
	require.Equal(t, []any{"1879620254", false, true}, []any{a.Code, a.FormatValid, *a.Exists})
	require.Equal(t, []gnaf.PostalSuggestion{{Code: "1879620254", Slip: gnaf.NearSwappedHalves, City: "تهران", SameCity: true}}, a.Suggestions)
	a, err = r.Validate(t.Context(), "18796-20254", "")
	require.NoError(t, err)
	require.Empty(t, a.Suggestions, "as written it exists")
}
