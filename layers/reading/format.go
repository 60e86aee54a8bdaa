package reading

import (
	"bytes"
	"os"
	"path"
	"strings"
)

// format is what can be read, and by whom.
type format int

const (
	none     format = iota // not a data source
	sidecar                // belongs to a data source of the same stem
	gis                    // GDAL reads it
	csvText                // read here or by GDAL, after its encoding was settled
	jsonText               // GeoJSON, JSON records or Overpass: the content decides
	edigeo                 // GDAL reads it, of a folder whose names are kept
	markup                 // GDAL reads it, if it is GML
	drawing                // GDAL reads it, and its texts become labels of its areas
)

var formats = map[string]format{
	".gpkg": gis, ".shp": gis, ".fgb": gis, ".kml": gis, ".gml": gis, ".dxf": drawing, ".thf": edigeo, ".xml": markup, ".dgn": gis, ".xlsx": gis, ".geojsonl": gis, ".geojsons": gis, ".gdb": gis, ".vfk": gis,
	".vec": sidecar, ".dic": sidecar, ".gen": sidecar, ".geo": sidecar, ".qal": sidecar, ".scd": sidecar,
	".csv": csvText, ".tsv": csvText,
	".geojson": jsonText, ".json": jsonText,
	".shx": sidecar, ".dbf": sidecar, ".prj": sidecar, ".cpg": sidecar, ".qpj": sidecar, ".xsd": sidecar, ".sbn": sidecar, ".sbx": sidecar, ".gfs": sidecar,
}

// readable are the side files that GDAL gets to see. A .gfs file is left out: it could name other files.
var readable = map[string]bool{".shx": true, ".dbf": true, ".prj": true, ".cpg": true, ".xsd": true}

func formatOf(name string) format { return formats[strings.ToLower(path.Ext(name))] }

// magicFits answers whether the first bytes of a file are those of the format that its extension names. Text formats are only asked not to be binary.
func magicFits(ext string, head []byte) bool {
	trimmed := bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \t\r\n\x1e")
	switch ext {
	case ".gpkg":
		return bytes.HasPrefix(head, []byte("SQLite format 3\x00"))
	case ".shp":
		return bytes.HasPrefix(head, []byte{0, 0, 0x27, 0x0a})
	case ".fgb":
		return bytes.HasPrefix(head, []byte("fgb"))
	case ".xlsx":
		return bytes.HasPrefix(head, []byte("PK\x03\x04"))
	case ".kml", ".gml":
		return bytes.HasPrefix(trimmed, []byte("<"))
	case ".xml":
		return isGML(head)
	case ".vfk":
		return bytes.HasPrefix(head, []byte("&H"))
	case ".thf":
		return bytes.HasPrefix(head, []byte("BOM")) || bytes.HasPrefix(head, []byte("CSE"))
	case ".dgn":
		return len(head) > 3 && (head[0] == 0x08 || head[0] == 0xc8) && head[1] == 0x09
	case ".dxf":
		return bytes.HasPrefix(head, []byte(binaryDrawing)) || !bytes.Contains(head, []byte{0})
	case ".geojson", ".json", ".geojsonl", ".geojsons":
		return bytes.HasPrefix(trimmed, []byte("{")) || bytes.HasPrefix(trimmed, []byte("["))
	case ".csv", ".tsv":
		return isUTF16(head) || !bytes.Contains(head, []byte{0})
	}
	return true
}

// isGML answers whether a text is XML that names GML. Other XML is data about data.
func isGML(head []byte) bool {
	trimmed := bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \t\r\n")
	return bytes.HasPrefix(trimmed, []byte("<")) && bytes.Contains(head, []byte("http://www.opengis.net/gml"))
}

func headOf(host string, n int) ([]byte, error) {
	f, err := os.Open(host)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b := make([]byte, n)
	m, err := readFull(f, b)
	return b[:m], err
}
