package layers

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"nsdi/internal/errs"
)

// PutNotice has every page say something of the data as a whole, from now on. The import that it speaks of has not ended: see CompleteNotice.
func PutNotice(ctx context.Context, pool *pgxpool.Pool, code string, text errs.Text) error {
	_, err := pool.Exec(ctx, `
		insert into layers.notice (code, text_fa, text_en)
		values ($1, $2, $3)
		on conflict (code) do update set text_fa = excluded.text_fa, text_en = excluded.text_en, complete = false`, code, text.FA, text.EN)
	if err != nil {
		return fmt.Errorf("notice %s: %w", code, err)
	}
	return nil
}

// CompleteNotice records that the import that a notice speaks of has ended. Without such a notice it does nothing.
func CompleteNotice(ctx context.Context, pool *pgxpool.Pool, code string) error {
	if _, err := pool.Exec(ctx, `update layers.notice set complete = true where code = $1`, code); err != nil {
		return fmt.Errorf("notice %s: %w", code, err)
	}
	return nil
}

// HasNotice answers whether there is a notice, complete or not.
func HasNotice(ctx context.Context, pool *pgxpool.Pool, code string) (bool, error) {
	var there bool
	if err := pool.QueryRow(ctx, `select exists (select from layers.notice where code = $1)`, code).Scan(&there); err != nil {
		return false, fmt.Errorf("notice %s: %w", code, err)
	}
	return there, nil
}

// WantsFirstData answers whether nothing was ever published, or the import that a notice speaks of began and was cut off.
func WantsFirstData(ctx context.Context, pool *pgxpool.Pool, code string) (bool, error) {
	var complete bool
	err := pool.QueryRow(ctx, `select complete from layers.notice where code = $1`, code).Scan(&complete)
	if !errors.Is(err, pgx.ErrNoRows) {
		return !complete && err == nil, err
	}
	var empty bool
	err = pool.QueryRow(ctx, `select not exists (select from layers.version)`).Scan(&empty)
	return empty, err
}
