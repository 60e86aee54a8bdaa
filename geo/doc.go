// Package geo is pure geometry: checked binary geometries, ring assembly and tile arithmetic. It knows no SQL, no HTTP and no files.
//
// Coordinates are float64 pairs in the order x, y; for EPSG:4326 that is longitude, latitude in degrees.
// A binary geometry here is little- or big-endian EWKB (PostGIS's extension of OGC well-known binary).
package geo
