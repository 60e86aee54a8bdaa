package server_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nsdi/access"
	"nsdi/internal/fixture"
	"nsdi/progress"
)

// Figures by a layer are provisional until the committee approves its version, and are again when another one is published.
func TestLayersAreApprovedAsDenominators(t *testing.T) {
	t.Parallel()
	s := keyed(t)
	layer := func() map[string]any {
		for _, l := range s.json(t, "/v1/progress/denominators/layers")["layers"].([]any) {
			if l := l.(map[string]any); l["theme"] == "urban-boundary" {
				return l
			}
		}
		return nil
	}
	figure := func() map[string]any {
		for _, o := range s.json(t, "/v1/progress?unit=IR-23")["obligations"].([]any) {
			if o := o.(map[string]any); o["code"] == "A25-URBAN" {
				return o
			}
		}
		return nil
	}
	require.NoError(t, progress.Recalculate(t.Context(), s.pool))
	l := layer()
	require.NotNil(t, l)
	assert.Equal(t, []any{"A24-URBAN", "A24-REST", "A25-URBAN"}, l["obligations"])
	before := figure()
	assert.Equal(t, []any{"known", true, nil, false}, []any{before["state"], before["provisional"], before["approved_by"], l["approved"]})

	body := func(dataset, version any, decided string) string {
		return fmt.Sprintf(`{"dataset":%v,"version":%v,"decision":"21","decided_on":%q,"body":{"fa":"کمیته راهبری","en":"Steering committee"}}`, dataset, version, decided)
	}
	member := s.signed(t, "member", "committee", access.CommitteeMember)
	send := func(body string, header []string) int {
		status, _ := s.post(t, "/v1/progress/denominators/layers", body, header...)
		return status
	}
	right := body(l["dataset"], l["version"], "2026-03-22")
	assert.Equal(t, 401, send(right, nil))
	assert.Equal(t, 403, send(right, s.signed(t, "registrar", "registry", access.Publisher)))
	for _, wrong := range []string{body(l["dataset"], 99, "2026-03-22"), body(999999, 1, "2026-03-22"), body(l["dataset"], l["version"], "2999-01-01"), body(l["dataset"], l["version"], "x")} {
		assert.Equal(t, 422, send(wrong, member), wrong)
	}
	assert.Equal(t, true, figure()["provisional"], "nothing of all that was taken")
	require.Equal(t, 200, send(right, member))
	after := figure()
	assert.Equal(t, []any{false, "کمیته راهبری 21", before["percent"], true}, []any{after["provisional"], after["approved_by"], after["percent"], layer()["approved"]})
	assert.Equal(t, 422, send(right, member), "a decision is not taken twice")

	fixture.Publish(t, s.pool, "urban-boundary", "interior", nil, fixture.Feature{Key: "new", WKT: "POLYGON((51.1 35.1,51.11 35.1,51.11 35.11,51.1 35.11,51.1 35.1))", Attributes: map[string]any{"code": "new"}})
	require.NoError(t, progress.Recalculate(t.Context(), s.pool))
	again := figure()
	assert.Equal(t, []any{true, nil}, []any{again["provisional"], again["approved_by"]}, "another version is another decision")
}
