// Package tiles makes Mapbox vector tiles of the published layers, and describes them as TileJSON.
//
// A layer is a theme with geometry. Its features carry the id that they have in the whole system and the attributes
// that the theme names, typed as the theme says; text loses the vowel marks that map labels are drawn wrongly with.
//
// Rules that the package keeps:
//   - Nothing is truncated. A tile holds every feature of its layer that touches it, within the layer's zoom range;
//     a polygon too small for the grid is drawn as one grid cell. Outside the range the answer is a problem, not an
//     empty tile, because an empty tile says that there is nothing there.
//   - A tile is never older than the last publication that ended before it was asked for.
//   - The same content has the same ETag, whatever was published elsewhere.
//   - A tile is made once at a time, however many ask for it.
package tiles
