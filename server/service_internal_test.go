package server

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"nsdi/access"
)

// Every route belongs to one service, or to none for a reason; what a card says of a route is so.
func TestEveryRouteBelongsToAService(t *testing.T) {
	t.Parallel()
	cards := map[string]access.Service{} // by route
	for _, s := range access.Services() {
		for _, route := range s.Routes {
			assert.NotContains(t, cards, route, "%s and %s both name it", s.ID, cards[route].ID)
			cards[route] = s
		}
	}
	declared, none := permissions(), noService()
	for route := range declared {
		if reason, out := none[route]; out {
			assert.NotEmpty(t, reason, route)
			assert.NotContains(t, cards, route, "is said to be no service")
			continue
		}
		assert.Contains(t, cards, route, "belongs to no service: name it on a card of access.Services(), or in noService() with the reason")
	}
	for route := range none {
		assert.Contains(t, declared, route, "is no route")
	}
	for route, s := range cards {
		p, ok := declared[route]
		if !assert.True(t, ok, "%s: the card names %s, which is no route", s.ID, route) {
			continue
		}
		if s.Access == access.ForAll {
			assert.True(t, p.open, "%s: %s is not open to all, as the card says", s.ID, route)
		}
		if s.Access == access.ByRole {
			assert.False(t, p.open, "%s: %s is open to all, and the card says by role", s.ID, route)
		}
	}
}
