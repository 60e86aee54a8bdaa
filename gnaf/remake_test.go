package gnaf_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nsdi/gnaf"
	"nsdi/gnaf/persian"
	"nsdi/internal/pgtest"
)

// Keys of an older version are made again, once: those of units, addresses and ways; a way that nothing has any more goes.
func TestRemakeKeys(t *testing.T) {
	t.Parallel()
	pool := publishTown(t)
	state := func() (s struct {
		Ways, Addresses, Names, Unit string
		Version                      int
	},
	) {
		require.NoError(t, pool.QueryRow(t.Context(), `
			select (select string_agg(street_key || '/' || city_key || '/' || array_to_string(tokens, '+'), ', ' order by street_key, city_key) from gnaf.way),
			  (select string_agg(way_id::text, ', ' order by key) from gnaf.address),
			  (select string_agg(name || '/' || city_key || '/' || (way_id = gnaf.way_id(case key when 'w' then 'خیابان کاج' else 'بزرگراه چمران' end, 'تهران')) || '/' || coalesce((of_id = gnaf.way_id('پارک وی', 'تهران'))::text, '-'), ', ' order by key) from gnaf.name),
			  (select name_key from layers.admin_unit where code = 'IR-21'),
			  (select version from gnaf.text_version)`).Scan(&s.Ways, &s.Addresses, &s.Names, &s.Unit, &s.Version))
		return s
	}
	_, err := pool.Exec(t.Context(), `
		insert into gnaf.name (theme, dataset_id, version_id, key, hash, city, name, way_id, city_key, of_id, attributes, valid_from)
		values ('gnaf-way', 1, 1, 'w', '', 'تهران', 'خ. کاج', gnaf.way_id('خ کاج', 'تهران'), 'تهران', null, '{}', now()),
		  ('gnaf-way-alias', 1, 1, 'a', '', 'تهران', 'اتوبان چمران', gnaf.way_id('اتوبان چمران', 'تهران'), 'تهران', gnaf.way_id('پارک وی', 'تهران'), '{"way": "پارک‌وی"}', now())`)
	require.NoError(t, err)
	_, err = pool.Exec(t.Context(), `update gnaf.text_version set version = 1`) // a database that is made anew has the keys of today
	require.NoError(t, err)
	said, err := gnaf.RemakeKeys(t.Context(), pool)
	require.NoError(t, err)
	assert.Contains(t, said.EN, "administrative units changed: 0, addresses: 0, names of ways: 2")
	want := state()
	assert.Equal(t, "اتوبان چمران/تهران/true/true, خ. کاج/تهران/true/-", want.Names)
	assert.Equal(t, persian.Version, want.Version)

	said, err = gnaf.RemakeKeys(t.Context(), pool)
	require.NoError(t, err)
	assert.True(t, said.IsZero(), "the keys are right: %v", said)

	for _, sql := range []string{
		`update gnaf.text_version set version = 1`,
		`update gnaf.address set way_id = way_id + 1`,
		`update gnaf.way set id = id + 1, street_key = street_key || ' old', tokens = tokens || '{old}'`,
		`update layers.admin_unit set name_key = 'old' where code = 'IR-21'`,
	} {
		_, err := pool.Exec(t.Context(), sql)
		require.NoError(t, err)
	}
	_, err = pool.Exec(t.Context(), `update gnaf.name set of_id = of_id + 1, way_id = way_id + 1, city_key = 'old'`)
	require.NoError(t, err)
	require.NotEqual(t, want, state())
	said, err = gnaf.RemakeKeys(t.Context(), pool)
	require.NoError(t, err)
	assert.Equal(t, want, state())
	assert.Contains(t, said.EN, "from version 1 to 2")
	assert.Contains(t, said.EN, "administrative units changed: 1,")
	version, err := gnaf.KeyVersion(t.Context(), pgtest.Application(t, pool, ""))
	require.NoError(t, err)
	assert.Equal(t, persian.Version, version)
}
