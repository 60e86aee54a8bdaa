// Package mvt encodes features as Mapbox Vector Tiles, version 2.1, straight from the rows of a database: geometries as EWKB in Web Mercator, values as they come in
// binary. Buffers are used again from feature to feature and from tile to tile. What cannot be drawn rightly by cutting and rounding alone, such as a ring that crosses
// itself once its corners stand on the tile's grid, is told, so that another way may be taken for that feature.
package mvt
