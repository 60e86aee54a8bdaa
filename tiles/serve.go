package tiles

import (
	"bytes"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/klauspost/compress/gzip"
)

// MediaType is what a vector tile is served as.
const MediaType = "application/vnd.mapbox-vector-tile"

// ServeHTTP answers the tile to a GET or HEAD: compressed where the client takes it, and with nothing but its ETag where
// the client has it. The two forms are different bytes and so have different strong ETags. Whoever asks for the version that TileJSON names may keep the tile for good; who
// asks for none, or for one that is gone, gets the newest and has to ask again each time.
func (t *Tile) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", MediaType)
	h.Set("Cache-Control", "public, max-age=0, must-revalidate")
	if r.URL.Query().Get("v") == t.version && t.version != "" {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	h.Add("Vary", "Accept-Encoding")
	packed := t.size > 0 && acceptsGzip(r.Header.Values("Accept-Encoding"))
	etag := `"` + t.hash + `"`
	if packed {
		etag = `"` + t.hash + `-gzip"`
	}
	h.Set("ETag", etag)
	if t.matches(r.Header.Values("If-None-Match")) {
		h.Del("Content-Type")
		w.WriteHeader(http.StatusNotModified)
		return
	}
	body := t.gzipped
	if packed {
		h.Set("Content-Encoding", "gzip")
		h.Set("Content-Length", strconv.Itoa(len(body)))
	} else {
		h.Set("Content-Length", strconv.Itoa(t.size))
	}
	if r.Method == http.MethodHead {
		return
	}
	if packed {
		_, _ = w.Write(body) // the client went away: nobody is left to tell
		return
	}
	if z, err := gzip.NewReader(bytes.NewReader(body)); err == nil {
		_, _ = io.Copy(w, z)
	}
}

// matches reports whether the client's copy is this content, in either form: the comparison of If-None-Match is weak.
func (t *Tile) matches(values []string) bool {
	for _, tag := range strings.Split(strings.Join(values, ","), ",") {
		switch strings.TrimPrefix(strings.TrimSpace(tag), "W/") {
		case "*", `"` + t.hash + `"`, `"` + t.hash + `-gzip"`:
			return true
		}
	}
	return false
}

// acceptsGzip reads Accept-Encoding: gzip or * with a weight above zero; the name wins over the star.
func acceptsGzip(values []string) bool {
	star, named, isNamed := false, false, false
	for _, item := range strings.Split(strings.Join(values, ","), ",") {
		name, params, _ := strings.Cut(item, ";")
		weight := 1.0
		if q, ok := strings.CutPrefix(strings.ReplaceAll(strings.ToLower(params), " ", ""), "q="); ok {
			var err error
			if weight, err = strconv.ParseFloat(q, 64); err != nil {
				weight = 0
			}
		}
		switch strings.ToLower(strings.TrimSpace(name)) {
		case "gzip", "x-gzip":
			isNamed, named = true, weight > 0
		case "*":
			star = weight > 0
		}
	}
	if isNamed {
		return named
	}
	return star
}
