package server_test

import (
	"context"
	"crypto/sha256"
	"encoding/csv"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"nsdi/access"
	"nsdi/gnaf"
	"nsdi/internal/fixture"
	"nsdi/layers"
	"nsdi/layers/reading"
	"nsdi/server"
)

// Certificates of more than a hundred codes are made in the background, by a process that may end and begin again; each is numbered and verified like any other.
func TestCertificatesInTheBackground(t *testing.T) {
	t.Parallel()
	var jobs *layers.Jobs
	q := newQuarter(t, func(d *server.Deps) {
		var err error
		jobs, err = layers.NewJobs(&layers.Importer{Pool: d.System, Reader: &reading.Reader{TempDir: t.TempDir()}, Now: time.Now, Dir: t.TempDir()}, nil, 1, slog.New(slog.DiscardHandler))
		require.NoError(t, err)
		d.Jobs = jobs
	})
	var street []fixture.Feature
	var codes []string
	for i := range 26 {
		code := fmt.Sprintf("13%03d%05d", 313+i%3, 61001+i*7)
		codes = append(codes, code)
		attributes := map[string]any{"city": "تهران", "province": "تهران", "street": "خیابان دراز", "number": i + 1, "postal_code": code}
		for name, value := range gnaf.Derive(attributes) {
			attributes[name] = value
		}
		street = append(street, fixture.Feature{Key: fmt.Sprint("s", i), WKT: fmt.Sprintf("POINT(51.6 %.5f)", 35.7+float64(i)/1e4), Attributes: attributes})
	}
	fixture.Publish(t, q.pool, "gnaf-address", "post", func(tx pgx.Tx) error { return gnaf.AfterPublish(t.Context(), tx) }, street...)
	// Enough to be made in the background; drawing is what costs, so that most are of codes which nobody has.
	asked := slices.Concat(codes, slices.Repeat([]string{"1311133799"}, 73), []string{"1", codes[0]})
	body := `"codes":["` + strings.Join(asked, `","`) + `"]`
	q.grant(t, access.PostalCertificate, "")
	path := "/v1/postal-codes/certificates"
	status, p := q.post2(t, path, fmt.Sprintf(`{"purpose":"p","request":"many",%s}`, body), q.firm...)
	require.Equal(t, 202, status, "%s %s", p, q.log)
	order := "/v1/postal-codes/certificate-orders/" + p["order"].(map[string]any)["id"].(string)
	v := q.json(t, order, q.firm...)
	require.Equal(t, []any{"waiting", 101.0, 0.0, nil}, []any{v["state"], v["total"], v["done"], v["file"]})
	status, again := q.post2(t, path, fmt.Sprintf(`{"purpose":"p","request":"many",%s}`, body), q.firm...)
	require.Equal(t, []any{202, p["order"]}, []any{status, again["order"]}, "asked again it is the same order")
	r, text := q.do(t, "GET", order+"/file", q.firm...)
	require.Equal(t, 409, r.StatusCode, "%s", text)
	require.NoError(t, access.EnsureAgency(t.Context(), q.pool, access.Agency{Code: "other", Kind: "consumer", NameFA: "دیگری", NameEN: "Other"}))
	for _, p := range []string{order, order + "/file", "/v1/postal-codes/certificate-orders/x", "/v1/postal-codes/certificate-orders/00"} {
		r, text = q.do(t, "GET", p, "x-api-key", q.key(t, "other", access.Inquirer))
		require.Equal(t, 404, r.StatusCode, "%s: %s", p, text)
	}

	// A process that was killed after some leaves the rest to the next, which gives nobody a second certificate. The first is held back when it would say that it has done fifty.
	holder, err := q.pool.Acquire(t.Context())
	require.NoError(t, err)
	defer holder.Release()
	for _, sql := range []string{
		`select pg_advisory_lock(1)`,
		`create function gnaf.hold() returns trigger language plpgsql as $$ begin perform pg_advisory_xact_lock(1); raise exception 'it was held'; end $$`,
		`create trigger hold before update on gnaf.certificate_order for each row when (new.done = 50) execute function gnaf.hold()`,
	} {
		_, err = holder.Exec(t.Context(), sql)
		require.NoError(t, err)
	}
	held := func() (is bool) {
		require.NoError(t, q.pool.QueryRow(t.Context(), `
			select exists (select from pg_locks where locktype = 'advisory' and not granted and database = (select oid from pg_database where datname = current_database()))`).Scan(&is))
		return is
	}
	work := func(until func() bool) {
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- jobs.Run(ctx) }()
		require.Eventually(t, until, 10*time.Minute, 20*time.Millisecond)
		cancel()
		<-ended
	}
	done := func() (n int) { // past the quota of questions
		require.NoError(t, q.pool.QueryRow(t.Context(), `select done from gnaf.certificate_order where finished_at is null union all select 1000`).Scan(&n))
		return n
	}
	work(held)
	for _, sql := range []string{`select pg_advisory_unlock(1)`, `drop trigger hold on gnaf.certificate_order`} {
		_, err = holder.Exec(t.Context(), sql)
		require.NoError(t, err)
	}
	require.Equal(t, 25, done(), "it was broken off")
	work(func() bool { return done() == 1000 })
	v = q.json(t, order, q.firm...)
	require.Equal(t, []any{"ready", 101.0, order + "/file"}, []any{v["state"], v["done"], v["file"]})
	r, zipped := q.do(t, "GET", v["file"].(string), q.firm...)
	require.Equal(t, 200, r.StatusCode)
	files := unzipped(t, zipped)
	require.Equal(t, 27, len(files), "26 certificates and the list: %s", files["list.csv"]) // with all files, Len has no message
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(files["list.csv"], "\ufeff"))).ReadAll()
	require.NoError(t, err)
	require.Len(t, rows, 102)
	numbers := map[string]bool{}
	for i, row := range rows[1:] {
		require.Equal(t, asked[i], row[0])
		want := map[string]string{"1311133799": "unknown", "1": "invalid"}[asked[i]]
		if want != "" {
			require.Equal(t, want, row[2])
			continue
		}
		require.Equal(t, "issued", row[2], asked[i])
		require.Equal(t, row[9], fmt.Sprintf("%x", sha256.Sum256([]byte(files[row[8]]))), "the file is the one that was signed")
		numbers[row[5]] = true
	}
	require.Len(t, numbers, 26, "the code that was asked twice has one")
	for _, row := range []int{1, 13, 26} {
		c := q.json(t, "/v1/verify/"+rows[row][5]+"?code="+rows[row][1])
		require.Equal(t, []any{"valid", true}, []any{c["state"], c["code_matches"]})
	}
	r, text = q.do(t, "GET", order, q.custodian...)
	require.Equal(t, 200, r.StatusCode, "the Post sees what is certified in its name: %s", text)

	// One that is revoked is in the list, and its file is not there any more.
	status, p = q.post2(t, path+"/"+rows[1][5]+"/revoke", `{"reason":"x"}`, q.firm...)
	require.Equal(t, 200, status, p)
	_, zipped = q.do(t, "GET", v["file"].(string), q.firm...)
	files = unzipped(t, zipped)
	require.Len(t, slices.Collect(maps.Keys(files)), 26)
	require.Contains(t, files["list.csv"], rows[1][1]+",revoked,,,"+rows[1][5])
	require.NotContains(t, files, rows[1][5]+".pdf")
}
