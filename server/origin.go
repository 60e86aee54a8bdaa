package server

import (
	"cmp"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
)

// origin is what every address that the server makes begins with: as the operator says (PublicURL), or else as this client wrote it. What a proxy says of the client's way to it is no
// ground for an address that others may get from a cache: any client can send it.
func (s *server) origin(r *http.Request) string {
	return cmp.Or(s.PublicURL, addressOf(r.Host, r.TLS != nil))
}

func addressOf(host string, tls bool) string {
	if tls {
		return "https://" + host
	}
	return "http://" + host
}

// AskedAt is what an input embeds whose answer has addresses in it.
type AskedAt struct{ asked string }

// Resolve keeps the address at which the server was asked.
func (a *AskedAt) Resolve(ctx huma.Context) []error {
	a.asked = addressOf(ctx.Host(), ctx.TLS() != nil)
	return nil
}

// originOf is origin, for such an input.
func (s *server) originOf(a *AskedAt) string { return cmp.Or(s.PublicURL, a.asked) }
