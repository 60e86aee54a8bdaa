package server

import (
	"net/http"
	"strings"

	"nsdi/access"
	"nsdi/tiles"
)

// keptTiles answers, before anything else is asked, what anybody may have and is in memory. Whatever it does not answer goes the way of all requests. Such a tile is the same on
// both ways, and counts alike.
func (s *server) keptTiles(next http.Handler) http.Handler {
	if !s.keepsTiles() {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !s.answerKept(w, r) {
			next.ServeHTTP(w, r)
		}
	})
}

// keepsTiles reports whether there are tiles that anybody may have.
func (s *server) keepsTiles() bool { return s.Tiles != nil && s.permissions["GET "+tilePath].open }

// answerKept answers a tile of the version that the address names, to whoever has no key. A cookie is not looked at: what is kept is what anybody may have. Such a tile counts for the
// caller's network, and who signed in and comes from one that has had too many gets it on the way of all requests, where he is known.
func (s *server) answerKept(w http.ResponseWriter, r *http.Request) bool {
	t := s.kept(r)
	if t == nil {
		return false
	}
	if _, err := s.PublicQuotas.Take(s.remote(r), access.TileClass); err != nil { // refused, as there
		return false
	}
	protectBrowser(w.Header())
	fromAnywhere(w.Header())
	together(t, w, r)
	return true
}

// kept answers the tile that a request names, nil where it is not one for this way.
func (s *server) kept(r *http.Request) *tiles.Tile {
	if r.Method != http.MethodGet && r.Method != http.MethodHead || r.URL.RawPath != "" || len(r.URL.RawQuery) > maxQuery || !plain(r.URL.RawQuery) {
		return nil
	}
	path, ok := strings.CutPrefix(r.URL.Path, "/tiles/")
	if !ok || presentedKey(r) != "" || r.Header["Authorization"] != nil {
		return nil
	}
	layer, path, _ := strings.Cut(path, "/")
	z, path, _ := strings.Cut(path, "/")
	x, y, _ := strings.Cut(path, "/")
	at, err := tiles.ParseAddress(z, x, y)
	if err != nil {
		return nil
	}
	return s.Tiles.Kept(layer, at, tiles.VersionOf(r))
}
