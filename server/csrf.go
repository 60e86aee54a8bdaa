package server

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"nsdi/internal/errs"
)

// protect refuses requests that change something and that another site had the browser send. net/http decides by Sec-Fetch-Site, and by Origin where a browser
// is too old for that. It lets a request pass that has neither, as programs send it; a browser that sends neither (before 2020) would pass too. So such
// a request is refused when it comes with a cookie, or from a form: there is no gap left that a token in each form would close, and none to leak or to expire.
// A request with an API key needs no protection: no browser adds the key by itself, and identify then looks at no cookie.
func (s *server) protect() func(http.Handler) http.Handler {
	origins := http.NewCrossOriginProtection()
	if u, err := url.Parse(s.PublicURL); err == nil && u.Host != "" {
		_ = origins.AddTrustedOrigin(u.Scheme + "://" + u.Host) // of the right form by how it is made
	}
	refuse := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.fail(w, r, &errs.Error{
			Code: "cross-origin-refused", Status: http.StatusForbidden, Op: "server.protect",
			Title:  errs.T("درخواست از جای دیگری آمده است", "The request comes from elsewhere"),
			Detail: errs.T("مرورگر نمی‌گوید که این درخواست از صفحه همین سامانه است.", "The browser does not say that this request comes from a page of this system."),
			Next:   errs.T("صفحه را از همین سامانه باز کنید و دوباره بفرستید؛ برنامه‌ها کلید API به کار ببرند.", "Open the page on this system and send it again; programs use an API key."),
		})
	})
	origins.SetDenyHandler(refuse)
	return func(next http.Handler) http.Handler {
		checked := origins.Handler(next)
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			switch {
			case r.Method == http.MethodGet || r.Method == http.MethodHead || r.Method == http.MethodOptions, presentedKey(r) != "":
				next.ServeHTTP(w, r)
			case r.Header.Get("Sec-Fetch-Site") == "" && r.Header.Get("Origin") == "" && (s.hasCookie(r) || isForm(r.URL.Path)):
				refuse(w, r)
			default:
				checked.ServeHTTP(w, r)
			}
		})
	}
}

func (s *server) hasCookie(r *http.Request) bool {
	return s.cookie(r, sessionCookie) != ""
}

func isForm(path string) bool {
	return slices.Contains([]string{signInPath, signOutPath, passwordPath}, path) || strings.HasPrefix(path, servicesPath+"/")
}
