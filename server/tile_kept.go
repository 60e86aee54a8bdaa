package server

import (
	"net/http"
	"strings"

	"nsdi/access"
	"nsdi/tiles"
)

// tilePath is the route of tiles that TileJSON names.
const tilePath = "/tiles/{layer}/{z}/{x}/{y}"

// keptTiles answers, before anything else is asked, what anybody may have and is in memory: a tile of the version that the address names, to somebody who says nothing of
// who he is. Whoever does, and whatever is not in memory, goes the way of all requests. Such a tile is the same on both ways, and counts alike.
func (s *server) keptTiles(next http.Handler) http.Handler {
	if s.Tiles == nil || !s.permissions["GET "+tilePath].open {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		t := s.kept(r)
		if t == nil {
			next.ServeHTTP(w, r)
			return
		}
		if _, err := s.PublicQuotas.Take(s.remote(r), access.TileClass); err != nil { // refused, as there
			next.ServeHTTP(w, r)
			return
		}
		protectBrowser(w.Header())
		together(t, w, r)
	})
}

// kept answers the tile that a request names, nil where it is not one for this way.
func (s *server) kept(r *http.Request) *tiles.Tile {
	if r.Method != http.MethodGet && r.Method != http.MethodHead || r.URL.RawPath != "" || len(r.URL.RawQuery) > maxQuery || !plain(r.URL.RawQuery) {
		return nil
	}
	path, ok := strings.CutPrefix(r.URL.Path, "/tiles/")
	if !ok || r.Header["Cookie"] != nil || presentedKey(r) != "" || r.Header["Authorization"] != nil {
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
