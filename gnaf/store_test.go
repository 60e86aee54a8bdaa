package gnaf_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"nsdi/gnaf"
	"nsdi/internal/fixture"
	"nsdi/internal/pgtest"
	"nsdi/layers"
	"nsdi/layers/reading"
)

func TestAddressesAreDelivered(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	sandbox, err := fixture.Sandbox()
	require.NoError(t, err)
	im := &layers.Importer{Pool: pool, Reader: &reading.Reader{Sandbox: sandbox}, Stores: []layers.Store{gnaf.Store()}, Now: time.Now}
	codes := validCodes(t, 3)
	rows := []string{
		"address_id,city,street,number,postal_code,lon,lat",
		"a1,تهران,خیابان آزادی,۱۲," + codes[0] + ",51.40,35.70",
		"a2,تهران,خیابان آزادی,13," + persianDigits(codes[1]) + ",51.41,35.70",
		"a3,تهران,خیابان آزادی,14,12,51.42,35.70",
		"a4,تهران,خيابان آزادي,15," + codes[0] + ",51.43,35.70",
		"a5,تهران,خیابان آزادی,16,,51.44,35.70",
		"a6,تهران,خیابان ستارخان,17," + codes[2] + ",51.45,35.70",
		"a6,تهران,خیابان ستارخان,17," + codes[2] + ",51.45,35.70",
	}
	file := filepath.Join(t.TempDir(), "addresses.csv")
	require.NoError(t, os.WriteFile(file, []byte(strings.Join(rows, "\n")+"\n"), 0o600))
	report, err := im.Import(t.Context(), layers.Request{Theme: "gnaf-address", Agency: "post", Files: []string{file}})
	require.NoError(t, err)
	require.EqualValues(t, 7, report.RowsIn)
	require.EqualValues(t, 5, report.Accepted)
	require.EqualValues(t, 2, report.Refused)
	require.EqualValues(t, 1, report.Repeated, "the same row twice is one address, not a code of two")
	require.EqualValues(t, 4, report.Features)
	found := map[string]layers.RuleCount{}
	for _, r := range report.Rules {
		found[r.Rule] = r
	}
	require.EqualValues(t, "a3", found["postcode"].Samples[0].Key)
	require.Equal(t, "12", found["postcode"].Samples[0].Value)
	require.Contains(t, found["postcode"].Samples[0].Message.FA, "کد پستی «12»")
	require.NotContains(t, found["postcode"].Samples[0].Message.EN, "\x1f")
	require.EqualValues(t, 1, found["postcode-unique"].Count)
	require.EqualValues(t, "a4", found["postcode-unique"].Samples[0].Key)
	require.Contains(t, found["postcode-unique"].Samples[0].Message.EN, "row 1")

	var code, streetKey, cityKey string
	var number int
	var asInSQL bool
	require.NoError(t, pool.QueryRow(t.Context(), `
		select a.postal_code, w.street_key, w.city_key, a.number, a.way_id = gnaf.way_id(w.street_key, w.city_key)
		from gnaf.address a
		join gnaf.way w on w.id = a.way_id
		where a.key = 'a2'`).Scan(&code, &streetKey, &cityKey, &number, &asInSQL))
	require.Equal(t, codes[1], code, "ten ASCII digits")
	require.NotEmpty(t, streetKey)
	require.True(t, asInSQL, "what a migration makes of the keys is what a delivery does")
	require.Equal(t, 13, number)
	var ways int
	require.NoError(t, pool.QueryRow(t.Context(), `select count(*) from gnaf.way where city_key = $1`, cityKey).Scan(&ways))
	require.Equal(t, 2, ways)
	var null bool
	require.NoError(t, pool.QueryRow(t.Context(), `select postal_code is null from gnaf.address where key = 'a5'`).Scan(&null))
	require.True(t, null)
}

// validCodes finds n right postal codes.
func validCodes(t *testing.T, n int) []string {
	t.Helper()
	var codes []string
	for i := 1391133717; len(codes) < n && i < 1391143717; i++ {
		if c := gnaf.CheckPostalCode(fmt.Sprint(i)); c.Valid() && len(c.Warnings) == 0 {
			codes = append(codes, c.Digits)
		}
	}
	require.Len(t, codes, n)
	return codes
}

func persianDigits(s string) string {
	return strings.Map(func(r rune) rune { return r - '0' + '۰' }, s)
}
