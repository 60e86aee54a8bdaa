package geocoding

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"nsdi/access"
	"nsdi/bench/geocoding/country"
	"nsdi/gnaf"
	"nsdi/internal/pg"
	"nsdi/server"
)

// clients is how many keys ask by turns: one may ask twenty times a second.
const clients = 100

// Served is an engine that is asked over HTTP, as agencies ask nsdi: every question has a key, which is looked up and counted in PostgreSQL. Client and server share the processors.
type Served struct {
	site   *httptest.Server
	pools  []*pgxpool.Pool
	keys   []string
	client *http.Client
	next   atomic.Uint64
	// Failed counts the questions that were not answered with 200.
	Failed atomic.Int64
}

// NewServed serves e with the keys of a hundred clients in the migrated database behind operator.
func NewServed(ctx context.Context, e *Engine, operator *pgxpool.Pool) (*Served, error) {
	s := &Served{client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 256, MaxConnsPerHost: 256}}}
	for _, scope := range []pg.Scope{pg.Nothing, pg.Everything} {
		pool, err := pg.ConnectApplication(ctx, operator.Config().ConnString(), scope)
		if err != nil {
			s.Close()
			return nil, err
		}
		s.pools = append(s.pools, pool)
	}
	keys := &access.Keys{Pool: s.pools[1]}
	for i := range clients {
		_, key, err := keys.Add(ctx, access.Key{Name: fmt.Sprintf("bench %d", i), Agency: "post", Roles: []access.Role{access.Inquirer}, Scopes: []string{"*"}, ExpiresAt: time.Now().Add(time.Hour)})
		if err != nil {
			s.Close()
			return nil, err
		}
		s.keys = append(s.keys, key)
	}
	s.site = httptest.NewServer(server.New(server.Deps{
		Pool: s.pools[0], System: s.pools[1], Geocoder: &gnaf.Geocoder{Pool: s.pools[0], Search: &e.Engine}, Keys: keys,
	}))
	return s, nil
}

// Close ends the server.
func (s *Served) Close() {
	s.client.CloseIdleConnections()
	if s.site != nil {
		s.site.Close()
	}
	for _, pool := range s.pools {
		pool.Close()
	}
}

// Name is the geocoder's.
func (*Served) Name() string { return "nsdi over HTTP" }

// Geocode asks, and reads the answer to its end: it is a load, whose answers are measured in process.
func (s *Served) Geocode(ctx context.Context, query string, near *country.Corner, limit int) ([]Hit, error) {
	parameters := url.Values{"q": {query}, "limit": {strconv.Itoa(limit)}}
	if near != nil {
		parameters.Set("focus", fmt.Sprintf("%.6f,%.6f", near.Lon, near.Lat))
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.site.URL+"/v1/geocode?"+parameters.Encode(), nil)
	if err != nil {
		return nil, err
	}
	r.Header.Set("x-api-key", s.keys[s.next.Add(1)%clients])
	answer, err := s.client.Do(r)
	if err != nil {
		s.Failed.Add(1)
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		s.Failed.Add(1)
	}
	_, err = io.Copy(io.Discard, answer.Body)
	return nil, err
}
