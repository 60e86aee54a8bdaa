package gnaf_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

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

// Codes from public footers and deeds: none may be refused.
func TestRealPostalCodesAreAccepted(t *testing.T) {
	t.Parallel()
	for _, code := range strings.Fields(`1879613154 1967915773 1967757679 1314733917 1981763387 1939834477 1457894768 1993634411 1587777113
		1516683111 1418613541 8917957914 9717434765 9391634462 7831755399 1684613114 1413683843 7717813937`) {
		assert.True(t, gnaf.CheckPostalCode(code).Valid(), code)
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
