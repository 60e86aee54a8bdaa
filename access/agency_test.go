package access_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"nsdi/access"
	"nsdi/internal/errs"
	"nsdi/internal/pgtest"
)

func TestEnsureAgencyRefuses(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	good := access.Agency{Code: "municipality-sari", Kind: "municipality", NameFA: "شهرداری ساری", NameEN: "Sari"}
	require.NoError(t, access.EnsureAgency(t.Context(), pool, good))
	for _, change := range []func(*access.Agency){
		func(a *access.Agency) { a.Code = "Sari City" }, func(a *access.Agency) { a.Code = "x" }, func(a *access.Agency) { a.NameFA = " " }, func(a *access.Agency) { a.NameEN = "" },
	} {
		bad := good
		change(&bad)
		require.Equal(t, "agency-invalid", errs.Code(access.EnsureAgency(t.Context(), pool, bad)))
	}
	good.Territories = []string{"IR-99"}
	require.Equal(t, "territory-unknown", errs.Code(access.EnsureAgency(t.Context(), pool, good)))
}
