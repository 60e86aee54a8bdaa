package upload

import (
	"io"
	"os"
	"time"
)

// paced is a body that has to keep coming: each window must bring its share, or reading ends like a timeout. The wait for a single read is bounded elsewhere;
// without this, a byte now and then would hold a connection for ever.
type paced struct {
	io.ReadCloser
	begin func() // nil when nobody waits for it
	now   func() time.Time
	began time.Time
	bytes int64
}

func (p *paced) Read(b []byte) (int, error) {
	if p.begin != nil {
		p.begin()
		p.begin = nil
	}
	n, err := p.ReadCloser.Read(b)
	now := p.now()
	p.bytes += int64(n)
	if p.began.IsZero() {
		p.began = now
	}
	if passed := now.Sub(p.began); err == nil && passed >= slowWindow {
		if float64(p.bytes) < slowest*passed.Seconds() {
			return n, os.ErrDeadlineExceeded
		}
		p.began, p.bytes = now, 0
	}
	return n, err
}
