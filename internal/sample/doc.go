// Package sample writes a synthetic country: the deliveries that agencies would send, as the kinds of file that they
// really send, so that a fresh installation has something to import, draw, search and measure.
//
// Rules that the package keeps:
//
//   - Same options, same bytes. Every random choice comes from a generator seeded by Options.Seed and the name of the
//     thing that is made, so the order of the work does not matter. GeoPackages hold the same rows.
//   - Constant memory. The unit of work is a superblock (about 250 lots); nothing larger is ever held, except the
//     plan, which is a few hundred bytes a settlement.
//   - One geometry, many files. Lots, buildings, roads and address points of a superblock come from the same layout,
//     so that a point lies on the front of its parcel and neighbouring parcels share their vertices exactly.
//   - Clean means clean. A delivery that is not marked dirty has no defect; every defect is in a dirty one, which has
//     a municipality of its own.
//   - Nothing is real but the names and codes of the provinces and the rough position of their capitals. Settlements,
//     plates, postal codes and addresses are invented, and LABEL.txt says so.
//
// # The country
//
// The outline is drawn by hand and follows the outer edge of the territorial sea, so that the sea lies inside the
// country and inside a province. Provinces are the Voronoi cells of their capitals. Counties stand on a lattice inside
// their province; each has one city, some towns and some villages.
//
// # Writing GeoPackage and Shapefile
//
// Rows are written as CSV with WKT into a working folder and turned into the wanted format by the system's ogr2ogr,
// one process a file. Schemas are stated in a VRT, so a column that happens to be empty keeps its type.
package sample
