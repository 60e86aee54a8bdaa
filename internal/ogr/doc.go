// Package ogr runs GDAL's ogrinfo and ogr2ogr on files that strangers made.
//
// GDAL never runs inside the server: each file is read by a process of its own in a bubblewrap sandbox that has no network, no database, an empty
// environment, a read-only view of the file and of /usr, and limits on memory, CPU time, output and open files. Only the drivers of the allow-list are
// enabled; when any other stays enabled, nothing is read. Arguments are fixed and passed without a shell; file names inside the sandbox are made by us.
//
// Rows come back as PostgreSQL COPY text on standard output, which keeps exact coordinates and tells null from empty. The text is parsed as data and is
// never executed.
package ogr
