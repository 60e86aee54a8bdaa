package progress

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
)

// IntactAfter answers whether a snapshot would still be as it was written after a statement of somebody who takes the guards away. Nothing of it stays.
func (s *Snapshots) IntactAfter(ctx context.Context, name, sql string) (intact bool, err error) {
	undo := errors.New("undo")
	err = pgx.BeginFunc(ctx, s.Pool, func(tx pgx.Tx) error {
		for _, table := range []string{"snapshot", "snapshot_row", "snapshot_agency", "basis", "register"} {
			if _, err := tx.Exec(ctx, `alter table progress.`+table+` disable trigger user`); err != nil {
				return err
			}
		}
		changed, err := tx.Exec(ctx, sql)
		if err != nil {
			return err
		}
		if changed.RowsAffected() == 0 {
			return errors.New("the statement changed nothing")
		}
		n, err := findSnapshot(ctx, tx, name, "snapshot")
		if err != nil {
			return err
		}
		if intact, err = s.verifyIntact(ctx, tx, n); err != nil {
			return err
		}
		return undo
	})
	if errors.Is(err, undo) {
		err = nil
	}
	return intact, err
}
