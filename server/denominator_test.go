package server_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nsdi/access"
)

// What 100 per cent is, is decided by the committee and by nobody else; the figures follow at once, and every decision stays.
func TestDenominators(t *testing.T) {
	t.Parallel()
	s := keyed(t)
	member := s.signed(t, "member", "committee", access.CommitteeMember)
	const body = `{"obligation":"A27-GNAF","unit":"IR-23","amount":4,"source":"Census","dated":"2026-03-21","decision":"12","decided_on":"2026-03-22","body":{"fa":"کمیته راهبری","en":"Steering committee"}}`
	send := func(body string, header []string) int {
		status, _ := s.post(t, "/v1/progress/denominators", body, header...)
		return status
	}
	assert.Equal(t, 401, send(body, nil))
	assert.Equal(t, 403, send(body, s.signed(t, "registrar", "registry", access.Publisher)))
	for _, wrong := range [][2]string{
		{`"amount":4`, `"amount":0`},
		{`"amount":4`, `"amount":4,"not_applicable":{"fa":"دریا ندارد","en":"No sea"}`},
		{`,"amount":4`, ``},
		{`"A27-GNAF"`, `"A24-URBAN"`},
		{`"2026-03-21"`, `"2999-03-21"`},
		{`"Census"`, `" "`},
	} {
		assert.Equal(t, 422, send(strings.Replace(body, wrong[0], wrong[1], 1), member), wrong[1])
	}
	assert.Equal(t, 404, send(strings.Replace(body, `"IR-23"`, `"XX"`, 1), member))
	figure := func(code string) map[string]any {
		for _, o := range s.json(t, "/v1/progress?unit=IR-23")["obligations"].([]any) {
			if o := o.(map[string]any); o["code"] == code {
				return o
			}
		}
		return nil
	}
	require.Equal(t, "unknown", figure("A27-GNAF")["state"], "nothing of all that was taken")
	require.Equal(t, 200, send(body, member))
	assert.InDelta(t, 25, figure("A27-GNAF")["percent"], 1e-9, "one address of four")
	assert.Equal(t, "Census (2026-03-21)", figure("A27-GNAF")["denominator_source"].(map[string]any)["en"])
	require.Equal(t, 200, send(strings.Replace(strings.Replace(body, `"amount":4`, `"amount":10`, 1), `"12"`, `"13"`, 1), member))
	assert.InDelta(t, 10, figure("A27-GNAF")["percent"], 1e-9, "the newest decision counts")
	list := s.json(t, "/v1/progress/denominators?unit=IR-23")["denominators"].([]any)
	require.Len(t, list, 2, "and the one before stays")

	assert.Equal(t, "unknown", figure("A25-MARINE")["state"])
	dry := strings.Replace(strings.Replace(body, `"amount":4`, `"not_applicable":{"fa":"دریا ندارد","en":"It has no sea"}`, 1), "A27-GNAF", "A25-MARINE", 1)
	require.Equal(t, 200, send(dry, member))
	marine := figure("A25-MARINE")
	assert.Equal(t, "not-applicable", marine["state"])
	assert.Equal(t, "It has no sea", marine["reason"].(map[string]any)["en"])
	assert.Equal(t, "کمیته راهبری 12", marine["approved_by"])
	assert.Nil(t, marine["percent"])
	for _, c := range s.json(t, "/v1/progress")["children"].([]any) {
		if c := c.(map[string]any); c["code"] == "IR-23" {
			assert.Equal(t, []any{"A25-MARINE"}, c["not_applicable"], "the country's map tells it from unknown")
		} else {
			assert.NotContains(t, c, "not_applicable")
		}
	}
}
