package layers

import (
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPointColumnsOfAMappedSystem(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	file := d.file("p.csv", "code,name_fa,E,N\na,الف,500000,3900000\n")
	request := Request{Theme: "place", Files: []string{file}, Mapping: Mapping{CRS: "EPSG:32639", Point: &PointColumns{Lon: "e", Lat: "n"}}}
	_, err := d.deliver(request)
	require.NoError(t, err)
	require.Equal(t, 1, d.count(`
		select count(*)
		from layers.feature
		where public.st_distance(geom, public.st_transform(public.st_setsrid(public.st_makepoint(500000, 3900000), 32639), 4326)) < 1e-9`))

	request.Mapping.CRS = ""
	_, err = d.deliver(request)
	require.Contains(t, refused(t, err, "crs-missing").Location, "p.csv")
}

func TestOneRowThatIsNoPlaceDoesNotRefuseTheOthers(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	report := d.places("code,name_fa,lon,lat\na,الف,51.1,35.1\nb,ب,511,35.1\nc,پ,51.2,35.2\n")
	require.EqualValues(t, 2, report.Accepted)
	require.EqualValues(t, 2, report.rule("coordinates-out-of-range").Samples[0].Row)
}

func TestUnknownEPSG(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	_, err := d.deliver(Request{Theme: "place", Files: []string{d.file("p.csv", placesText(2, nil))}, Mapping: Mapping{CRS: "EPSG:999999"}})
	require.Equal(t, "EPSG:999999", refused(t, err, "crs-unknown").Value)
}

// A system without a code is registered once, however often and in whatever order it comes.
func TestSystemsWithoutACode(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	source := d.file("p.geojson", collection(feature(`{"type":"Point","coordinates":[51,35]}`, `"code":"a","name_fa":"الف"`)))
	local := filepath.Join(t.TempDir(), "local.gpkg")
	out, err := exec.CommandContext(t.Context(), "ogr2ogr", "-f", "GPKG", local, source, "-t_srs", "+proj=tmerc +lat_0=35 +lon_0=51 +x_0=1000 +y_0=2000 +ellps=WGS84 +units=m").CombinedOutput()
	require.NoError(t, err, string(out))
	for range 2 {
		_, err = d.deliver(Request{Theme: "place", Files: []string{local}})
		require.NoError(t, err)
	}
	require.Equal(t, 1, d.count(`select count(*) from public.spatial_ref_sys where srid >= $1`, firstCustomSRID))
	require.Equal(t, 1, d.count(`select count(*) from layers.feature where public.st_distance(geom, public.st_setsrid(public.st_makepoint(51, 35), 4326)) < 1e-9`))
}

func TestCoordinatesThatTheProjectionCannotDo(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	report, err := d.deliver(Request{
		Theme: "place", Files: []string{d.file("p.csv", "code,name_fa,x,y\na,الف,500000,3900000\nb,ب,1e30,1e30\nc,پ,5e8,5e8\n")}, Mapping: Mapping{CRS: "EPSG:32639"},
	})
	require.NoError(t, err)
	require.EqualValues(t, 1, report.Accepted)
	require.EqualValues(t, 2, report.rule("coordinates-out-of-range").Count)
	require.Contains(t, report.rule("coordinates-out-of-range").Samples[0].Message.EN, "EPSG:32639")
}
