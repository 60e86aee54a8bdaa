// Package layers is the delivery pipeline and what it publishes: themes, datasets, submissions, versions, findings, the current features and their history,
// the tree of administrative units, and the change log.
//
// # One pipeline
//
// Every theme goes the same way: read (package reading) → staging → rules → diff by key and content hash → one publishing transaction → change log.
// Other domains plug in a [Store], the table that their themes are kept in, with the columns that they derive; they do not get a pipeline of their own.
//
// # Rules that hold
//
//   - A refused row never reaches a store, and never removes what is published under its key.
//   - A publication is one transaction under a lock for its theme and territory; a killed process leaves nothing half done.
//   - A row that did not change is not touched: it keeps its id, its version and its tile.
//   - Only attributes of the theme are taken in. Columns that it does not have, such as owners and telephones, are not stored and are named in the report.
//   - Memory does not grow with the size of a delivery.
package layers
