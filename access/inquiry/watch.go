package inquiry

import (
	"container/list"
	"math"
	"net/http"
	"sync"
	"time"

	"nsdi/access"
	"nsdi/internal/errs"
)

// Watch notices callers who go through codes: those who ask for one code after the other, and those most of whose questions have no answer. What it counts halves
// every ten minutes, in memory, for the callers of the last hour; each process counts by itself, like the buckets of quotas.
type Watch struct {
	Now  func() time.Time // Defaults to time.Now.
	Most int              // callers; defaults to 100,000, some 40 MB

	mu      sync.Mutex
	callers map[string]*list.Element
	used    *list.List // of *watched, those that asked last in front
}

// watched is what is known of one caller.
type watched struct {
	caller string
	at     time.Time // when the counts were right
	asked  float64
	missed float64
	steps  float64 // questions for a code beside one of the last
	last   [32]uint64
	next   int
}

const (
	halfLife     = 10 * time.Minute
	mostCallers  = 100_000
	beside       = 3   // codes that far apart are beside each other
	missShare    = 0.5 // of the questions
	publicMisses = 30  // that many are a person's typing errors, or a town's behind one address
	namedMisses  = 500 // half a batch: an agency's list that was never cleaned
	publicSteps  = 120 // the units of a large building
	namedSteps   = 20_000
)

// limits of a caller: of whoever signed in or sends a key they are wider, for agencies ask about lists, which are often sorted.
func limits(named bool) (misses, steps float64) {
	if named {
		return namedMisses, namedSteps
	}
	return publicMisses, publicSteps
}

// Allow answers whether a caller may go on. The error is *errs.Error codes-tried (429) or codes-enumerated (429), with the time after which it ends.
func (w *Watch) Allow(caller string, named bool) error {
	misses, steps := limits(named)
	w.mu.Lock()
	defer w.mu.Unlock()
	c := w.find(caller)
	switch {
	case c == nil:
		return nil
	case c.missed > misses && c.missed > missShare*c.asked:
		return tooMany("codes-tried", c.missed/misses,
			errs.T("بیشتر پرسش‌های شما پاسخی نداشت", "Most of your questions had no answer"),
			errs.Tf("در ساعت گذشته بیش از %v پرسش شما پاسخی نداشت؛ کدها آزمایش نمی‌شوند.", "More than %v of your recent questions had no answer; codes are not to be tried out.", misses))
	case c.steps > steps:
		return tooMany("codes-enumerated", c.steps/steps,
			errs.T("کدها پشت سر هم پرسیده شد", "Codes were asked for one after the other"),
			errs.Tf("بیش از %v کد همسایه پشت سر هم پرسیده شد.", "More than %v codes beside each other were asked for.", steps))
	}
	return nil
}

func tooMany(code string, times float64, title, detail errs.Text) *errs.Error {
	wait := max(time.Second, time.Duration(math.Log2(times)*float64(halfLife)))
	return &errs.Error{
		Code: code, Status: http.StatusTooManyRequests, Op: "inquiry.Watch", Err: &access.WaitError{Wait: wait}, Title: title, Detail: detail,
		Next: errs.T("پس از زمانی که در سرایند Retry-After آمده است دوباره بپرسید؛ همه داده همگانی را یک‌جا از ‎/v1/themes‎ بگیرید.",
			"Ask again after the time in the header Retry-After; take public data as a whole from /v1/themes."),
	}
}

// Note counts what a caller asked, how much of that had no answer, and the codes, as numbers, of those that have some.
func (w *Watch) Note(caller string, asked, missed int, codes ...uint64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	c := w.find(caller)
	if c == nil {
		c = w.add(caller)
	}
	c.asked += float64(asked)
	c.missed += float64(missed)
	for _, code := range codes {
		if c.isBeside(code) {
			c.steps++
		}
		c.last[c.next] = code
		c.next = (c.next + 1) % len(c.last)
	}
}

func (c *watched) isBeside(code uint64) bool {
	near := false
	for _, was := range c.last {
		switch {
		case was == code: // asked again
			return false
		case was != 0 && max(was, code)-min(was, code) <= beside:
			near = true
		}
	}
	return near
}

// find answers a caller with the counts as they are now; nil: not known.
func (w *Watch) find(caller string) *watched {
	e := w.callers[caller]
	if e == nil {
		return nil
	}
	w.used.MoveToFront(e)
	c := e.Value.(*watched)
	now := w.now()
	if passed := now.Sub(c.at); passed > 0 {
		left := math.Exp2(-float64(passed) / float64(halfLife))
		c.asked, c.missed, c.steps, c.at = c.asked*left, c.missed*left, c.steps*left, now
	}
	return c
}

// add makes room by forgetting who has not asked for an hour, and above Most whoever rested longest.
func (w *Watch) add(caller string) *watched {
	if w.callers == nil {
		w.callers, w.used = map[string]*list.Element{}, list.New()
	}
	most := w.Most
	if most <= 0 {
		most = mostCallers
	}
	for range 2 {
		e := w.used.Back()
		if e == nil {
			break
		}
		oldest := e.Value.(*watched)
		if w.used.Len() < most && w.now().Sub(oldest.at) < 6*halfLife {
			break
		}
		w.used.Remove(e)
		delete(w.callers, oldest.caller)
	}
	c := &watched{caller: caller, at: w.now()}
	w.callers[caller] = w.used.PushFront(c)
	return c
}

func (w *Watch) now() time.Time {
	if w.Now == nil {
		return time.Now()
	}
	return w.Now()
}
