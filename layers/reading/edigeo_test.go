package reading

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"nsdi/geo"
)

// parcelsOf reads one layer of a file of the shared data, and counts its areas.
func parcelsOf(t *testing.T, file, layer string) (rows []Row, d *Delivery) {
	t.Helper()
	rows, d, err := read(t, newReader(t, Limits{}), Options{Layers: []*regexp.Regexp{regexp.MustCompile("^" + layer + "$")}}, shared(t, file))
	require.NoError(t, err)
	for _, row := range rows {
		require.Empty(t, row.Damage)
		require.NotEmpty(t, row.Geoms)
		_, shape, err := geo.Normalize(row.Geoms[0], 100_000)
		require.NoError(t, err)
		require.Equal(t, 2, shape.Kind.Dimension())
	}
	return rows, d
}

// The sheets have as many parcels as GDAL counts in each, in the projection of their zone of France.
func TestEDIGEO(t *testing.T) {
	t.Parallel()
	for file, want := range map[string]struct {
		parcels int
		first   string
	}{
		"edigeo-130290000A01": {389, "0290000A0215"}, "edigeo-25354000AK01": {142, "354000AK0231"}, "edigeo-25354000ZB01": {68, "354000ZB0081"}, "edigeo-25354000ZD01": {22, "354000ZD0018"},
	} {
		rows, d := parcelsOf(t, "parcels/"+file+".tar.bz2", "PARCELLE_id")
		require.Contains(t, rows[0].File, ".THF")
		require.Contains(t, rows[0].CRS, "Lambert")
		require.Empty(t, d.Ignored)
		require.Equal(t, want.parcels, len(rows))
		require.Equal(t, want.first, value(t, rows[0], "IDU"))
	}
}

func TestEDIGEOWithoutItsFiles(t *testing.T) {
	t.Parallel()
	r := newReader(t, Limits{})
	_, _, err := read(t, r, Options{}, write(t, "E000AK01.THF", []byte("BOMT 12:E000AK01.THF\r\n")))
	refused(t, err, "file-incomplete", "E000AK01.THF")
	_, _, err = read(t, r, Options{}, write(t, "E000AK01.THF", []byte("PK\x03\x04")))
	refused(t, err, "format-mismatch", "E000AK01.THF")
	_, _, err = read(t, r, Options{}, write(t, "d.tar", tape(t, entry{name: "E000AK01.THF", content: "BOMT 12:E000AK01.THF\r\n"}, entry{name: "EDAK01SE.SCD", content: "x"})))
	refused(t, err, "file-unreadable", "E000AK01.THF")
	_, _, err = read(t, r, Options{}, write(t, "d.tar", tape(t, entry{name: "E000AK01.THF", content: "BOMT 12:E000AK01.THF\r\n"}, entry{name: "a b.SCD", content: "x"})))
	refused(t, err, "archive-refused", "E000AK01.THF")
	_, _, err = read(t, r, Options{}, write(t, "EDAK01SE.SCD", []byte("x")))
	refused(t, err, "format-unsupported", "EDAK01SE.SCD")
}

// Of an exchange of the Czech cadastre the layers with places are taken; persons and deeds are not even shown.
func TestVFK(t *testing.T) {
	t.Parallel()
	rows, d, err := read(t, newReader(t, Limits{}), Options{}, shared(t, "parcels/cz_bylany.vfk"))
	require.NoError(t, err)
	var layers []string
	for _, l := range d.Layers {
		layers = append(layers, fmt.Sprint(l.Name, " ", l.Features, " ", l.CRS))
	}
	require.Equal(t, []string{"PAR 1 EPSG:5514", "BUD 1 EPSG:5514", "SOBR 13 EPSG:5514", "SBP 14 EPSG:5514", "HP 13 EPSG:5514", "OB 13 EPSG:5514"}, layers)
	counts := map[string]int{}
	for _, r := range rows {
		counts[r.Layer]++
	}
	require.Equal(t, map[string]int{"PAR": 1, "BUD": 1, "SOBR": 13, "SBP": 14, "HP": 13, "OB": 13}, counts, "as GDAL counts them")
	_, _, err = read(t, newReader(t, Limits{}), Options{}, write(t, "a.vfk", []byte("hello")))
	refused(t, err, "format-mismatch", "a.vfk")
}

// GML comes as .gml, .xml or packed. Other XML is passed over.
func TestCadastresInGML(t *testing.T) {
	t.Parallel()
	rows, _ := parcelsOf(t, "parcels/nl_dkk_perceel.gml", "Perceel")
	require.Equal(t, 15, len(rows))
	require.Equal(t, "EPSG:28992", rows[0].CRS)
	require.Equal(t, "6931", value(t, rows[0], "perceelnummer"))

	rows, _, err := read(t, newReader(t, Limits{}), Options{}, shared(t, "parcels/es_catastro_zoning.gml.gz"))
	require.NoError(t, err)
	require.Equal(t, 241, len(rows), "as many as there are elements; the 271 of the header is the service's")
	require.Equal(t, "EPSG:32628", rows[0].CRS)

	// The rings of the example of INSPIRE do not return to where they began, and GDAL would close them without a word: each says so.
	rows, _, err = read(t, newReader(t, Limits{}), Options{}, shared(t, "parcels/inspire_cadastralparcel.xml"))
	require.NoError(t, err)
	require.Equal(t, []string{"49 2", "49 2"}, []string{rows[0].Open, rows[1].Open})
	body, err := os.ReadFile(shared(t, "parcels/inspire_cadastralparcel.xml"))
	require.NoError(t, err)
	mended := strings.ReplaceAll(string(body), `count="4">49 2 50 2 50 3 49 3<`, `count="5">49 2 50 2 50 3 49 3 49 2<`)
	rows, d, err := read(t, newReader(t, Limits{}), Options{}, write(t, "parcels.xml", []byte(mended)))
	require.NoError(t, err)
	require.Equal(t, []Layer{{File: "parcels.xml", Name: "CadastralParcel", Features: 2, CRS: "EPSG:4326"}}, d.Layers)
	require.Equal(t, 2, len(rows))
	require.Empty(t, rows[0].Open)
	require.Equal(t, []int{2, 1}, []int{len(rows[0].Geoms), len(rows[1].Geoms)}, "the outline, and the reference point of the first")
	_, shape, err := geo.Normalize(rows[0].Geoms[0], 100)
	require.NoError(t, err)
	require.Equal(t, geo.Box{MinX: 2, MinY: 49, MaxX: 3, MaxY: 50}, shape.Box, "latitude stands first in the file")
	require.Equal(t, "CadastralParcel-02-localId", value(t, rows[1], "inspireId_localId"))

	body, err = os.ReadFile(shared(t, "parcels/nl_dkk_perceel.gml"))
	require.NoError(t, err)
	rows, d, err = read(t, newReader(t, Limits{}), Options{}, write(t, "d.zip", pack(t, entry{name: "parcels.xml", content: string(body)},
		entry{name: "parcels.shp.xml", content: "<metadata/>"})))
	require.NoError(t, err)
	require.Equal(t, 15, len(rows))
	require.Equal(t, []string{"d.zip/parcels.shp.xml"}, d.Ignored)
	_, _, err = read(t, newReader(t, Limits{}), Options{}, write(t, "metadata.xml", []byte("<metadata/>")))
	refused(t, err, "format-unsupported", "metadata.xml")
}
