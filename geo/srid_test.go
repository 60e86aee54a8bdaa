package geo_test

import (
	"encoding/hex"
	"testing"

	"github.com/stretchr/testify/require"

	"nsdi/geo"
)

func TestWithSRID(t *testing.T) {
	t.Parallel()
	// As PostGIS writes st_setsrid(st_point(1, 2), 4326), in both byte orders.
	for plain, want := range map[string]string{
		"0101000000000000000000f03f0000000000000040": "0101000020e6100000000000000000f03f0000000000000040",
		"00000000013ff00000000000004000000000000000": "0020000001000010e63ff00000000000004000000000000000",
	} {
		b, err := hex.DecodeString(plain)
		require.NoError(t, err)
		with := geo.WithSRID(b, 4326)
		require.Equal(t, want, hex.EncodeToString(with))
		require.Equal(t, plain, hex.EncodeToString(b), "the argument stays as it is")
		back, _, err := geo.Normalize(with, 10)
		require.NoError(t, err)
		require.Equal(t, plain, hex.EncodeToString(back))
	}
}
