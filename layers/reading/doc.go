// Package reading turns the files of a delivery into a stream of rows.
//
// Archives are unpacked here, under limits, before any other program sees them; members get names of our making. What a file is follows from its extension
// and its first bytes, which must agree. Formats of GIS software are read by GDAL in a sandbox (internal/ogr); lists of JSON records and answers of
// the Overpass API, which GDAL does not know, are read here, and so is CSV that all programs take apart alike.
//
// Memory is bounded: rows are streamed, and the one format that needs its whole content, Overpass, is limited in size.
package reading
