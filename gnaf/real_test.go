package gnaf_test

import (
	"archive/zip"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"nsdi/internal/errs"
	"nsdi/layers"
)

// real answers a file of the shared data folder beside the checkout.
func real(t *testing.T, name string) string {
	t.Helper()
	file := filepath.Join("..", "..", "shared", "data", name)
	if _, err := os.Stat(file); err != nil {
		t.Skipf("needs the shared data folder beside the checkout: %s is not there", name)
	}
	return file
}

func column(name string) *layers.Expr   { return &layers.Expr{Column: name} }
func value(text string) *layers.Expr    { return &layers.Expr{Value: text} }
func template(text string) *layers.Expr { return &layers.Expr{Template: text} }

// Real addresses of other countries go the whole way. The numbers of repeated addresses, of numbers with letters and of rows without a number were counted a second time, in
// tables that ogr2ogr wrote of the same files.
func TestRealAddresses(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("loads 270,000 addresses")
	}
	for name, c := range map[string]struct {
		file     string
		mapping  layers.Mapping
		rows     int64
		accepted int64
		want     map[string]int64
		west     float64 // and east, south and north of all points
		east     float64
		south    float64
		north    float64
	}{
		"Brussels": {"be-wa-brussels.zip", layers.Mapping{Attributes: map[string]*layers.Expr{
			"address_id": column("ID"), "city": column("MU_NAME_FR"), "street": column("PW_NAME_FR"), "number": column("ADRN"),
		}}, 666, 665, map[string]int64{
			"required":   2,  // one row has neither city nor street
			"number-odd": 62, // such as 23C
			// Lambert 72 brought to degrees: Saint-Gilles and the south of the city
			"street-latin": 665, "postcode-missing": 666,
		}, 4.33, 4.36, 50.82, 50.85},
		"Alameda": {"us-ca-alameda_county-excerpt.zip", layers.Mapping{Attributes: map[string]*layers.Expr{
			"address_id": column("SPADID"), "city": column("CITY"), "street": template("{DIRPRE} {FEANME} {FEATYP}"), "number": column("ST_NUM"), "unit": column("UNIT"), "parcel": column("APN"),
		}}, 2849, 2799, map[string]int64{"address-duplicate": 50, "street-latin": 2849, "postcode-missing": 2849}, -122.28, -122.24, 37.79, 37.83},
		"New Jersey": {"nj-statewide.gdb.zip", layers.Mapping{Layers: []string{"AddressPoints_NJ"}, Attributes: map[string]*layers.Expr{
			"address_id": column("AP_GUID"), "city": column("ZIP_NAME"), "street": column("NAME_FULL"), "number": column("ADDR_NUM"), "number_suffix": column("SUF_NUM"),
			"unit": template("{UNIT_ID} {SUB_ADDR}"), "building": column("BLDG"),
		}}, 1045, 1030, map[string]int64{"address-duplicate": 15, "street-latin": 1045, "postcode-missing": 1045, "text-spaces": 47}, -74.05, -73.98, 40.3, 40.34},
		// The names of ways are in another layer of the file; what is here stands under the identifier of the cadastre's district.
		"Spain": {"es_catastro_address.gml", layers.Mapping{Layers: []string{"Address"}, Attributes: map[string]*layers.Expr{
			"address_id": column("localId"), "city": value("Fasnia"), "street": column("namespace"), "number": column("designator"),
		}}, 14, 13, map[string]int64{
			"address-duplicate": 1, // 14, twice
			"number-missing":    2, // S-N, which is none
			"number-odd":        1,
			"street-latin":      14, "postcode-missing": 14,
		}, -16.5, -16.4, 28.1, 28.3},
		"Vermont": {"us_vt_e911_half_a.csv.gz", layers.Mapping{Point: &layers.PointColumns{Lon: "lon", Lat: "lat"}, Attributes: map[string]*layers.Expr{
			"address_id": column("esiteid"), "city": column("townname"), "street": column("primaryname"), "number": column("house_number"), "number_suffix": column("house_numbersuffix"),
			"use": column("sitetype"),
		}}, 136_324, 135_960, map[string]int64{
			"required":          2,
			"address-duplicate": 362,
			"number-range":      6975, // 0, which is how the register writes that there is none
			"street-latin":      136_322, "postcode-missing": 136_324, "text-spaces": 37_379,
		}, -73.5, -71.4, 42.7, 45.1},
		"Japan": {"jp_town_points_half_a.csv.gz", layers.Mapping{Attributes: map[string]*layers.Expr{
			"address_id": template("{$row}"), "province": value(""), "city": column("municipality"), "street": template("{town}{koaza}"), "neighbourhood": column("town"),
		}}, 132_304, 131_994, map[string]int64{
			"geometry-missing": 310, // as many have no coordinates
			"number-missing":   132_304, "postcode-missing": 132_304,
		}, 122, 154, 20, 46},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			report, err := d.im.Import(t.Context(), layers.Request{Theme: "gnaf-address", Agency: "post", Files: []string{real(t, "addresses/"+c.file)}, Mapping: c.mapping})
			require.NoError(t, err)
			require.Equal(t, c.want, trimmed(found(report)))
			require.Equal(t, []int64{c.rows, c.accepted, c.rows - c.accepted}, []int64{report.RowsIn, report.Accepted, report.Refused})
			box := d.row(`select count(*) n, min(st_x(geom)) w, max(st_x(geom)) e, min(st_y(geom)) s, max(st_y(geom)) n2 from gnaf.address`)
			require.EqualValues(t, c.accepted, box["n"])
			require.Greater(t, box["w"], c.west)
			require.Less(t, box["e"], c.east)
			require.Greater(t, box["s"], c.south)
			require.Less(t, box["n2"], c.north)
			if name == "Brussels" {
				require.EqualValues(t, 1, d.row(`select count(*) n from gnaf.address where street = 'Rue Fontainas' and number = 23 and number_suffix = 'C'`)["n"])
			}
		})
	}
}

// The Czech exchange has the layer of addresses without any, which is said; the Dutch one is archives in an archive, of which each is delivered by itself.
func TestRealAddressesInOtherPackages(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	try := func(file string, m layers.Mapping) (*layers.Report, error) {
		return d.im.Import(t.Context(), layers.Request{Theme: "gnaf-address", Agency: "post", Files: []string{file}, Mapping: m})
	}
	dutch := layers.Mapping{Attributes: map[string]*layers.Expr{"address_id": column("identificatie"), "city": value("Doesburg"), "street": value("onbekend")}}
	_, err := try(real(t, "addresses/cz_ruian_ob_v1.xml.gz"), layers.Mapping{Layers: []string{"AdresniMista"}, Attributes: map[string]*layers.Expr{
		"address_id": column("Kod"), "city": value("x"), "street": value("ulice"), "number": column("CisloDomovni"),
	}})
	require.Equal(t, "nothing-accepted", errs.Code(err))
	_, err = try(real(t, "addresses/nl_BAGNLDL-15092020-small.zip"), dutch)
	require.Equal(t, "archive-refused", errs.Code(err))

	outer, err := zip.OpenReader(real(t, "addresses/nl_BAGNLDL-15092020-small.zip"))
	require.NoError(t, err)
	defer outer.Close()
	inner, err := outer.Open("9999VBO15092020.zip")
	require.NoError(t, err)
	body, err := io.ReadAll(inner)
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "9999VBO15092020.zip")
	require.NoError(t, os.WriteFile(file, body, 0o600))
	report, err := try(file, dutch)
	require.NoError(t, err)
	require.Equal(t, []int64{5, 5}, []int64{report.RowsIn, report.Accepted}, "ogrinfo counts as many")
	at := d.row(`select min(st_x(geom)) x, min(st_y(geom)) y from gnaf.address`)
	require.InDelta(t, 6.13, at["x"], 0.02, "Doesburg, of coordinates in EPSG:28992")
	require.InDelta(t, 52.01, at["y"], 0.02)
}
