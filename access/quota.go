package access

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"nsdi/internal/errs"
)

// Quotas count what keys ask for.
//
// A key has for each class a bucket of tokens, which is in memory: a process that starts anew starts with full buckets. The ceiling of the day is in PostgreSQL,
// where a process takes in blocks of a thousandth: all processes together never exceed it, a request seldom writes, and a process that ends loses its key no
// more than what is left of one block. There are as many buckets as keys that were ever right, times the classes.
type Quotas struct {
	Pool *pgxpool.Pool
	Now  func() time.Time // Defaults to time.Now.

	mu      sync.Mutex
	buckets map[bucketKey]*bucket
}

type bucketKey struct {
	key   int64
	class string
}

// bucket is what one key has left of one class.
type bucket struct {
	mu     sync.Mutex
	tokens float64
	at     time.Time // when tokens were counted
	day    string    // of the block
	block  int64     // what is left of the block
}

// Allowance is what a request is told of its quota.
type Allowance struct {
	Limit     int           // tokens of a full bucket
	Remaining int           // tokens
	Reset     time.Duration // until the bucket is full
	Retry     time.Duration // until the next request is taken; 0: this one is
}

// blocks is how many blocks make a day's ceiling.
const blocks = 1000

// Take counts a request of a key. The error is *errs.Error quota-exceeded (429) when there is no token, or the day's ceiling is reached.
func (q *Quotas) Take(ctx context.Context, key int64, c Class) (Allowance, error) {
	now := moment(q.Now)
	b := q.bucket(key, c, now)
	b.mu.Lock()
	defer b.mu.Unlock()
	if passed := now.Sub(b.at).Seconds(); passed > 0 {
		b.tokens = min(float64(c.Burst), b.tokens+passed*c.PerSecond)
		b.at = now
	}
	if b.tokens < 1 {
		a := b.allowance(c)
		a.Retry = seconds((1 - b.tokens) / c.PerSecond)
		return a, exceeded(errs.Tf("بیش از %v درخواست در ثانیه رسید.", "There were more requests than %v a second.", c.PerSecond))
	}
	if today := now.In(Iran()).Format(time.DateOnly); b.day != today {
		b.day, b.block = today, 0
	}
	if b.block == 0 {
		if err := q.lease(ctx, key, c, b); err != nil {
			return Allowance{}, fmt.Errorf("quota: %w", err)
		}
	}
	if b.block == 0 {
		a := b.allowance(c)
		a.Remaining = 0
		a.Retry = untilTomorrow(now)
		a.Reset = a.Retry
		return a, exceeded(errs.Tf("سقف %d درخواست در روز پر شده است.", "The day's ceiling of %d requests is reached.", c.PerDay))
	}
	b.tokens--
	b.block--
	return b.allowance(c), nil
}

// Spend counts n requests against the day's ceiling that come as one, whose pace something else bounds. The error is *errs.Error quota-exceeded (429) when the day
// has not so many left; what it had is spent then.
func (q *Quotas) Spend(ctx context.Context, key int64, c Class, n int) error {
	now := moment(q.Now)
	b := q.bucket(key, c, now)
	b.mu.Lock()
	defer b.mu.Unlock()
	if today := now.In(Iran()).Format(time.DateOnly); b.day != today {
		b.day, b.block = today, 0
	}
	for left := int64(n); left > 0; {
		if b.block == 0 {
			if err := q.lease(ctx, key, c, b); err != nil {
				return fmt.Errorf("quota: %w", err)
			}
		}
		if b.block == 0 {
			return exceeded(errs.Tf("سقف %d درخواست در روز پر شده است.", "The day's ceiling of %d requests is reached.", c.PerDay))
		}
		taken := min(left, b.block)
		b.block, left = b.block-taken, left-taken
	}
	return nil
}

// lease takes the next block of the day, or what is left of the day if that is less, or nothing.
func (q *Quotas) lease(ctx context.Context, key int64, c Class, b *bucket) error {
	size := max(1, c.PerDay/blocks)
	var taken int64
	err := q.Pool.QueryRow(ctx, `
		insert into access.key_usage as u (key_id, class, day, taken)
		values ($1, $2, $3, least($4::bigint, $5::bigint))
		on conflict (key_id, class, day) do update
		set taken = least(u.taken + $4, $5)
		where u.taken < $5
		returning taken`, key, c.Name, b.day, size, c.PerDay).Scan(&taken)
	if errors.Is(err, pgx.ErrNoRows) { // nothing is left
		return nil
	}
	if err != nil {
		return err
	}
	// Blocks are equal but for the last one, which is what the ceiling leaves.
	b.block = size
	if rest := c.PerDay % size; taken == c.PerDay && rest > 0 {
		b.block = rest
	}
	return nil
}

func exceeded(detail errs.Text) error {
	return &errs.Error{
		Code: "quota-exceeded", Status: http.StatusTooManyRequests, Op: "access.Quotas",
		Title:  errs.T("سهمیه این کلید پر شده است", "The key's quota is used up"),
		Detail: detail,
		Next:   errs.T("پس از زمانی که در سرایند Retry-After آمده است دوباره بخواهید.", "Ask again after the time in the header Retry-After."),
	}
}

// bucket finds a key's bucket of a class, or makes a full one.
func (q *Quotas) bucket(key int64, c Class, now time.Time) *bucket {
	q.mu.Lock()
	defer q.mu.Unlock()
	k := bucketKey{key, c.Name}
	b := q.buckets[k]
	if b == nil {
		if q.buckets == nil {
			q.buckets = map[bucketKey]*bucket{}
		}
		b = &bucket{tokens: float64(c.Burst), at: now}
		q.buckets[k] = b
	}
	return b
}

func (b *bucket) allowance(c Class) Allowance {
	return Allowance{Limit: c.Burst, Remaining: int(b.tokens), Reset: seconds((float64(c.Burst) - b.tokens) / c.PerSecond)}
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

func untilTomorrow(now time.Time) time.Duration {
	y, m, d := now.In(Iran()).Date()
	return time.Date(y, m, d+1, 0, 0, 0, 0, Iran()).Sub(now)
}
