package server_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"nsdi/internal/fixture"
)

func TestExtract(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	path := fmt.Sprintf("/v1/parcels/%d/extract.pdf?purpose=permit&request=", e.id(t, "p1"))
	r, body := e.do(t, "GET", path+"x-1")
	require.Equal(t, 200, r.StatusCode, "%s %s", body, e.log)
	require.Equal(t, "application/pdf", r.Header.Get("Content-Type"))
	require.True(t, bytes.HasPrefix(body, []byte("%PDF-1.7")))
	number := strings.TrimSuffix(strings.TrimPrefix(r.Header.Get("Content-Disposition"), `inline; filename="`), `.pdf"`)

	v := e.json(t, "/v1/verify/"+strings.ToLower(number))
	require.Equal(t, []any{number, true, fmt.Sprintf("%x", sha256.Sum256(body))}, []any{v["number"], v["current"], v["sha256"]})
	p := v["parcel"].(map[string]any)
	require.Equal(t, "\u2066sub 1617 of main 72\u2069", p["plate"].(map[string]any)["en"])
	require.NotContains(t, fmt.Sprint(v), "98/123")
	require.Equal(t, "issued", e.json(t, "/v1/track/"+number)["state"])

	// The same inquiry is the same extract, whatever was published since; another one is another, and what is shown by the first is told to be past.
	fixture.Publish(t, e.pool, "cadastre-urban", "registry", nil,
		fixture.Feature{Key: "p1", WKT: "POLYGON((51.5 35.5,51.501 35.5,51.501 35.501,51.5 35.501,51.5 35.5))", Attributes: map[string]any{"section": "بخش ۳", "main_plate": 72, "sub_plate": 1617, "land_use": "مسکونی"}})
	_, err := e.pool.Exec(t.Context(), `insert into cadastre.parcel_history select p.*, now(), p.version_id from cadastre.parcel p where parcel_id = 'p1'`)
	require.NoError(t, err)
	_, err = e.pool.Exec(t.Context(), `update cadastre.parcel_history set version_id = (select min(v.id) from layers.version v where v.dataset_id = parcel_history.dataset_id)`)
	require.NoError(t, err)
	r, again := e.do(t, "GET", path+"x-1")
	require.Equal(t, 200, r.StatusCode, "%s", again)
	require.Equal(t, body, again, "to the byte")
	require.Equal(t, false, e.json(t, "/v1/verify/"+number)["current"])
	r, other := e.do(t, "GET", path+"x-2")
	require.Equal(t, 200, r.StatusCode)
	require.NotContains(t, r.Header.Get("Content-Disposition"), number)
	require.NotEqual(t, body, other)

	// The code on each holds a signature, which is of that extract alone.
	signed := func(number string) (jws string) {
		require.NoError(t, e.pool.QueryRow(t.Context(), `select signed from cadastre.extract where number = $1`, number).Scan(&jws))
		return jws
	}
	require.Nil(t, v["signature_valid"])
	require.Equal(t, true, e.json(t, "/v1/verify/"+number+"?signed="+signed(number))["signature_valid"])
	second := strings.TrimSuffix(strings.TrimPrefix(r.Header.Get("Content-Disposition"), `inline; filename="`), `.pdf"`)
	for _, wrong := range []string{signed(second), "x", "a.b.c", strings.Replace(signed(number), ".", ".A", 1)} {
		require.Equal(t, false, e.json(t, "/v1/verify/"+number+"?signed="+wrong)["signature_valid"], wrong)
	}

	// Asked several times at once under one identifier it is one.
	var g errgroup.Group
	numbers := make([]string, 4)
	for i := range numbers {
		g.Go(func() error {
			r, _ := e.do(t, "GET", path+"x-3")
			numbers[i] = r.Header.Get("Content-Disposition")
			return nil
		})
	}
	require.NoError(t, g.Wait())
	for _, n := range numbers {
		require.Equal(t, numbers[0], n)
		require.NotEmpty(t, n)
	}

	for address, code := range map[string]string{
		"/v1/verify/NSDI-1405-AAAA-AAAA-A": "extract-unknown", "/v1/verify/x": "extract-unknown", "/v1/parcels/999999999/extract.pdf?purpose=p&request=y": "parcel-unknown",
		"/v1/parcels/x/extract.pdf?purpose=p&request=y": "request-invalid", path + "a%20b": "inquiry-incomplete", strings.Replace(path, "permit", "", 1) + "z": "inquiry-incomplete",
	} {
		r, body := e.do(t, "GET", address)
		var v map[string]any
		require.NoError(t, json.Unmarshal(body, &v), "%s: %s", address, body)
		require.Equal(t, code, v["code"], address)
		require.NotEmpty(t, v["next_step_fa"])
		require.Contains(t, []int{404, 422}, r.StatusCode)
	}
}
