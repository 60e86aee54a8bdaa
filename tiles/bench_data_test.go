package tiles

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"nsdi/internal/fixture"
	"nsdi/internal/pgtest"
)

// country is a database with what the generator of the shared bench folder makes, a million points and 300,000 parcels, as the tables addresses and parcels of the schema access.
func country(b *testing.B) *pgxpool.Pool {
	generator, err := os.ReadFile(filepath.Join("..", "..", "shared", "bench", "tiles", "01_generate.sql"))
	if err != nil {
		b.Skip("needs the shared bench folder beside the checkout, which is not there")
	}
	pool := pgtest.New(b)
	plain := regexp.MustCompile(`(?m)^\\.*$`).ReplaceAllString(regexp.MustCompile(`(?s)create table parcels4326.*`).ReplaceAllString(string(generator), ""), "")
	_, err = pool.Exec(b.Context(), "set search_path = access, public;\n"+plain+";\nreset search_path", pgx.QueryExecModeSimpleProtocol)
	require.NoError(b, err)
	return pool
}

// publishedCountry is a database in which the country is published.
func publishedCountry(b *testing.B) *pgxpool.Pool {
	pool := country(b)
	for theme, sql := range map[string]string{
		"cadastre-urban": `
			insert into cadastre.parcel (theme, dataset_id, version_id, key, hash, parcel_id, section, main_plate, land_use, declared_area_m2, survey_method, area_m2, geom, geom_3857, valid_from)
			select 'cadastre-urban', $1::bigint, $2::bigint, parcel_no, '', parcel_no, '1', block_id, land_use, area_m2, (array['gnss', 'digitised', 'shamim_rtk'])[1 + id % 3], area_m2, st_transform(geom, 4326), geom, now()
			from access.parcels`,
		"gnaf-address": `
			insert into gnaf.address (theme, dataset_id, version_id, key, hash, city, street, postal_code, way_id, attributes, geom, geom_3857, valid_from)
			select 'gnaf-address', $1::bigint, $2::bigint, address_code::text, '', municipality, street, null, 0, jsonb_build_object('use', (array['مسکونی', 'تجاری'])[1 + (id % 7) / 6], 'address_id', address_code), st_transform(geom, 4326), geom, now()
			from access.addresses`,
	} {
		agency := map[string]string{"gnaf-address": "post", "cadastre-urban": "registry"}[theme]
		version := publishFirst(b, pool, theme, agency)
		var dataset int64
		require.NoError(b, pool.QueryRow(b.Context(), `select dataset_id from layers.version where id = $1`, version).Scan(&dataset))
		_, err := pool.Exec(b.Context(), sql, dataset, version)
		require.NoError(b, err, theme)
	}
	_, err := pool.Exec(b.Context(), `vacuum analyze cadastre.parcel, gnaf.address`)
	require.NoError(b, err)
	return pool
}

// publishFirst publishes one feature, and answers the version that others are written beside it with.
func publishFirst(b *testing.B, pool *pgxpool.Pool, theme, agency string) int64 {
	return fixture.Publish(b, pool, theme, agency, nil, fixture.Feature{Key: "first", WKT: "POINT(24.5 57)", Attributes: map[string]any{"city": "c", "street": "s"}})
}

// publishCity publishes 2,000 new addresses in one place.
func publishCity(b *testing.B, pool *pgxpool.Pool) {
	var city []fixture.Feature
	for i := range 2000 {
		city = append(city, fixture.Feature{
			Key: fmt.Sprint("new", i), WKT: fmt.Sprintf("POINT(%f %f)", 24.5+float64(i%50)*4e-4, 57+float64(i/50)*4e-4), Attributes: map[string]any{"city": "c", "street": "s"},
		})
	}
	fixture.Publish(b, pool, "gnaf-address", "post", nil, city...)
}

// processTime is what the program has used of the processors.
func processTime(b *testing.B) time.Duration {
	var used syscall.Rusage
	require.NoError(b, syscall.Getrusage(syscall.RUSAGE_SELF, &used))
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// databaseTime is what the database's processes for this pool have used of the processors.
func databaseTime(b *testing.B, pool *pgxpool.Pool) (all time.Duration) {
	rows, err := pool.Query(b.Context(), `select pid from pg_stat_activity where datname = current_database()`)
	require.NoError(b, err)
	pids, err := pgx.CollectRows(rows, pgx.RowTo[int])
	require.NoError(b, err)
	for _, pid := range pids {
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if err != nil {
			continue // it has ended
		}
		fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+2:])
		for _, i := range []int{11, 12} { // utime and stime, in hundredths of a second
			n, err := strconv.Atoi(string(fields[i]))
			require.NoError(b, err)
			all += time.Duration(n) * 10 * time.Millisecond
		}
	}
	return all
}

// peak is the most memory that the program had, in MB.
func peak(b *testing.B) float64 {
	status, err := os.ReadFile("/proc/self/status")
	require.NoError(b, err)
	var kb float64
	_, err = fmt.Sscanf(string(status[bytes.Index(status, []byte("VmHWM:"))+6:]), "%f", &kb)
	require.NoError(b, err)
	return kb / 1e3
}
