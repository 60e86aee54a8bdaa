package server

import (
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"nsdi/access"
)

// The classes of requests, with what a key may ask. People and the public are bounded by the gates only: pages that are looked at ask in bursts, and behind one
// address there may be a whole town.
func tileClass() access.Class {
	return access.Class{Name: "tile", PerSecond: 50, Burst: 200, PerDay: 1_000_000}
}

func searchClass() access.Class {
	return access.Class{Name: "search", PerSecond: 20, Burst: 40, PerDay: 200_000}
}

func dataClass() access.Class {
	return access.Class{Name: "data", PerSecond: 5, Burst: 20, PerDay: 20_000}
}

// classOf answers the class of a path.
func classOf(path string) access.Class {
	switch {
	case strings.HasPrefix(path, "/tiles/"):
		return tileClass()
	case path == "/v1/geocode", path == "/v1/reverse":
		return searchClass()
	}
	return dataClass()
}

// quota counts what keys ask for, and turns away what is too much. The header fields are those of draft-ietf-httpapi-ratelimit-headers-07.
func (s *server) quota(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		key := access.SubjectFrom(r.Context()).KeyID
		if key == 0 {
			next.ServeHTTP(w, r)
			return
		}
		class := classOf(r.URL.Path)
		a, err := s.quotas.Take(r.Context(), key, class)
		if a.Limit > 0 {
			h := w.Header()
			h.Set("RateLimit-Limit", strconv.Itoa(a.Limit))
			h.Set("RateLimit-Remaining", strconv.Itoa(a.Remaining))
			h.Set("RateLimit-Reset", wholeSeconds(a.Reset))
			h.Set("RateLimit-Policy", fmt.Sprintf("%d;w=%d, %d;w=86400", class.Burst, int(math.Ceil(float64(class.Burst)/class.PerSecond)), class.PerDay))
		}
		if err != nil {
			if a.Retry > 0 {
				w.Header().Set("Retry-After", wholeSeconds(a.Retry))
			}
			s.fail(w, r, err)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// wholeSeconds rounds up: who comes a moment early is turned away again.
func wholeSeconds(d time.Duration) string {
	return strconv.Itoa(int(math.Ceil(d.Seconds())))
}
