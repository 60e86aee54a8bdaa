package main

import (
	"bufio"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nsdi/internal/cluster"
)

// receiver is a server that takes files, and can be killed and started again at the same address.
type receiver struct {
	*running
	bin, data, address, key string
	trusted                 string // file of the certificate that clients trust, if any
}

func (r *receiver) start(t *testing.T) {
	t.Helper()
	r.running = serveAt(t, r.bin, r.data, r.address)
	r.address = strings.TrimPrefix(r.url, "http://")
}

func (r *receiver) kill(t *testing.T) {
	t.Helper()
	require.NoError(t, r.cmd.Process.Kill())
	_ = r.cmd.Wait()
}

// tusEvent is a line that the client's process writes.
type tusEvent struct {
	Event  string
	URL    string
	Method string
	Status int
	Offset int64
	Text   string
}

// tusClient is a process with the real client.
type tusClient struct {
	cmd   *exec.Cmd
	lines *bufio.Scanner
	log   []tusEvent
	errs  *os.File // what node complained of
}

func (r *receiver) client(t *testing.T, file, storage string, chunk int, more map[string]any) *tusClient {
	t.Helper()
	given := map[string]any{
		"endpoint": r.url + "/v1/uploads", "key": r.key, "file": file, "storage": storage, "chunkSize": chunk,
		"metadata": map[string]string{"filename": filepath.Base(file), "agency": "post", "theme": "gnaf-address", "checksum": "sha256:" + fileSum(t, file)},
	}
	for name, value := range more {
		given[name] = value
	}
	options, err := json.Marshal(given)
	require.NoError(t, err)
	complaints, err := os.CreateTemp(t.TempDir(), "complaints")
	require.NoError(t, err)
	c := &tusClient{cmd: exec.Command("node", "../../web/test/upload/client.mjs", string(options)), errs: complaints}
	out, err := c.cmd.StdoutPipe()
	require.NoError(t, err)
	c.cmd.Stderr = complaints
	c.cmd.Env = append(os.Environ(), "NODE_EXTRA_CA_CERTS="+r.trusted)
	require.NoError(t, c.cmd.Start())
	t.Cleanup(func() { _ = c.cmd.Process.Kill(); _ = c.cmd.Wait(); _ = complaints.Close() })
	c.lines = bufio.NewScanner(out)
	return c
}

// until reads events up to one that is looked for.
func (c *tusClient) until(t *testing.T, found func(tusEvent) bool) *tusEvent {
	t.Helper()
	for c.lines.Scan() {
		var e tusEvent
		require.NoError(t, json.Unmarshal(c.lines.Bytes(), &e), "%s", c.lines.Bytes())
		c.log = append(c.log, e)
		if found(e) {
			return &e
		}
	}
	said, err := os.ReadFile(c.errs.Name())
	require.NoError(t, err)
	t.Fatalf("the client ended before: %+v\n%s", c.log[max(0, len(c.log)-5):], said)
	return nil
}

// finish waits for the end of the process, and answers the address of the upload.
func (c *tusClient) finish(t *testing.T) string {
	t.Helper()
	done := c.until(t, func(e tusEvent) bool { return e.Event == "done" })
	require.NoError(t, c.cmd.Wait())
	return done.URL
}

// acknowledged is the last offset that the server told.
func (c *tusClient) acknowledged() (offset int64) {
	for _, e := range c.log {
		if e.Event == "accepted" {
			offset = e.Offset
		}
	}
	return offset
}

func (c *tusClient) answers(method string, status int) (n int) {
	for _, e := range c.log {
		if e.Event == "answer" && e.Method == method && e.Status == status {
			n++
		}
	}
	return n
}

// ask sends a request of the protocol.
func (r *receiver) ask(t *testing.T, method, url string) *http.Response {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	require.NoError(t, err)
	req.Header.Set("Tus-Resumable", "1.0.0")
	req.Header.Set("x-api-key", r.key)
	resp, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	resp.Body.Close()
	return resp
}

func (r *receiver) head(t *testing.T, url string) int64 {
	t.Helper()
	resp := r.ask(t, http.MethodHead, url)
	require.Equal(t, http.StatusOK, resp.StatusCode)
	offset, err := strconv.ParseInt(resp.Header.Get("Upload-Offset"), 10, 64)
	require.NoError(t, err)
	return offset
}

// same requires that what the server keeps is the file.
func (r *receiver) same(t *testing.T, url, file string) {
	t.Helper()
	require.Equal(t, fileSum(t, file), fileSum(t, r.kept(url)))
	info, err := os.Stat(file)
	require.NoError(t, err)
	require.Equal(t, info.Size(), r.head(t, url))
	require.NoFileExists(t, r.kept(url)+".undo")
}

func (r *receiver) kept(url string) string {
	return filepath.Join(r.data, uploadsFolder, url[strings.LastIndex(url, "/")+1:])
}

func fileSum(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

// The real client against the real server: what users have between them are networks that end, programs that end, and servers that end.
func TestUploadWithTheRealClient(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("starts a cluster")
	}
	if _, err := exec.LookPath("node"); err != nil {
		t.Skip("there is no node")
	}
	if _, err := os.Stat("../../web/node_modules/tus-js-client"); err != nil {
		t.Skip("tus-js-client is not installed: run make web")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0") // an address that stays the same across restarts
	require.NoError(t, err)
	dir := t.TempDir()
	r := &receiver{bin: program(t), data: filepath.Join(dir, "var"), address: l.Addr().String()}
	require.NoError(t, l.Close())
	t.Cleanup(func() { require.NoError(t, cluster.Remove(r.data)) })
	top := t // whose end is the server's
	r.start(top)
	add := exec.Command(r.bin, "key", "add", "test", "--agency", "post", "--role", "uploader", "--scope", "upload:gnaf-address")
	add.Env = append(os.Environ(), "NSDI_DATA="+r.data, "DATABASE_URL=")
	out, err := add.CombinedOutput()
	require.NoError(t, err, "%s", out)
	r.key = string(regexp.MustCompile(`key  (\S+)`).FindSubmatch(out)[1])

	const size, chunk = 40<<20 + 12345, 4 << 20
	files := 0
	file := func() (path, storage string) {
		files++
		content := make([]byte, size)
		rand.Read(content)
		path = filepath.Join(dir, fmt.Sprintf("delivery-%d.gpkg", files))
		require.NoError(t, os.WriteFile(path, content, 0o600))
		return path, path + ".json"
	}
	past := func(event string, offset int64) func(tusEvent) bool {
		return func(e tusEvent) bool { return e.Event == event && e.Offset >= offset }
	}

	t.Run("client killed in the middle of a part, and started again", func(t *testing.T) {
		path, storage := file()
		c := r.client(t, path, storage, chunk, nil)
		c.until(t, past("sent", 3*chunk+chunk/2))
		require.NoError(t, c.cmd.Process.Kill())
		_ = c.cmd.Wait()
		acknowledged := c.acknowledged()
		require.GreaterOrEqual(t, acknowledged, int64(chunk))
		again := r.client(t, path, storage, chunk, nil)
		url := again.finish(t)
		require.Equal(t, "resumed", again.log[0].Event)
		require.Zero(t, again.answers("POST", 201), "nothing is begun anew")
		for _, e := range again.log {
			if e.Method == "HEAD" {
				require.GreaterOrEqual(t, e.Offset, acknowledged)
				t.Logf("acknowledged %d, resumed at %d of %d", acknowledged, e.Offset, size)
			}
		}
		r.same(t, url, path)
	})

	t.Run("wrong offset", func(t *testing.T) {
		path, storage := file()
		c := r.client(t, path, storage, chunk, map[string]any{"skew": 1000})
		url := c.finish(t)
		require.Equal(t, 1, c.answers("PATCH", 409))
		require.GreaterOrEqual(t, c.answers("HEAD", 200), 1, "the client asks where to go on")
		r.same(t, url, path)
	})

	t.Run("two clients at once", func(t *testing.T) {
		path, storage := file()
		one := r.client(t, path, storage, chunk, nil)
		begun := one.until(t, func(e tusEvent) bool { return e.Event == "url" })
		two := r.client(t, path, storage+"2", chunk, map[string]any{"uploadUrl": begun.URL})
		ends := make(chan *tusEvent, 2)
		for _, c := range []*tusClient{one, two} {
			go func() {
				var last tusEvent
				for c.lines.Scan() {
					_ = json.Unmarshal(c.lines.Bytes(), &last)
				}
				ends <- &last
			}()
		}
		done := 0
		for range 2 {
			e := <-ends
			t.Logf("%s %d %s", e.Event, e.Status, e.Text)
			if e.Event == "done" {
				done++
			}
		}
		require.Equal(t, 2, done, "each stops for the other and goes on")
		r.same(t, begun.URL, path)
	})

	t.Run("behind a proxy that ends TLS", func(t *testing.T) {
		target, err := url.Parse(r.url)
		require.NoError(t, err)
		proxy := httptest.NewTLSServer(httputil.NewSingleHostReverseProxy(target))
		t.Cleanup(proxy.Close)
		trusted := filepath.Join(dir, "proxy.pem")
		require.NoError(t, os.WriteFile(trusted, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: proxy.Certificate().Raw}), 0o600))
		r.trusted = trusted
		path, storage := file()
		c := r.client(t, path, storage, chunk, map[string]any{"endpoint": proxy.URL + "/v1/uploads"})
		address := c.finish(t)
		require.True(t, strings.HasPrefix(address, proxy.URL+"/v1/uploads/"), address)
		r.same(t, r.url+strings.TrimPrefix(address, proxy.URL), path)
	})

	t.Run("server killed and started again", func(t *testing.T) {
		path, storage := file()
		for round, at := range []int64{chunk / 2, 4 * chunk, 7*chunk + chunk/3} {
			c := r.client(t, path, storage, chunk, map[string]any{"metadata": map[string]string{
				"filename": fmt.Sprintf("round-%d.gpkg", round), "agency": "post", "theme": "gnaf-address", "checksum": "sha256:" + fileSum(t, path),
			}})
			c.until(t, past("sent", at))
			r.kill(t)
			acknowledged := c.acknowledged()
			// What was told before the kill is on the disk, whoever reads it.
			begun := c.log[0]
			for _, e := range c.log {
				if e.Event == "url" {
					begun = e
				}
			}
			info, err := os.Stat(r.kept(begun.URL))
			require.NoError(t, err)
			require.GreaterOrEqual(t, info.Size(), acknowledged)
			r.start(top)
			require.GreaterOrEqual(t, r.head(t, begun.URL), acknowledged)
			url := c.finish(t)
			require.Equal(t, begun.URL, url)
			require.Equal(t, 1, c.answers("POST", 201))
			r.same(t, url, path)
			t.Logf("killed past %d with %d acknowledged and %d kept", at, acknowledged, info.Size())
			require.NoError(t, os.RemoveAll(storage))
		}
	})

	t.Run("server told to end while a part comes", func(t *testing.T) {
		path, storage := file()
		c := r.client(t, path, storage, chunk, nil)
		c.until(t, past("sent", 2*chunk))
		told := time.Now()
		r.interrupt(t)
		assert.Less(t, time.Since(told), shutdownTime, "a transfer does not hold up the end")
		r.start(top)
		r.same(t, c.finish(t), path)
	})

	// Nobody reads the files of others, and a finished upload can be taken back.
	left, err := os.ReadDir(filepath.Join(r.data, uploadsFolder))
	require.NoError(t, err)
	for _, e := range left {
		info, err := e.Info()
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o600), info.Mode().Perm(), e.Name())
	}
	r.interrupt(t)
}
