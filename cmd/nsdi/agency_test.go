package main

import (
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nsdi/internal/errs"
	"nsdi/internal/pgtest"
)

func TestAgencyCommands(t *testing.T) {
	t.Parallel()
	url := pgtest.New(t).Config().ConnString()
	nsdi := func(args ...string) (string, error) {
		var out strings.Builder
		err := run(t.Context(), append([]string{"--database-url", url}, args...), &out, io.Discard)
		return strings.TrimSpace(out.String()), err
	}
	must := func(args ...string) string {
		t.Helper()
		out, err := nsdi(args...)
		require.NoError(t, err)
		return out
	}
	must("agency", "add", "municipality-sari", "--kind", "municipality", "--name-fa", "شهرداری ساری", "--name-en", "Municipality of Sari", "--territory", "IR-02", "--parent", "interior")
	must("agency", "add", "surveyor", "--kind", "contractor", "--name-fa", "مشاور", "--name-en", "Surveyor")
	must("agency", "add", "mazandaran-committee", "--kind", "provincial-committee", "--name-fa", "کمیته استان", "--name-en", "Committee of Mazandaran", "--parent", "committee", "--territory", "IR-02")
	id := must("agency", "delegate", "municipality-sari", "surveyor", "--theme", "road", "--territory", "IR-02", "--until", "2999-03-21")
	list := must("agency", "list")
	assert.Contains(t, list, "delegation "+id+": municipality-sari → surveyor, road in IR-02 until 2999-03-20T20:30:00Z, in force")
	assert.Regexp(t, `municipality-sari +municipality .*\n +belongs to +interior\n +territory +IR-02\n +delivers +gnaf-address municipal-district neighbourhood road building`, list)
	assert.Regexp(t, `post +post .*\n +delivers +place gnaf-address gnaf-way gnaf-node gnaf-way-alias gnaf-locality-alias\n`, list)
	must("agency", "revoke", id)
	assert.Regexp(t, "delegation "+id+": .*, revoked ", must("agency", "list"))

	for code, args := range map[string][]string{
		"delegation-unknown": {"agency", "revoke", id},
		"period-past":        {"agency", "delegate", "municipality-sari", "surveyor", "--theme", "road", "--until", "2020-01-01"},
		"territory-outside":  {"agency", "delegate", "municipality-sari", "surveyor", "--theme", "road", "--territory", "IR-03", "--until", "2999-01-01"},
	} {
		_, err := nsdi(args...)
		assert.Equal(t, code, errs.Code(err))
	}
	_, err := nsdi("agency", "delegate", "municipality-sari", "surveyor", "--theme", "road", "--until", "soon")
	assert.ErrorContains(t, err, "--until")
}
