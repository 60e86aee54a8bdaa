package tiles

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
)

// MediaType is what a vector tile is served as.
const MediaType = "application/vnd.mapbox-vector-tile"

// The values of header fields are made once, and shared by all answers.
var (
	mediaType  = []string{MediaType}
	forGood    = []string{"public, max-age=31536000, immutable"}
	asking     = []string{"public, max-age=0, must-revalidate"}
	byEncoding = []string{"Accept-Encoding"}
	ofOne      = []string{"private, no-cache"}
	byCaller   = []string{"Accept-Encoding", "Authorization", "Cookie", "X-Api-Key"}
)

// ServeHTTP answers the tile to a GET or HEAD that names a version or none: compressed as the client takes it, and with nothing but its ETag where the client has it. Forms
// are different bytes and so have different strong ETags. Whoever asks for the version that TileJSON names may keep the tile for good; who asks for none, or for one that is
// gone, gets the newest and has to ask again each time, as everybody has for what is not for everybody.
func (t *Tile) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h["Content-Type"] = mediaType
	h["Vary"] = byEncoding
	switch {
	case t.restricted: // the permission is asked again each time
		h["Cache-Control"], h["Vary"] = ofOne, byCaller
	case t.stale:
		h["Cache-Control"] = asking
		h.Set("Warning", `110 - "Response is Stale"`)
	case t.version != "" && VersionOf(r) == t.version:
		h["Cache-Control"] = forGood
	default:
		h["Cache-Control"] = asking
	}
	c := identity
	if t.size > 0 {
		c = t.choose(r.Header["Accept-Encoding"])
	}
	if values := r.Header["If-None-Match"]; len(values) > 0 && t.matches(values) {
		h.Set("ETag", t.tag(c))
		h.Del("Content-Type")
		w.WriteHeader(http.StatusNotModified)
		return
	}
	f, err := t.form(c)
	if errors.Is(err, errLost) {
		f, err = t.form(t.choose(r.Header["Accept-Encoding"]))
	}
	if err != nil { // our own compressors cannot fail on our own bodies
		panic(err)
	}
	h["Etag"], h["Content-Length"] = f.etag, f.length
	if f.coding != nil {
		h["Content-Encoding"] = f.coding
	}
	if r.Method != http.MethodHead {
		t.send(w, f)
	}
}

// VersionOf is the version that a request names, as TileJSON writes it.
func VersionOf(r *http.Request) string {
	if v, only := strings.CutPrefix(r.URL.RawQuery, "v="); only && !strings.ContainsAny(v, "&%+;") {
		return v
	}
	return r.URL.Query().Get("v")
}

// matches reports whether the client's copy is this content, in any form: the comparison of If-None-Match is weak.
func (t *Tile) matches(values []string) bool {
	for _, tag := range strings.Split(strings.Join(values, ","), ",") {
		tag = strings.TrimPrefix(strings.TrimSpace(tag), "W/")
		if tag == "*" {
			return true
		}
		for c := range codings {
			if tag == t.tag(c) {
				return true
			}
		}
	}
	return false
}

// choose answers the form that the client likes best; of those that it likes equally what was packed by brotli beforehand, which is smallest, then one that is there already, or else
// zstd, which takes less time than gzip and is smaller.
func (t *Tile) choose(accepted []string) coding {
	weights := weigh(accepted)
	best := identity
	for _, c := range []coding{zstandard, gzipped} {
		switch {
		case weights[c] == 0 || weights[c] < weights[best]:
		case best == identity || weights[c] > weights[best] || t.made[best].Load() == nil && t.made[c].Load() != nil:
			best = c
		}
	}
	if t.rest != nil && !t.lost.Load() && weights[brotlied] > 0 && weights[brotlied] >= weights[best] {
		return brotlied
	}
	return best
}

// weigh reads Accept-Encoding: what the client gives each form, from 0 (not at all) to 1000. A name wins over the star; what is not named is not accepted, but for
// identity, which is the last resort unless it is refused by name. Where nothing is accepted it is identity all the same: a tile that cannot be read is no better than none.
func weigh(values []string) (weights [codings]int) {
	var named [codings]bool
	star, isStar := 0, false
	for _, item := range strings.Split(strings.Join(values, ","), ",") {
		name, params, _ := strings.Cut(item, ";")
		weight := 1000
		if q, ok := strings.CutPrefix(strings.ToLower(strings.ReplaceAll(params, " ", "")), "q="); ok {
			share, err := strconv.ParseFloat(q, 64)
			if err != nil || !(share >= 0 && share <= 1) {
				share = 0
			}
			weight = int(share * 1000)
		}
		c := codings
		switch strings.ToLower(strings.TrimSpace(name)) {
		case "*":
			star, isStar = weight, true
		case "identity":
			c = identity
		case "gzip", "x-gzip":
			c = gzipped
		case "zstd":
			c = zstandard
		case "br":
			c = brotlied
		}
		if c < codings {
			named[c], weights[c] = true, weight
		}
	}
	for c := range codings {
		if !named[c] && isStar {
			weights[c] = star
		}
	}
	if !named[identity] && !isStar {
		weights[identity] = 0 // whatever else is accepted comes first
	}
	return weights
}
