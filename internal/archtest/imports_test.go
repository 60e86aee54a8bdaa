package archtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "nsdi"

// rule says what a package, and every package below it, may import of this
// module. "geo" allows geo and what is below it. A package may always import what
// the same rule covers.
type rule struct {
	pkg string
	may []string
	// not are imports from outside the module that break the package's promise.
	not []string
}

// rules are matched by the longest prefix.
func rules() []rule {
	// Every domain package may use these.
	domain := func(also ...string) []string {
		return append([]string{"geo", "internal/errs", "internal/pg", "internal/ogr", "internal/together", "internal/paper"}, also...)
	}
	return []rule{
		{pkg: "cmd/nsdi", may: []string{
			"server", "layers", "cadastre", "gnaf", "tiles", "progress", "access", "geo",
			"internal", "migrations", "web",
		}},
		{pkg: "server", may: domain("internal/mail", "layers", "cadastre", "gnaf", "tiles", "progress", "access", "web"), not: []string{"os/exec"}},
		{pkg: "layers", may: domain("gnaf/persian")},
		{pkg: "cadastre", may: domain("layers")},
		{pkg: "gnaf", may: domain("layers")},
		// Pure text, without SQL or HTTP: the one normaliser of Persian that everyone shares.
		{pkg: "gnaf/persian", not: []string{"net/http", "database/sql", "github.com/jackc/pgx/v5"}},
		{pkg: "tiles", may: domain("gnaf/persian")},
		// Geometry in, bytes out.
		{pkg: "tiles/mvt", not: []string{"net/http", "database/sql", "github.com/jackc/pgx/v5"}},
		{pkg: "tiles/archive", may: []string{"tiles/pmtiles"}, not: []string{"net/http", "database/sql", "github.com/jackc/pgx/v5"}},
		{pkg: "tiles/pmtiles", not: []string{"net/http", "database/sql", "github.com/jackc/pgx/v5"}},
		{pkg: "progress", may: domain()},
		{pkg: "access", may: domain()},
		{pkg: "geo", not: []string{"net/http", "database/sql", "github.com/jackc/pgx/v5"}},
		{pkg: "bench", may: domain("server", "layers", "cadastre", "gnaf", "tiles", "progress", "access", "internal")},
		// What geocoders are asked must not come from the engine's own lists.
		{pkg: "bench/geocoding/country"},
		{pkg: "bench/geocoding/noise", may: []string{"bench/geocoding/country"}},
		{pkg: "internal/errs"},
		{pkg: "internal/together"},
		{pkg: "internal/paper", may: []string{"internal/errs"}, not: []string{"net/http", "database/sql", "github.com/jackc/pgx/v5"}},
		{pkg: "internal/mail", may: []string{"internal/errs"}, not: []string{"net/http", "database/sql", "github.com/jackc/pgx/v5"}},
		{pkg: "internal/printer", may: []string{"internal/errs"}, not: []string{"net/http", "database/sql", "github.com/jackc/pgx/v5"}},
		{pkg: "internal/ogr", may: []string{"geo", "internal/errs"}, not: []string{"github.com/jackc/pgx/v5"}},
		{pkg: "internal/sample", may: []string{"geo", "internal/errs", "internal/ogr"}, not: []string{"github.com/jackc/pgx/v5"}},
		{pkg: "internal/pg", may: []string{"internal/errs", "migrations"}},
		{pkg: "internal/cluster", may: []string{"internal/errs", "internal/pg"}},
		// Tests of layers use pgtest, so the catalogue that it loads must not know layers.
		{pkg: "layers/catalogue", may: []string{"internal/errs", "internal/pg"}},
		{pkg: "internal/pgtest", may: []string{"internal/errs", "internal/pg", "layers/catalogue", "migrations"}},
		{pkg: "internal/pgtest/withcluster", may: []string{"internal/cluster", "internal/errs", "internal/pgtest"}},
		{pkg: "internal/fixture", may: []string{"internal/ogr"}},
		{pkg: "internal/mvtcheck"},
		{pkg: "internal/identityprovider"},
		{pkg: "internal/archtest"},
		{pkg: "migrations"},
		{pkg: "web"},
	}
}

// testHelpers may be imported by any package's tests, and by nothing else.
func testHelpers() []string {
	return []string{"internal/pgtest", "internal/fixture", "internal/mvtcheck", "internal/mail/loopback"}
}

// listed is what `go list -json` says of a package.
type listed struct {
	ImportPath   string
	Imports      []string
	TestImports  []string
	XTestImports []string
}

func TestImportsGoOneWay(t *testing.T) {
	t.Parallel()
	packages := list(t)
	if len(packages) < 5 {
		t.Fatalf("only %d packages found", len(packages))
	}
	for _, p := range packages {
		for _, complaint := range check(rules(), p) {
			t.Error(complaint)
		}
	}
}

// The test itself must be able to fail.
func TestCheckSeesWrongImports(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		p    listed
		want string
	}{
		{"allowed", listed{ImportPath: "nsdi/gnaf/index", Imports: []string{"nsdi/layers/reading", "nsdi/gnaf", "strings"}}, ""},
		{"leaf to its parent", listed{ImportPath: "nsdi/gnaf/persian", Imports: []string{"nsdi/gnaf"}}, "nsdi/gnaf/persian imports nsdi/gnaf"},
		{"domain to domain", listed{ImportPath: "nsdi/tiles", Imports: []string{"nsdi/gnaf"}}, "nsdi/tiles imports nsdi/gnaf"},
		{"back up", listed{ImportPath: "nsdi/layers/x", Imports: []string{"nsdi/server"}}, "nsdi/layers/x imports nsdi/server"},
		{"layers to cadastre", listed{ImportPath: "nsdi/layers", Imports: []string{"nsdi/cadastre"}}, "nsdi/layers imports nsdi/cadastre"},
		{"like a prefix", listed{ImportPath: "nsdi/tiles", Imports: []string{"nsdi/geology"}}, "nsdi/tiles imports nsdi/geology"},
		{"promise", listed{ImportPath: "nsdi/geo", Imports: []string{"net/http"}}, "nsdi/geo imports net/http"},
		{"promise, below", listed{ImportPath: "nsdi/geo/x", Imports: []string{"github.com/jackc/pgx/v5"}}, "nsdi/geo/x imports github.com/jackc/pgx/v5"},
		{"helper in a test", listed{ImportPath: "nsdi/tiles", XTestImports: []string{"nsdi/internal/pgtest"}}, ""},
		{"helper in the program", listed{ImportPath: "nsdi/tiles", Imports: []string{"nsdi/internal/pgtest"}}, "nsdi/tiles imports nsdi/internal/pgtest"},
		{"test of another domain", listed{ImportPath: "nsdi/tiles", TestImports: []string{"nsdi/gnaf"}}, "nsdi/tiles imports nsdi/gnaf"},
		{"new package", listed{ImportPath: "nsdi/utils"}, "nsdi/utils is in no rule"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got := strings.Join(check(rules(), tc.p), "; ")
			if tc.want == "" && got != "" || !strings.Contains(got, tc.want) {
				t.Errorf("complaint %q, want %q", got, tc.want)
			}
		})
	}
}

func check(rules []rule, p listed) []string {
	own, ok := find(rules, p.ImportPath)
	if !ok {
		return []string{p.ImportPath + " is in no rule of internal/archtest: say there what it may import"}
	}
	var out []string
	complain := func(imported string) {
		out = append(out, p.ImportPath+" imports "+imported+", which design.md section 4 does not allow")
	}
	for _, imported := range p.Imports {
		if !own.allows(imported, nil) {
			complain(imported)
		}
	}
	for _, imported := range slices.Concat(p.TestImports, p.XTestImports) {
		// A test may reach for what its package must not, such as an HTTP client.
		if isOwn(imported) && !own.allows(imported, testHelpers()) {
			complain(imported)
		}
	}
	return out
}

func find(rules []rule, path string) (rule, bool) {
	var best rule
	for _, r := range rules {
		if under(path, module+"/"+r.pkg) && len(r.pkg) > len(best.pkg) {
			best = r
		}
	}
	return best, best.pkg != ""
}

func (r rule) allows(imported string, also []string) bool {
	if !isOwn(imported) {
		return !slices.ContainsFunc(r.not, func(banned string) bool { return under(imported, banned) })
	}
	return slices.ContainsFunc(slices.Concat([]string{r.pkg}, r.may, also), func(allowed string) bool {
		return under(imported, module+"/"+allowed)
	})
}

func isOwn(path string) bool { return under(path, module) }

// under reports whether path is parent or below it.
func under(path, parent string) bool {
	return path == parent || strings.HasPrefix(path, parent+"/")
}

func list(t *testing.T) []listed {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Imports,TestImports,XTestImports", module+"/...")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, stderr.String())
	}
	var packages []listed
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return packages
		} else if err != nil {
			t.Fatal(err)
		}
		packages = append(packages, p)
	}
}
