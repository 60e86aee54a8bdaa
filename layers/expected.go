package layers

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/jackc/pgx/v5"

	"nsdi/internal/errs"
)

// Expected is what a feature has to be at the moment in which an edit of it is published: what whoever made the edit has seen.
type Expected struct {
	Key     string `json:"key"`
	Version int    `json:"version,omitempty"` // number of the version that wrote it
	Absent  bool   `json:"absent,omitempty"`  // there is none
}

// featureChanged is the code of an edit whose feature is not any more what it was made of.
const featureChanged = "feature-changed"

// Met compares with the feature as it is; nil: there is none. It is *errs.Error feature-changed where that is another.
func (e *Expected) Met(now *Feature) error {
	version := 0
	if now != nil {
		version = now.Version
	}
	return e.met(version)
}

func (e *Expected) met(version int) error {
	is := errs.Tf("عارضه را نسخه %d نوشته است.", "The feature was written by version %d.", version)
	switch {
	case version == e.Version && (version > 0 || e.Absent):
		return nil
	case version == 0:
		is = errs.T("چنین عارضه‌ای منتشر نشده است.", "There is no such published feature.")
	}
	return &errs.Error{
		Code: featureChanged, Status: http.StatusPreconditionFailed, Op: "layers.expected", Location: "header.If-Match", Value: e.Key,
		Title: errs.T("عارضه دیگر آن نیست که دیدید", "The feature is not what you have seen any more"), Detail: is,
		Next: errs.T("آن را دوباره بخوانید و ویرایش خود را بر آن بسازید.", "Read it again, and make your edit of that."),
	}
}

// asExpected refuses an edit whose feature was altered since. Within the publishing transaction, under its lock, nobody alters it before the edit is there.
func (w *work) asExpected(ctx context.Context, q Querier) error {
	e := w.sub.Expected
	if e == nil {
		return nil
	}
	version := 0
	err := q.QueryRow(ctx, `
		select v.seq
		from `+ident(w.store.Table)+` r
		join layers.version v on v.id = r.version_id
		where r.theme = $1
		  and r.dataset_id = $2
		  and r.key = $3`, w.theme.Code, w.dataset.id, e.Key).Scan(&version)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return fmt.Errorf("expected feature: %w", err)
	}
	return e.met(version)
}
