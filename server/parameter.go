package server

import (
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humachi"

	"nsdi/internal/errs"
)

// knownParameters refuses a parameter that the operation does not have, as OGC API does: a misspelt filter would otherwise be answered as if it had been kept. Tiles, pages and
// files are asked for with whatever a client adds.
func knownParameters(c huma.Context, next func(huma.Context)) {
	u := c.URL()
	if u.RawQuery == "" {
		next(c)
		return
	}
	var known []string
	for _, p := range c.Operation().Parameters {
		if p.In == "query" {
			known = append(known, p.Name)
		}
	}
	for name := range u.Query() {
		if !slices.Contains(known, name) {
			_, w := humachi.Unwrap(c)
			writeProblem(w, parameterUnknown(name, known))
			return
		}
	}
	next(c)
}

func parameterUnknown(name string, known []string) error {
	e := &errs.Error{
		Code: "parameter-unknown", Status: http.StatusBadRequest, Op: "server.knownParameters", Location: "query." + name, Value: name,
		Title:  errs.T("این پارامتر شناخته نیست", "The parameter is unknown"),
		Detail: errs.T("این نشانی پارامتری ندارد.", "The address has no parameters."),
		Next:   errs.T("پارامتر را بردارید.", "Leave it out."),
	}
	if len(known) > 0 {
		list := strings.Join(known, ", ")
		e.Detail = errs.Tf("این نشانی این پارامترها را دارد: \u2066%s\u2069.", "The address has these parameters: %s.", list)
		e.Next = errs.T("نام پارامتر را درست کنید یا آن را بردارید.", "Correct its name, or leave it out.")
	}
	return e
}
