package layers

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
)

// FuzzEncode compares with json.Marshal, byte by byte: the hash of a published row is made of them.
func FuzzEncode(f *testing.F) {
	f.Add("نام", "a<b>&c\u2028\u2029", 7, 1e21, true)
	f.Add("\"\\\x00\x1f\x7f\t\n\r\b\f", "\xff\xc3\x28 \ufffd", -1, 0.1, false)
	f.Add("", "😀 خیابان\u200c", 0, -0.5, true)
	f.Fuzz(func(t *testing.T, a, b string, n int, x float64, yes bool) {
		if x != x || x > 1e300 || x < -1e300 { // no JSON
			return
		}
		e := new(encoder)
		attributes := map[string]any{"text": a, "a": b, "count": n, "number": x, "yes": yes}
		want, err := json.Marshal(attributes)
		require.NoError(t, err)
		got, err := e.encode(attributes)
		require.NoError(t, err)
		require.Equal(t, string(want), string(got))

		attributes["unnamed"] = a
		want, err = json.Marshal(attributes)
		require.NoError(t, err)
		got, err = e.encode(attributes)
		require.NoError(t, err)
		require.Equal(t, string(want), string(got))

		got, err = e.encode(map[string]any{"text": a})
		require.NoError(t, err)
		want, err = json.Marshal(map[string]any{"text": a})
		require.NoError(t, err)
		require.Equal(t, string(want), string(got))
	})
}
