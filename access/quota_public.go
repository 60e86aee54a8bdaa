package access

import (
	"container/list"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"nsdi/internal/errs"
)

// PublicQuotas count what is asked without a key, by the network from which it comes.
//
// A bucket that is full again is the same as none, so it is forgotten: what is kept is bounded by the networks of the last minute. Above Most the one that
// rested longest goes as well, which is the one with the most tokens to lose the least by. Nothing is written down: a process that starts anew starts with
// full buckets, and each process counts by itself.
type PublicQuotas struct {
	Now    func() time.Time // Defaults to time.Now.
	Factor float64          // times the numbers of PublicClasses; 0 or less: nothing is counted
	Most   int              // buckets of a class; defaults to 100,000, which are some 20 MB

	mu      sync.Mutex
	classes map[string]*publicBuckets
}

// publicBuckets are the buckets of one class, those that were asked last in front.
type publicBuckets struct {
	by   map[netip.Prefix]*list.Element
	used *list.List // of *publicBucket
}

type publicBucket struct {
	network netip.Prefix
	tokens  float64
	at      time.Time // when tokens were counted
}

const mostPublicBuckets = 100_000

// Class answers a class of the public as it is counted; the zero Class, where nothing is.
func (q *PublicQuotas) Class(name string) Class {
	if q == nil || !(q.Factor > 0) { // not a number counts nothing either
		return Class{}
	}
	c := ClassOf(PublicClasses(), name)
	if c.Burst == 0 {
		return Class{}
	}
	return c.times(q.Factor)
}

// Take counts a request from an address. The error is *errs.Error quota-exceeded (429) when there is no token. Requests from the machine itself are not
// counted: they are the operator's, or those of a proxy that was not named in TrustedProxies, and then everybody would share one bucket.
func (q *PublicQuotas) Take(from netip.Addr, class string) (Allowance, error) {
	c := q.Class(class)
	network := NetworkOf(from)
	if c.Burst == 0 || !network.IsValid() || from.Unmap().IsLoopback() {
		return Allowance{}, nil
	}
	now := moment(q.Now)
	q.mu.Lock()
	defer q.mu.Unlock()
	b := q.bucket(network, c, now)
	if passed := now.Sub(b.at).Seconds(); passed > 0 {
		b.tokens = min(float64(c.Burst), b.tokens+passed*c.PerSecond)
		b.at = now
	}
	a := Allowance{Limit: c.Burst}
	var err error
	if b.tokens < 1 {
		a.Retry = seconds((1 - b.tokens) / c.PerSecond)
		err = exceededByPublic(c)
	} else {
		b.tokens--
	}
	a.Remaining, a.Reset = int(b.tokens), seconds((float64(c.Burst)-b.tokens)/c.PerSecond)
	return a, err
}

// bucket finds the bucket of a network, or makes a full one, and forgets those that are full again.
func (q *PublicQuotas) bucket(network netip.Prefix, c Class, now time.Time) *publicBucket {
	buckets := q.classes[c.Name]
	if buckets == nil {
		if q.classes == nil {
			q.classes = map[string]*publicBuckets{}
		}
		buckets = &publicBuckets{by: map[netip.Prefix]*list.Element{}, used: list.New()}
		q.classes[c.Name] = buckets
	}
	if e := buckets.by[network]; e != nil {
		buckets.used.MoveToFront(e)
		return e.Value.(*publicBucket)
	}
	most := q.Most
	if most <= 0 {
		most = mostPublicBuckets
	}
	full := seconds(float64(c.Burst) / c.PerSecond)
	// Two for each that comes: the list shrinks while new ones still come.
	for range 2 {
		e := buckets.used.Back()
		if e == nil {
			break
		}
		oldest := e.Value.(*publicBucket)
		if buckets.used.Len() < most && now.Sub(oldest.at) < full {
			break
		}
		buckets.used.Remove(e)
		delete(buckets.by, oldest.network)
	}
	b := &publicBucket{network: network, tokens: float64(c.Burst), at: now}
	buckets.by[network] = buckets.used.PushFront(b)
	return b
}

// NetworkOf answers the network that counts as one caller: an IPv4 address, or the 64 bits of an IPv6 address that are given to one customer at the least.
// It is invalid where the address is.
func NetworkOf(a netip.Addr) netip.Prefix {
	a = a.Unmap().WithZone("")
	size := 64
	if a.Is4() {
		size = 32
	}
	p, err := a.Prefix(size)
	if err != nil {
		return netip.Prefix{}
	}
	return p
}

func exceededByPublic(c Class) error {
	return &errs.Error{
		Code: "quota-exceeded", Status: http.StatusTooManyRequests, Op: "access.PublicQuotas",
		Title:  errs.T("سهمیه این نشانی پر شده است", "The quota of this address is used up"),
		Detail: errs.Tf("از شبکه شما بیش از %v درخواست در ثانیه رسید.", "More requests came from your network than %v a second.", c.PerSecond),
		Next: errs.T("پس از زمانی که در سرایند Retry-After آمده است دوباره بخواهید؛ کلید API سهمیه خود را دارد.",
			"Ask again after the time in the header Retry-After; an API key has a quota of its own."),
	}
}
