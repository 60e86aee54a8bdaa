package cadastre_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"nsdi/layers"
)

// foreign gives a file of the shared data, and skips the test where it is absent.
func foreign(t *testing.T, name string) string {
	t.Helper()
	file := filepath.Join("..", "..", "shared", "data", "parcels", name)
	if _, err := os.Stat(file); err != nil {
		t.Skip("needs the shared data folder beside the checkout, which is not there")
	}
	return file
}

// Parcels of other countries go the whole way: each row is taken, or refused for the reason that is counted here.
func TestForeignCadastres(t *testing.T) {
	t.Parallel()
	column := func(name string) *layers.Expr { return &layers.Expr{Column: name} }
	value := func(text string) *layers.Expr { return &layers.Expr{Value: text} }
	for name, c := range map[string]struct {
		theme    string
		file     string
		mapping  layers.Mapping
		in, took int64
		refused  map[string]int64 // findings of rules that refuse
	}{
		// Three of the sheet's 142 parcels have an area in the register that differs by more than a tenth from their outline's; SQLite in GDAL finds the same three.
		"EDIGEO": {"cadastre-urban", "edigeo-25354000AK01.tar.bz2", layers.Mapping{Layers: []string{"PARCELLE_id"}, Attributes: map[string]*layers.Expr{
			"parcel_id": column("IDU"), "section": value("AK"), "main_plate": column("TEX"), "declared_area_m2": column("SUPF"),
		}}, 142, 139, map[string]int64{"area-differs-greatly": 3}},
		"Czech": {"cadastre-urban", "cz_bylany.vfk", layers.Mapping{Layers: []string{"PAR"}, Attributes: map[string]*layers.Expr{
			"parcel_id": column("ID"), "section": column("KATUZE_KOD"), "main_plate": column("KMENOVE_CISLO_PAR"), "declared_area_m2": column("VYMERA_PARCELY"),
		}}, 1, 1, map[string]int64{}},
		"Dutch": {"cadastre-urban", "nl_dkk_perceel.gml", layers.Mapping{Attributes: map[string]*layers.Expr{
			"parcel_id": column("gml_id"), "section": column("sectie"), "main_plate": column("perceelnummer"), "declared_area_m2": column("waarde"),
		}}, 15, 15, map[string]int64{}},
		// Eight outlines cross themselves: PostGIS, told of the same places, finds as many.
		"Spanish": {"cadastre-section", "es_catastro_zoning.gml.gz", layers.Mapping{Attributes: map[string]*layers.Expr{
			"section_id": column("gml_id"), "section": column("localId"),
		}}, 241, 233, map[string]int64{"geometry-invalid": 8}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			report, err := d.im.Import(t.Context(), layers.Request{Theme: c.theme, Agency: "registry", Files: []string{foreign(t, c.file)}, Mapping: c.mapping})
			require.NoError(t, err)
			refused := map[string]int64{}
			for _, r := range report.Rules {
				if r.Severity == "E" {
					refused[r.Rule] = r.Count
					if r.Rule == "geometry-invalid" {
						require.NotNil(t, r.Samples[0].Lon)
					}
				}
			}
			require.Equal(t, c.refused, refused)
			require.Equal(t, []int64{c.in, c.took, c.in - c.took}, []int64{report.RowsIn, report.Accepted, report.Refused})
			require.EqualValues(t, c.took, d.row(`select (select count(*) from cadastre.parcel) + (select count(*) from layers.feature) as n`)["n"])
			if name == "EDIGEO" {
				far := d.row(`select max(abs(area_m2 - declared_area_m2) / declared_area_m2) filter (where declared_area_m2 > 500) as f, min(public.st_x(public.st_centroid(geom))) as x from cadastre.parcel`)
				require.Less(t, far["f"], 0.11, "the areas are those of the French cadastre, so the projection was understood")
				require.InDelta(t, 6.3, far["x"], 0.5, "the east of France")
			}
		})
	}
}
