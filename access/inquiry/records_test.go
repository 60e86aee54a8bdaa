package inquiry_test

import (
	"errors"
	"fmt"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"nsdi/access/inquiry"
	"nsdi/internal/errs"
	"nsdi/internal/fixture"
	"nsdi/internal/pg"
	"nsdi/internal/pgtest"
)

func sample(request, question string) inquiry.Inquiry {
	return inquiry.Inquiry{Caller: "public:x", Service: "s", Kind: "k", Purpose: "p", Request: request, Question: question, Answers: 1, Code: http.StatusOK, EndUser: "0012345678"}
}

func codeOf(err error) string {
	if e, ours := errs.As(err); ours {
		return e.Code
	}
	return fmt.Sprint(err)
}

// Many at once are all recorded, each once, whatever batch they come into; one question twice is one, and two under one identifier are refused.
func TestRecordsOfManyAtOnce(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	// Two keepers are two processes: what they do to each other the unique key decides.
	keepers := []*inquiry.Records{
		inquiry.NewRecords(pgtest.Application(t, pool, pg.Everything), time.Now), inquiry.NewRecords(pgtest.Application(t, pool, pg.Everything), time.Now),
	}
	var fresh, repeated, refused atomic.Int64
	var g errgroup.Group
	for n := range 400 {
		g.Go(func() error {
			request, question := fmt.Sprint("r", n/4), "q"
			if n%4 == 3 && n >= 200 { // every fourth of the later ones asks something else under the same identifier
				question = "other"
			}
			recorded, err := keepers[n%2].Write(t.Context(), sample(request, question))
			switch {
			case codeOf(err) == "request-identifier-used":
				refused.Add(1)
				return nil
			case err != nil:
				return err
			case recorded.Repeated:
				repeated.Add(1)
			default:
				fresh.Add(1)
			}
			return nil
		})
	}
	require.NoError(t, g.Wait())
	require.EqualValues(t, 100, fresh.Load(), "one for each identifier")
	require.EqualValues(t, 300, repeated.Load()+refused.Load())
	require.GreaterOrEqual(t, refused.Load(), int64(50), "of each of the 50 pairs of questions one is refused, or the three that came later")
	var rows, hashes int
	require.NoError(t, pool.QueryRow(t.Context(), `select count(*), count(distinct end_user) from access.inquiry`).Scan(&rows, &hashes))
	require.Equal(t, []int{100, 100}, []int{rows, hashes}, "the hash of an end user does not tell that two inquiries are about the same person")
}

// An inquiry that was answered from memory is recorded where nothing was published since, and otherwise not at all, whatever comes with it.
func TestRecordsOfAnswersThatWerePassed(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	r := inquiry.NewRecords(pgtest.Application(t, pool, pg.Everything), time.Now)
	polygon := "POLYGON((51.2 35.2,51.4 35.2,51.4 35.4,51.2 35.4,51.2 35.2))"
	for _, key := range []string{"u", "v"} {
		fixture.Publish(t, pool, "urban-boundary", "interior", nil, fixture.Feature{Key: key, WKT: polygon, Attributes: map[string]any{"code": key, "name_fa": "شهر"}})
	}
	var end int64
	require.NoError(t, pool.QueryRow(t.Context(), `select layers.change_end()`).Scan(&end))
	require.Greater(t, end, int64(1), "0 stands for an answer that was made of what is published")
	var g errgroup.Group
	for n := range 40 {
		g.Go(func() error {
			i := sample(fmt.Sprint("r", n), "q")
			i.Position = []int64{0, end, end + 1, end - 1}[n%4]
			_, err := r.Write(t.Context(), i)
			if passed := n%4 == 3; errors.Is(err, inquiry.ErrPassed) != passed || !passed && err != nil {
				return fmt.Errorf("%d at %d: %w", n, i.Position, err)
			}
			return nil
		})
	}
	require.NoError(t, g.Wait())
	var rows int
	require.NoError(t, pool.QueryRow(t.Context(), `select count(*) from access.inquiry`).Scan(&rows))
	require.Equal(t, 30, rows)
}

// An identifier stands for its question for 24 hours, also across midnight, and then it is free again.
func TestIdentifiersLiveADay(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	now := time.Date(2026, 11, 22, 18, 0, 0, 0, time.UTC)
	r := inquiry.NewRecords(pgtest.Application(t, pool, pg.Everything), func() time.Time { return now })
	first, err := r.Write(t.Context(), sample("r", "q"))
	require.NoError(t, err)
	require.False(t, first.Repeated)
	now = now.Add(inquiry.Kept - time.Minute)
	_, err = r.Write(t.Context(), sample("r", "other"))
	require.Equal(t, "request-identifier-used", codeOf(err))
	again, err := r.Write(t.Context(), sample("r", "q"))
	require.NoError(t, err)
	require.True(t, again.Repeated)
	require.Equal(t, first.ID, again.ID)
	require.WithinDuration(t, first.At, again.At, 0)
	now = now.Add(2 * time.Minute)
	other, err := r.Write(t.Context(), sample("r", "other"))
	require.NoError(t, err)
	require.False(t, other.Repeated)
	require.NotEqual(t, first.ID, other.ID)
	_, err = r.Write(t.Context(), sample("r", "q"))
	require.Equal(t, "request-identifier-used", codeOf(err))
}

// One record that is not taken does not take the others of its batch along, and what is not written is told.
func TestRecordsThatAreRefused(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	r := inquiry.NewRecords(pgtest.Application(t, pool, pg.Everything), time.Now)
	var g errgroup.Group
	for n := range 40 {
		g.Go(func() error {
			i := sample(fmt.Sprint("r", n), "q")
			want := "<nil>"
			if n%10 == 0 {
				i.AgencyID, want = 999_999, "inquiry-not-recorded" // there is no such agency
			}
			if _, err := r.Write(t.Context(), i); codeOf(err) != want {
				return fmt.Errorf("%d: %w", n, err)
			}
			return nil
		})
	}
	require.NoError(t, g.Wait())
	var rows int
	require.NoError(t, pool.QueryRow(t.Context(), `select count(*) from access.inquiry`).Scan(&rows))
	require.Equal(t, 36, rows)
}

func TestCheck(t *testing.T) {
	t.Parallel()
	purpose, err := inquiry.Check(" صدور پروانه ", "query.purpose", "r-1", "query.request", "")
	require.NoError(t, err)
	require.Equal(t, "صدور پروانه", purpose)
	long := fmt.Sprintf("%0201d", 0)
	for location, c := range map[string][3]string{
		"query.purpose": {"  ", "r", ""}, "query.request": {"p", "a b", ""}, "header.X-End-User": {"p", "r", long},
	} {
		_, err := inquiry.Check(c[0], "query.purpose", c[1], "query.request", c[2])
		e, ours := errs.As(err)
		require.True(t, ours)
		require.Equal(t, []any{"inquiry-incomplete", location}, []any{e.Code, e.Location})
	}
	for _, purpose := range []string{"a\nb", long, ""} {
		_, err := inquiry.Check(purpose, "p", "r", "r", "")
		require.Error(t, err)
	}
	for _, request := range []string{"", "a/b", long, "شناسه"} {
		_, err := inquiry.Check("p", "p", request, "r", "")
		require.Error(t, err)
	}
}
