package server_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"log/slog"
	"math"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"nsdi/access"
	"nsdi/internal/fixture"
	"nsdi/internal/pg"
	"nsdi/internal/pgtest"
	"nsdi/server"
	"nsdi/tiles"
)

// BenchmarkWarmTile asks for a kept tile of about 21 KB and one of about 140 KB: of the whole server, of package tiles alone, and of nginx with gzip_static on the same
// bodies, in turn, by wrk on the same machine. The metrics are requests a second, their share of nginx's, and the processor's time a request of the server alone.
func BenchmarkWarmTile(b *testing.B) {
	for _, program := range []string{"nginx", "wrk"} {
		if _, err := exec.LookPath(program); err != nil {
			b.Skip(program + " is not installed")
		}
	}
	pool := pgtest.New(b)
	// Two tiles of zoom 14 far from each other, with addresses on a grid.
	places := map[string]tiles.Address{"21KB": {Z: 14, X: 10531, Y: 6450}, "140KB": {Z: 14, X: 10631, Y: 6450}}
	counts := map[string]int{"21KB": 43, "140KB": 114}
	var addresses []fixture.Feature
	for name, at := range places {
		lon := func(x float64) float64 { return x/math.Exp2(14)*360 - 180 }
		lat := func(y float64) float64 {
			return math.Atan(math.Sinh(math.Pi*(1-2*y/math.Exp2(14)))) * 180 / math.Pi
		}
		n := counts[name]
		for i := range n {
			for j := range n {
				addresses = append(addresses, fixture.Feature{
					Key: fmt.Sprintf("%s-%d-%d", name, i, j), WKT: fmt.Sprintf("POINT(%f %f)", lon(float64(at.X)+(float64(i)+0.5)/float64(n)), lat(float64(at.Y)+(float64(j*j%n)+0.5)/float64(n))),
					Attributes: map[string]any{"address_id": fmt.Sprintf("%x", i*7919*j%104729), "city": "تهران", "street": fmt.Sprintf("خیابان %d", i), "number": j, "way_id": i},
				})
			}
		}
	}
	fixture.Publish(b, pool, "gnaf-address", "post", nil, addresses...)
	service := tiles.New(pgtest.Application(b, pool, pg.Public))
	handler := server.New(server.Deps{
		Pool: pgtest.Application(b, pool, pg.Nothing), System: pgtest.Application(b, pool, pg.Everything), Tiles: service, PublicQuotas: &access.PublicQuotas{}, Log: slog.New(slog.DiscardHandler),
	})
	whole := httptest.NewUnstartedServer(handler)
	whole.Config, whole.Listener = server.HTTP(handler), server.Listener(whole.Listener)
	whole.Start()
	defer whole.Close()
	var at tiles.Address
	alone := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		tile, err := service.TileOf(r.Context(), "gnaf-address", at, tiles.VersionOf(r))
		if err != nil {
			http.Error(w, err.Error(), 500)
			return
		}
		tile.ServeHTTP(w, r)
	}))
	defer alone.Close()
	doc, err := service.TileJSON(b.Context(), "gnaf-address", "")
	require.NoError(b, err)
	_, query, _ := strings.Cut(doc.Tiles[0], "?")
	folder := b.TempDir()
	address, cpu := startNginx(b, folder)

	for _, name := range []string{"21KB", "140KB"} {
		at = places[name]
		path := fmt.Sprintf("/tiles/gnaf-address/%d/%d/%d?%s", at.Z, at.X, at.Y, query)
		request, err := http.NewRequestWithContext(b.Context(), http.MethodGet, whole.URL+path, nil)
		require.NoError(b, err)
		request.Header.Set("Accept-Encoding", "gzip")
		answer, err := http.DefaultClient.Do(request)
		require.NoError(b, err)
		body, err := io.ReadAll(answer.Body)
		require.NoError(b, err)
		answer.Body.Close()
		require.Equal(b, []string{"200", "gzip"}, []string{strconv.Itoa(answer.StatusCode), answer.Header.Get("Content-Encoding")})
		_, err = gzip.NewReader(bytes.NewReader(body))
		require.NoError(b, err)
		require.NoError(b, os.WriteFile(filepath.Join(folder, name+".gz"), body, 0o644))
		rounds := map[string][][2]float64{}
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				for range 3 {
					for _, one := range []struct {
						name, url string
						cpu       func() time.Duration
					}{{"nginx", "http://" + address + "/" + name, cpu}, {"server", whole.URL + path, ownTime}, {"tiles", alone.URL + "/?" + query, ownTime}} {
						before := one.cpu()
						rate, requests := wrk(b, one.url)
						rounds[one.name] = append(rounds[one.name], [2]float64{rate, float64((one.cpu() - before).Microseconds()) / requests})
					}
				}
			}
			median := func(name string, i int) float64 {
				slices.SortFunc(rounds[name], func(a, c [2]float64) int { return int(math.Copysign(1, a[i]-c[i])) })
				return rounds[name][len(rounds[name])/2][i]
			}
			for _, one := range []string{"nginx", "server", "tiles"} {
				b.ReportMetric(median(one, 0), one+"-req/s")
				b.ReportMetric(median(one, 0)/median("nginx", 0), one+"-x-nginx")
				b.ReportMetric(median(one, 1), one+"-µs-cpu")
			}
			b.ReportMetric(float64(len(body))/1000, "KB")
			b.ReportMetric(0, "ns/op")
		})
	}
}

func wrk(b *testing.B, url string) (rate, requests float64) {
	out, err := exec.CommandContext(b.Context(), "wrk", "-t1", "-c16", "-d4s", "-H", "Accept-Encoding: gzip", url).CombinedOutput()
	require.NoError(b, err, string(out))
	require.NotContains(b, string(out), "Non-2xx")
	found := regexp.MustCompile(`(?s)(\d+) requests in .*Requests/sec:\s+([\d.]+)`).FindSubmatch(out)
	require.NotNil(b, found, string(out))
	requests, err = strconv.ParseFloat(string(found[1]), 64)
	require.NoError(b, err)
	rate, err = strconv.ParseFloat(string(found[2]), 64)
	require.NoError(b, err)
	return rate, requests
}

func ownTime() time.Duration {
	var used syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &used)
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// startNginx serves a folder as nginx does best: two workers, files kept open, compressed beforehand. The function answers what its workers have used of the processors.
func startNginx(b *testing.B, folder string) (string, func() time.Duration) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(b, err)
	address := listener.Addr().String()
	require.NoError(b, listener.Close())
	user := ""
	if os.Geteuid() == 0 { // else its workers would be another user, who may not read the folder
		user = "user root; "
	}
	config := filepath.Join(b.TempDir(), "nginx.conf")
	require.NoError(b, os.WriteFile(config, fmt.Appendf(nil, `
%[4]sdaemon off; worker_processes 2; pid %[1]s.pid; error_log stderr;
events { worker_connections 1024; }
http {
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000000; open_file_cache max=10000;
  client_body_temp_path %[1]s.b; proxy_temp_path %[1]s.p; fastcgi_temp_path %[1]s.f; uwsgi_temp_path %[1]s.u; scgi_temp_path %[1]s.s;
  default_type application/vnd.mapbox-vector-tile;
  server { listen %[2]s; root %[3]s; gzip_static always; etag on; add_header Cache-Control "public, max-age=31536000, immutable"; }
}
`, config, address, folder, user), 0o644))
	nginx := exec.CommandContext(b.Context(), "nginx", "-c", config)
	nginx.Cancel = func() error { return nginx.Process.Signal(syscall.SIGTERM) }
	nginx.Stderr = os.Stderr
	require.NoError(b, nginx.Start())
	b.Cleanup(func() { _ = nginx.Process.Signal(syscall.SIGTERM); _ = nginx.Wait() })
	require.Eventually(b, func() bool {
		c, err := (&net.Dialer{Timeout: time.Second}).DialContext(b.Context(), "tcp", address)
		if err == nil {
			c.Close()
		}
		return err == nil
	}, 10*time.Second, 20*time.Millisecond)
	var children []byte
	require.Eventually(b, func() bool { // it takes connections before it has both workers
		var err error
		children, err = os.ReadFile(fmt.Sprintf("/proc/%d/task/%[1]d/children", nginx.Process.Pid))
		return err == nil && len(strings.Fields(string(children))) == 2
	}, 10*time.Second, 20*time.Millisecond)
	return address, func() time.Duration {
		ticks := 0
		for _, pid := range strings.Fields(string(children)) {
			stat, err := os.ReadFile("/proc/" + pid + "/stat")
			require.NoError(b, err)
			fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+2:]))
			for _, i := range []int{11, 12} { // utime and stime, in hundredths of a second
				n, err := strconv.Atoi(fields[i])
				require.NoError(b, err)
				ticks += n
			}
		}
		return time.Duration(ticks) * 10 * time.Millisecond
	}
}
