package catalogue

import (
	"context"
	"fmt"
)

// ApplyVersion applies entries as the catalogue of another version.
func ApplyVersion(ctx context.Context, db Database, all []Entry, version int) error {
	return apply(ctx, db, all, version)
}

// Changed is an entry as if its file had been changed.
func Changed(e Entry, change func(*Entry)) Entry {
	e.Key = append([]string{}, e.Key...)
	e.Attributes = append([]Attribute{}, e.Attributes...)
	change(&e)
	e.digest = fmt.Sprintf("%s, changed %p", e.digest, change)
	return e
}
