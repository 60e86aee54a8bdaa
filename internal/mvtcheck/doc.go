// Package mvtcheck reads vector tiles as strictly as version 2.1 of their specification has them, for tests of what writes them.
package mvtcheck
