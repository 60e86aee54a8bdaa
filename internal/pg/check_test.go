package pg

import (
	"strings"
	"testing"

	"nsdi/internal/errs"
)

// fit is a server on which nothing is wrong.
func fit() facts {
	return facts{
		versionNum: 150018, version: "15.18", encoding: "UTF8", ctype: "C.UTF-8", lettersKnown: true,
		database: "nsdi", user: "nsdi", mayCreate: true,
		postgisInstalled: "3.3.2", postgisSchema: "public", postgisAvailable: "3.3.2",
	}
}

func TestJudgeNamesWhatIsMissingAndTheNextStep(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		change func(*facts)
		detail string // "" for a server that is fit
		next   string
	}{
		{"fit", func(*facts) {}, "", ""},
		{"newest", func(f *facts) { f.versionNum, f.version = 170002, "17.2" }, "", ""},
		{"superuser creates PostGIS", func(f *facts) { f.postgisInstalled, f.postgisSchema, f.superuser = "", "", true }, "", ""},
		{"PostGIS with a later minor", func(f *facts) { f.postgisInstalled = "3.10.0" }, "", ""},
		{"old server", func(f *facts) { f.versionNum, f.version = 140011, "14.11" }, "PostgreSQL is version 14.11", "version 15 to 17"},
		{"too new a server", func(f *facts) { f.versionNum, f.version = 180000, "18.0" }, "PostgreSQL is version 18.0", "version 15 to 17"},
		{"encoding", func(f *facts) { f.encoding, f.lettersKnown = "LATIN1", false }, "encoding is LATIN1", `create database "nsdi"`},
		{"locale C", func(f *facts) { f.ctype, f.lettersKnown = "C", false }, "LC_CTYPE=C Persian", "lc_ctype 'C.UTF-8'"},
		{"no create", func(f *facts) { f.mayCreate = false }, "may not create schemas", `grant create on database "nsdi" to "nsdi"`},
		{"no PostGIS on the server", func(f *facts) { f.postgisInstalled, f.postgisAvailable = "", "" }, "PostGIS is not installed on this server", "postgresql-15-postgis-3"},
		{"old PostGIS", func(f *facts) { f.postgisInstalled = "3.2.9" }, "PostGIS is version 3.2.9", "alter extension postgis update"},
		{"may not create PostGIS", func(f *facts) { f.postgisInstalled, f.postgisSchema = "", "" }, "PostGIS is not created in database nsdi", "create extension postgis with schema public"},
		{"PostGIS elsewhere", func(f *facts) { f.postgisSchema = "gis" }, "PostGIS is in schema gis", "create extension postgis"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			f := fit()
			tc.change(&f)
			err := f.judge()
			if tc.detail == "" {
				if err != nil {
					t.Fatalf("refused: %v", err)
				}
				return
			}
			e, ok := errs.As(err)
			if !ok || e.Code != "database-unfit" || e.Status != 503 {
				t.Fatalf("error %v", err)
			}
			if !strings.Contains(e.Detail.EN, tc.detail) || !strings.Contains(e.Next.EN, tc.next) {
				t.Errorf("detail %q, next step %q; want %q and %q in them", e.Detail.EN, e.Next.EN, tc.detail, tc.next)
			}
			if e.Detail.FA == "" || e.Next.FA == "" {
				t.Error("the Persian text is missing")
			}
		})
	}
}

func TestJudgeTellsEverythingAtOnce(t *testing.T) {
	t.Parallel()
	f := fit()
	f.versionNum, f.version, f.mayCreate, f.postgisInstalled, f.postgisAvailable = 130000, "13.0", false, "", ""
	e, ok := errs.As(f.judge())
	if !ok {
		t.Fatal("not refused")
	}
	for _, want := range []string{"13.0", "may not create", "PostGIS is not installed"} {
		if !strings.Contains(e.Detail.EN, want) {
			t.Errorf("%q is missing in %q", want, e.Detail.EN)
		}
	}
}
