package upload

import (
	"net/http"
	"sync"

	"nsdi/internal/errs"
)

// transfers counts those that run, by agency.
type transfers struct {
	mu      sync.Mutex
	running map[int64]int
}

// begin takes a place of an agency; the answer gives it back.
func (t *transfers) begin(agency int64, most int) (end func(), err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.running == nil {
		t.running = map[int64]int{}
	}
	if t.running[agency] >= most {
		return nil, &errs.Error{
			Code: "upload-too-many-at-once", Status: http.StatusTooManyRequests, Op: "upload",
			Title:  errs.T("بارگذاری هم‌زمان بیش از اندازه است", "Too many uploads at once"),
			Detail: errs.Tn(most, "از این دستگاه %d انتقال هم‌زمان پذیرفته می‌شود.", "An agency may have %d transfer at a time.", "An agency may have %d transfers at once.", most),
			Next:   errs.T("پس از پایان یکی از آن‌ها ادامه دهید.", "Go on when one of them has ended."),
		}
	}
	t.running[agency]++
	return sync.OnceFunc(func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		if t.running[agency]--; t.running[agency] == 0 {
			delete(t.running, agency)
		}
	}), nil
}
