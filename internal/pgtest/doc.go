// Package pgtest gives each test a PostGIS database of its own, with nsdi's
// schema in it.
//
// The server is named by NSDI_TEST_DATABASE_URL. "make test" sets it, and so does
//
//	go run ./internal/pgtest/withcluster -- go test ./...
//
// which runs a command beside a throw-away cluster. The role in the URL must be
// allowed to create databases.
//
// The migrations run and the theme catalogue is loaded once, in a template database named after their content, and
// every test gets a clone of it in well below a second (0.05 s in memory, 0.5 s on a busy disk). Packages and processes
// may ask at once: an advisory lock lets one make the template and the others wait.
// Filled does the same for what the tests of a package begin with.
// A clone is dropped when its test ends; a template stays, for the next run.
package pgtest
