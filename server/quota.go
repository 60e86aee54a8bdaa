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

// classOf answers the class of a path.
func classOf(path string) string {
	switch {
	case strings.HasPrefix(path, "/tiles/"):
		return access.TileClass
	case path == "/v1/geocode", path == batchPath, path == "/v1/reverse", path == parcelsPath, strings.HasPrefix(path, parcelsPath+"/"):
		return access.SearchClass
	case strings.HasPrefix(path, postalPath+"/"), strings.HasPrefix(path, facadePath+"/"):
		return postalClass(path)
	case path == uploadsPath, strings.HasPrefix(path, uploadsPath+"/"):
		return access.UploadClass
	}
	return access.DataClass
}

// postalClass answers the class of an inquiry about postal codes.
func postalClass(path string) string {
	switch name := path[strings.LastIndexByte(path, '/')+1:]; {
	case name == "validate", name == "ValidatePostCode":
		return access.InquiryA
	case name == "at":
		return access.InquiryC
	case name == "building", name == "GetBuildingUnits", name == "changes", strings.Contains(path, "/certificate"):
		return access.InquiryD
	}
	return access.InquiryB
}

// counted reports whether the path counts for the public: what is made for the asker, not files and pages that are there anyway. Signing in has its own waits.
func counted(path string) bool {
	return strings.HasPrefix(path, "/tiles/") || strings.HasPrefix(path, "/styles/") || strings.HasPrefix(path, "/v1/")
}

// quota counts what keys and the public ask for, and turns away what is too much. People who signed in are bounded by the gates only. The header fields are
// those of draft-ietf-httpapi-ratelimit-headers-07; tiles of the public go without, because caches keep them for others.
func (s *server) quota(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		subject := access.SubjectFrom(r.Context())
		var class access.Class
		var a access.Allowance
		var err error
		silent := false
		switch {
		case subject.KeyID != 0:
			class = access.ClassOf(access.KeyClasses(), classOf(r.URL.Path))
			a, err = s.quotas.Take(r.Context(), subject.KeyID, class)
		case subject.Public() && sessionOf(r.Context()) == nil && counted(r.URL.Path):
			class = s.PublicQuotas.Class(classOf(r.URL.Path))
			silent = class.Name == access.TileClass
			a, err = s.PublicQuotas.Take(s.remote(r), classOf(r.URL.Path))
		}
		if a.Limit > 0 && (!silent || err != nil) {
			h := w.Header()
			h.Set("RateLimit-Limit", strconv.Itoa(a.Limit))
			h.Set("RateLimit-Remaining", strconv.Itoa(a.Remaining))
			h.Set("RateLimit-Reset", wholeSeconds(a.Reset))
			h.Set("RateLimit-Policy", policy(class))
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

// policy writes a class in the form of RateLimit-Policy.
func policy(c access.Class) string {
	text := fmt.Sprintf("%d;w=%d", c.Burst, int(math.Ceil(float64(c.Burst)/c.PerSecond)))
	if c.PerDay > 0 {
		text += fmt.Sprintf(", %d;w=86400", c.PerDay)
	}
	return text
}

// wholeSeconds rounds up: who comes a moment early is turned away again.
func wholeSeconds(d time.Duration) string {
	return strconv.Itoa(int(math.Ceil(d.Seconds())))
}
