package layers

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"nsdi/internal/errs"
)

// Versions reads what datasets were in each of their versions, follows their changes, and makes an old version the newest. What it reads, it reads over the
// caller's transaction, which says for whom.
type Versions struct {
	Stores []Store
	// Recorder keeps the record of decisions. Nil: there is none.
	Recorder Recorder
	Now      func() time.Time
}

// Set is a dataset that is read from.
type Set struct {
	ID         int64
	Theme      string
	AgencyID   int64
	Agency     string  // code
	Territory  *string // nil: the agency's whole territory
	Geometry   string  // of the theme: none, point, line, polygon or any
	Restricted bool    // its features are not for everybody
	store      *Store
}

// Version is one state of a dataset. Seq 0 is the empty state before the first one.
type Version struct {
	Seq         int       `json:"seq"`
	Added       int       `json:"added"`
	Altered     int       `json:"altered"`
	Removed     int       `json:"removed"`
	Features    int       `json:"features" doc:"In the dataset after this version"`
	PublishedAt time.Time `json:"published_at"`
	Restores    *int      `json:"restores" doc:"The version that this one brought back; 0: the dataset was withdrawn; null: it came of a delivery"`
	Reason      *string   `json:"reason" doc:"Why it was rolled back or withdrawn"`
	Tracking    *string   `json:"tracking" doc:"Of the delivery or of the decision that it came of; null to those whom it does not concern"`
	id          int64
}

// latest stands for the last version that there is.
const latest = math.MaxInt32

// Open finds a dataset. The error for an unknown one is *errs.Error dataset-unknown.
func (v *Versions) Open(ctx context.Context, q Querier, id int64) (*Set, error) {
	s := Set{ID: id}
	var table string
	err := q.QueryRow(ctx, `
		select d.theme, a.id, a.code, d.territory, t.geometry, t.store, t.restricted
		from layers.dataset d
		join access.agency a on a.id = d.agency_id
		join layers.theme t on t.code = d.theme
		where d.id = $1`, id).Scan(&s.Theme, &s.AgencyID, &s.Agency, &s.Territory, &s.Geometry, &table, &s.Restricted)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, noSuch("dataset-unknown", "path.id", strconv.FormatInt(id, 10), errs.T("چنین مجموعه داده‌ای نیست", "There is no such dataset"),
			errs.T("فهرست آن‌ها در نشانی ‎/v1/datasets‎ است.", "They are listed at /v1/datasets."))
	}
	if err != nil {
		return nil, fmt.Errorf("open dataset %d: %w", id, err)
	}
	if s.store, err = v.storeOf(table); err != nil {
		return nil, fmt.Errorf("open dataset %d: %w", id, err)
	}
	return &s, nil
}

func (v *Versions) storeOf(table string) (*Store, error) {
	for i := range v.Stores {
		if v.Stores[i].Table == table {
			return &v.Stores[i], nil
		}
	}
	return nil, fmt.Errorf("no store %s is wired", table)
}

func noSuch(code, location, value string, title, next errs.Text) *errs.Error {
	return &errs.Error{Code: code, Status: http.StatusNotFound, Op: "layers", Location: location, Value: value, Title: title, Detail: errs.T(value, value), Next: next}
}

// Version finds one by its number; 0 is the last one. The error for one that is not there is *errs.Error version-unknown.
func (s *Set) Version(ctx context.Context, q Querier, seq int) (Version, error) {
	list, err := s.list(ctx, q, `seq = $2`, seq, 1)
	if seq == 0 {
		list, err = s.list(ctx, q, `seq <= $2`, latest, 1)
	}
	if err != nil {
		return Version{}, err
	}
	if len(list) == 0 {
		return Version{}, noSuch("version-unknown", "version", strconv.Itoa(seq), errs.T("چنین نسخه‌ای نیست", "There is no such version"),
			errs.Tf("نسخه‌ها در نشانی ‎/v1/datasets/%s/versions‎ است.", "The versions are listed at /v1/datasets/%s/versions.", strconv.FormatInt(s.ID, 10)))
	}
	return list[0], nil
}

// AsOf finds the version that stood at a moment; before the first one that is the empty state.
func (s *Set) AsOf(ctx context.Context, q Querier, at time.Time) (Version, error) {
	list, err := s.list(ctx, q, `published_at <= $2`, at, 1)
	if err != nil || len(list) == 0 {
		return Version{}, err
	}
	return list[0], nil
}

// Versions lists them, newest first, below before (0: from the newest).
func (s *Set) Versions(ctx context.Context, q Querier, before, limit int) ([]Version, error) {
	if before == 0 {
		before = latest
	}
	return s.list(ctx, q, `seq < $2`, before, limit)
}

func (s *Set) list(ctx context.Context, q Querier, condition string, value any, limit int) ([]Version, error) {
	rows, err := q.Query(ctx, `
		select id, seq, added, altered, removed, features, published_at, restores, reason,
		  coalesce(tracking, (select s.tracking from layers.submission s where s.id = submission_id))
		from layers.version
		where dataset_id = $1
		  and `+condition+`
		order by seq desc
		limit $3`, s.ID, value, limit)
	if err != nil {
		return nil, fmt.Errorf("versions of dataset %d: %w", s.ID, err)
	}
	list, err := pgx.AppendRows([]Version{}, rows, func(row pgx.CollectableRow) (Version, error) {
		var v Version
		err := row.Scan(&v.id, &v.Seq, &v.Added, &v.Altered, &v.Removed, &v.Features, &v.PublishedAt, &v.Restores, &v.Reason, &v.Tracking)
		return v, err
	})
	if err != nil {
		return nil, fmt.Errorf("versions of dataset %d: %w", s.ID, err)
	}
	return list, nil
}
