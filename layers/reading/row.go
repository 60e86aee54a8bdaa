package reading

// Row is one feature or record as delivered. Its slices are valid until the callback returns.
type Row struct {
	File    string // the file as the deliverer named it, with its place in the archive
	Layer   string
	Number  int64    // from 1 within the layer
	Columns []string // shared by all rows of a layer
	Values  []string
	Null    []bool
	Geoms   [][]byte // EWKB in CRS; as many as the feature has, mostly one
	CRS     string   // "EPSG:n" or WKT; "" when the file declares none
	Damage  string   // why the row could not be read: "too-long", "rings-open", "geometry-unreadable"; "" when it could
	Open    string   // of GML, where a ring of it begins that does not end there, as it is written; Geoms have it closed. "" where all are closed
	Text    string   // in drawings, what the row has to do with their texts: TextAlone, TextInArea, TextMissing, TextSeveral; "" for anything else
	Texts   []string // the texts of an area that has several
}

// Layer is one layer of a delivery.
type Layer struct {
	File     string
	Name     string
	Features int64 // as the file claims; -1 unknown
	CRS      string
}
