// Package archtest holds the test that keeps imports going one way:
//
//	cmd → server → {layers, cadastre, gnaf, tiles, progress, access} → geo, internal
//
// Domain packages do not know each other, except that cadastre and gnaf plug their
// schemas and rules into the engine of layers. A package that is in no rule fails the
// test: whoever adds one says there what it may know.
package archtest
