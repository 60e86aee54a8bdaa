package gnaf_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// A column with the whole address is taken apart; what has a column of its own is taken from there, and what nobody can place is told with its text.
func TestWholeAddresses(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	code := validCodes(t, 1)[0]
	r := d.deliver("gnaf-address", "post", []string{
		"address_id;نشانی کامل;number;unit;lon;lat",
		"1;تهران، خیابان آزادی، کوچه لاله، پلاک ۱۲ الف، طبقه همکف، واحد ۳، کدپستی " + code + ";;;51.40;35.70",
		"2;تهران، خیابان آزادی، پلاک ۱۲، واحد ۳;14;7;51.41;35.70",
		"3;شیراز، خیابان زند، کوچه ۷، پلاک ۱۴-۱۶، پشت کیوسک نارنجی;;;52.53;29.61",
		"4;آدرس ناخوانا;;;51.40;35.71",
		"5;;3;;51.40;35.72",
	})
	require.EqualValues(t, 3, r.Accepted, "the fourth has neither city nor way, the fifth no address")
	require.EqualValues(t, 1, found(r)["address-unread"], "of the fourth")
	require.EqualValues(t, 4, found(r)["required"], "city and street of the two")
	one := func(key string) map[string]any {
		return d.row(`select city, street_before, street, number, number_suffix, floor, unit, postal_code, attributes::text from gnaf.address where key = $1`, key)
	}
	first := one("1")
	require.Equal(t, []any{"تهران", "خیابان آزادی", "کوچه لاله", int32(12), "الف", int32(0), "۳", code},
		[]any{first["city"], first["street_before"], first["street"], first["number"], first["number_suffix"], first["floor"], first["unit"], first["postal_code"]})
	require.NotContains(t, first["attributes"], "full_address", "its parts are kept, and not it")
	second := one("2")
	require.Equal(t, []any{int32(14), "7"}, []any{second["number"], second["unit"]}, "columns go before the text")
	require.JSONEq(t, `16`, string([]byte(d.strings(`select attributes->>'number_to' from gnaf.address where key = '3'`)[0])))
}
