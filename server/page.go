package server

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"nsdi/internal/errs"
)

// postalPage is where people ask about postal codes.
const postalPage = "/postal-codes"

// administrationPage is where agencies, people and targets are kept.
const administrationPage = "/administration"

// pagePaths are the addresses of the pages beside the map. One document starts with the part of itself that the address names.
func pagePaths() []string {
	return []string{postalPage, "/parcels", progressPage, "/submissions", "/submissions/{tracking}", "/review", "/review/{tracking}", "/geocode", "/track", "/track/{id}", administrationPage}
}

// isPage answers whether a person who opens the address sees the page.
func isPage(path string) bool {
	return path == "/" || slices.ContainsFunc(pagePaths(), func(page string) bool {
		page, _, _ = strings.Cut(page, "/{")
		return path == page || strings.HasPrefix(path, page+"/")
	})
}

// page is the built web page, read once: an embedded file has no date, so its ETag comes from its content.
type page struct {
	files map[string]pageFile
}

type pageFile struct {
	body   []byte
	packed []byte // by brotli, where the build did so
	etag   string
	kind   string
}

func newPage(files fs.FS) *page {
	p := &page{files: map[string]pageFile{}}
	if files == nil {
		return p
	}
	_ = fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasPrefix(d.Name(), ".") {
			return nil // a file that cannot be read is answered as one that is not there
		}
		body, err := fs.ReadFile(files, name)
		if err != nil {
			return nil
		}
		sum := sha256.Sum256(body)
		// Weak, because the same tag goes with the file as it is and with its compressed form.
		p.files[name] = pageFile{body: body, etag: `W/"` + hex.EncodeToString(sum[:12]) + `"`, kind: contentType(name)}
		return nil
	})
	for name, f := range p.files {
		if whole, packed := strings.CutSuffix(name, ".br"); packed {
			delete(p.files, name)
			if of, there := p.files[whole]; there {
				of.packed = f.body
				p.files[whole] = of
			}
		}
	}
	return p
}

// contentType does not ask the machine's own table, which may lack or change a type.
func contentType(name string) string {
	switch path.Ext(name) {
	case ".html":
		return "text/html; charset=utf-8"
	case ".js", ".mjs":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".woff2":
		return "font/woff2"
	case ".json", ".map":
		return "application/json"
	case ".webmanifest":
		return "application/manifest+json"
	case ".txt":
		return "text/plain; charset=utf-8"
	case ".png":
		return "image/png"
	case ".ico":
		return "image/x-icon"
	}
	if kind := mime.TypeByExtension(path.Ext(name)); kind != "" {
		return kind
	}
	return "application/octet-stream"
}

// index answers a page: the document that names the code of the part it starts with, or the one that finds it out.
func (p *page) index(w http.ResponseWriter, r *http.Request) {
	name, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	f, ok := p.files["pages/"+name+".html"]
	if !ok {
		f, ok = p.files["index.html"]
	}
	if !ok {
		writeProblem(w, &errs.Error{
			Code: "page-not-built", Status: http.StatusServiceUnavailable, Op: "server.page",
			Title:  errs.T("صفحه وب ساخته نشده است", "The web page has not been built"),
			Detail: errs.T("این برنامه بدون صفحه ساخته شده است؛ خدمات دیگر کار می‌کند.", "This program was built without its page; the other services work."),
			Next:   errs.T("make run یا make build را اجرا کنید.", "Run make run or make build."),
		})
		return
	}
	f.serve(w, r, "no-cache")
}

// rootFiles lists what lies beside index.html.
func (p *page) rootFiles() []string {
	var names []string
	for name := range p.files {
		if !strings.Contains(name, "/") && name != "index.html" {
			names = append(names, name)
		}
	}
	return names
}

// asset answers GET /assets/*, whose names change with their content, and the files at the root, whose names do not.
func (s *server) asset(p *page) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		name := strings.TrimPrefix(r.URL.Path, "/")
		f, ok := p.files[name]
		if !ok {
			s.notFound(w, r)
			return
		}
		if strings.HasPrefix(name, "assets/") {
			f.serve(w, r, "public, max-age=31536000, immutable")
			return
		}
		f.serve(w, r, "no-cache")
	}
}

func (f pageFile) serve(w http.ResponseWriter, r *http.Request, caching string) {
	body := f.body
	if f.packed != nil && r.Header.Get("Range") == "" && takesBrotli(r.Header.Get("Accept-Encoding")) {
		body = f.packed
		w.Header().Set("Content-Encoding", "br")
		w.Header().Set("Content-Length", strconv.Itoa(len(body))) // which ServeContent leaves out of what is packed
	}
	w.Header().Set("Content-Type", f.kind)
	w.Header().Set("ETag", f.etag)
	w.Header().Set("Cache-Control", caching)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
}

// takesBrotli reads Accept-Encoding: br, and not with a weight of nothing.
func takesBrotli(accept string) bool {
	for part := range strings.SplitSeq(accept, ",") {
		name, weight, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.EqualFold(strings.TrimSpace(name), "br") {
			q := strings.TrimPrefix(strings.ReplaceAll(weight, " ", ""), "q=")
			return strings.Trim(q, "0.") != "" || q == ""
		}
	}
	return false
}
