package reading

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"nsdi/internal/errs"
)

func TestFilesThatAreRefusedAtOnce(t *testing.T) {
	t.Parallel()
	r := newReader(t, Limits{})
	for _, tc := range []struct{ name, content, code string }{
		{"roads.gpkg", "<OGRVRTDataSource/>", "format-mismatch"},
		{"roads.shp", "<OGRVRTDataSource/>", "format-mismatch"},
		{"roads.fgb", "SQLite format 3\x00", "format-mismatch"},
		{"roads.xlsx", "a,b\n", "format-mismatch"},
		{"roads.kml", "PK\x03\x04", "format-mismatch"},
		{"roads.gml", "{}", "format-mismatch"},
		{"roads.dgn", "AC1015", "format-mismatch"},
		{"roads.dxf", "\x00\x01", "format-mismatch"},
		{"roads.geojson", "SQLite format 3\x00", "format-mismatch"},
		{"roads.csv", "SQLite format 3\x00", "format-mismatch"},
		{"roads.vrt", "<OGRVRTDataSource/>", "format-unsupported"},
		{"roads.dwg", "AC1015", "format-unsupported"},
		{"roads", "x", "format-unsupported"},
		{"roads.csv", "", "file-empty"},
		{"roads.json", "[1, 2]", "json-invalid"},
		{"roads.json", `{"a": `, "json-invalid"},
	} {
		_, _, err := read(t, r, Options{}, write(t, tc.name, []byte(tc.content)))
		refused(t, err, tc.code, tc.name)
	}
	_, _, err := read(t, r, Options{}, write(t, "roads.zip", pack(t)))
	refused(t, err, "archive-empty", "roads.zip")
	_, _, err = read(t, r, Options{}, filepath.Join(t.TempDir(), "absent.csv"))
	refused(t, err, "file-missing", "absent.csv")
	dir := filepath.Join(t.TempDir(), "folder.gdb")
	require.NoError(t, os.Mkdir(dir, 0o700))
	_, _, err = read(t, r, Options{}, dir)
	refused(t, err, "file-special", "folder.gdb")
	_, _, err = read(t, r, Options{Encoding: "klingon"}, write(t, "a.csv", []byte(csvText1)))
	refused(t, err, "encoding-unknown", "")
}

// One file that cannot be read refuses the delivery, though others can.
func TestOneBadFileRefusesAll(t *testing.T) {
	t.Parallel()
	_, _, err := read(t, newReader(t, Limits{}), Options{}, write(t, "good.csv", []byte(csvText1)), write(t, "bad.gpkg", []byte("SQLite format 3\x00 no more")))
	refused(t, err, "file-unreadable", "bad.gpkg")
	_, _, err = read(t, newReader(t, Limits{}), Options{}, write(t, "بوستان.kml", []byte(`<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document>`)))
	refused(t, err, "file-unreadable", "بوستان.kml")
	problem, _ := errs.As(err)
	for _, told := range []string{problem.Detail.FA, problem.Detail.EN} {
		require.Contains(t, told, "parsing kml بوستان.kml", "the reader's words name the file as it was delivered")
	}
}

func TestTextEncodings(t *testing.T) {
	t.Parallel()
	const street = "خیابان گچساران پلاک ژ" // letters that windows-1256 has
	const arabic = "خيابان گچساران پلاک ژ" // with its yeh
	encode := func(text string) []byte {
		b, err := charmap.Windows1256.NewEncoder().Bytes([]byte(text))
		require.NoError(t, err)
		return b
	}
	utf16 := func(order unicode.Endianness) []byte {
		b, err := unicode.UTF16(order, unicode.UseBOM).NewEncoder().Bytes([]byte("id,name\n1," + street + "\n"))
		require.NoError(t, err)
		return b
	}
	r := newReader(t, Limits{})
	for _, tc := range []struct {
		name     string
		content  []byte
		encoding string
		want     string
	}{
		{"UTF-8", []byte("id,name\n1," + street + "\n"), "", street},
		{"UTF-8 with mark", []byte("\xef\xbb\xbfid,name\n1," + street + "\n"), "", street},
		{"windows-1256 guessed", encode("id,name\n1," + arabic + "\n"), "", arabic},
		{"windows-1256 told", encode("id,name\n1," + arabic + "\n"), "windows-1256", arabic},
		{"UTF-16 little", utf16(unicode.LittleEndian), "", street},
		{"UTF-16 big", utf16(unicode.BigEndian), "", street},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			rows, _, err := read(t, r, Options{Encoding: tc.encoding}, write(t, "a.csv", tc.content))
			require.NoError(t, err)
			require.Len(t, rows, 1)
			require.Equal(t, tc.want, value(t, rows[0], "name"))
			require.Contains(t, rows[0].Columns, "id")
		})
	}
}

func TestGuessAtTheEndOfASample(t *testing.T) {
	t.Parallel()
	text := []byte("شهر")
	for n := 2; n <= len(text); n++ {
		require.Equal(t, "UTF-8", guess(text[:n]), "cut at %d", n)
	}
	require.Equal(t, "UTF-8", guess(nil))
	require.Equal(t, "windows-1256", guess([]byte("\xc2\xe3\xe6\xc7\xd1")))
}

func TestShapefileEncodings(t *testing.T) {
	t.Parallel()
	const name = "چهارراه ولي عصر"
	r := newReader(t, Limits{})
	cp1256, utf8 := shapefile(t, "CP1256", name), shapefile(t, "UTF-8", name)
	plain := func(files map[string][]byte, languageID byte) map[string][]byte {
		files = without(files, ".cpg")
		files[".dbf"] = slices.Clone(files[".dbf"])
		files[".dbf"][29] = languageID
		return files
	}
	for _, tc := range []struct {
		name     string
		files    map[string][]byte
		encoding string
	}{
		{"cpg 1256", cp1256, ""},
		{"cpg UTF-8", utf8, ""},
		{"guessed 1256", plain(cp1256, 0), ""},
		{"guessed UTF-8", plain(utf8, 0), ""},
		{"language id of 1256", plain(cp1256, 0x7e), ""},
		{"language id of the system's own", plain(cp1256, 0x57), ""},
		{"wrong language id overruled", plain(cp1256, 0x78), "windows-1256"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			for ext, content := range tc.files {
				require.NoError(t, os.WriteFile(filepath.Join(dir, "[roads]*"+ext), content, 0o600))
			}
			rows, d, err := read(t, r, Options{Encoding: tc.encoding}, filepath.Join(dir, "[roads]*.shp"))
			require.NoError(t, err)
			require.Len(t, rows, 1)
			require.Equal(t, name, value(t, rows[0], "name"))
			require.Equal(t, "EPSG:4326", d.Layers[0].CRS)
			require.Len(t, rows[0].Geoms, 1)
		})
	}
}

func TestShapefileWithoutSideFiles(t *testing.T) {
	t.Parallel()
	whole := shapefile(t, "UTF-8", "آزادی")
	r := newReader(t, Limits{})
	for name, files := range map[string]map[string][]byte{
		"no index": without(whole, ".shx"), "no prj": without(whole, ".prj"), "no dbf": without(without(whole, ".dbf"), ".cpg"),
	} {
		var entries []entry
		for ext, content := range files {
			entries = append(entries, entry{name: "Roads" + ext, content: string(content)})
		}
		rows, _, err := read(t, r, Options{}, write(t, "d.zip", pack(t, entries...)))
		require.NoError(t, err, name)
		require.Len(t, rows, 1, name)
		require.Len(t, rows[0].Geoms, 1, name)
		require.Equal(t, name == "no prj", rows[0].CRS == "", name)
	}
}

// Archives made on Windows mix the case of names.
func TestShapefileWithNamesOfMixedCase(t *testing.T) {
	t.Parallel()
	whole := shapefile(t, "UTF-8", "آزادی")
	rows, _, err := read(t, newReader(t, Limits{}), Options{}, write(t, "d.zip", pack(t,
		entry{name: "ROADS.SHP", content: string(whole[".shp"])}, entry{name: "roads.dbf", content: string(whole[".dbf"])},
		entry{name: "Roads.shx", content: string(whole[".shx"])}, entry{name: "roads.PRJ", content: string(whole[".prj"])}, entry{name: "roads.cpg", content: "UTF-8"})))
	require.NoError(t, err)
	require.Len(t, rows, 1)
	require.Equal(t, "آزادی", value(t, rows[0], "name"))
	require.Equal(t, "EPSG:4326", rows[0].CRS)
}

func TestLayersAreChosenByName(t *testing.T) {
	t.Parallel()
	rows, d, err := read(t, newReader(t, Limits{}), Options{Layers: []*regexp.Regexp{regexp.MustCompile("^(?:ro.*)$")}},
		write(t, "roads.csv", []byte(csvText1)), write(t, "parks.csv", []byte(csvText1)))
	require.NoError(t, err)
	require.Len(t, d.Layers, 2)
	require.Len(t, rows, 1)
	require.Equal(t, "roads", rows[0].Layer)
}

func TestTehranCounties(t *testing.T) {
	t.Parallel()
	rows, _, err := read(t, newReader(t, Limits{}), Options{}, shared(t, "dirty/tehran_counties_utm39_cp1256.zip"))
	require.NoError(t, err)
	require.NotEmpty(t, rows)
	for _, row := range rows {
		for _, v := range row.Values {
			require.NotContains(t, v, "\uFFFD")
			require.NotContains(t, v, "Ø")
		}
	}
}
