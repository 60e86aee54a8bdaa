package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"nsdi/internal/cluster"
	"nsdi/internal/sample"
	"nsdi/layers/catalogue"
)

// build makes the binary, once for all tests that start it, in the folder that goes with the tests.
var build = sync.OnceValues(func() (bin string, err error) {
	bin = filepath.Join(os.Getenv(envBinary), "nsdi")
	if out, err := exec.Command("go", "build", "-o", bin, ".").CombinedOutput(); err != nil {
		return "", fmt.Errorf("build: %w: %s", err, out)
	}
	return bin, nil
})

func program(t testing.TB) string {
	t.Helper()
	bin, err := build()
	require.NoError(t, err)
	return bin
}

// running is a started server.
type running struct {
	cmd      *exec.Cmd
	url      string
	output   []string
	login    string
	password string
	took     time.Duration
	log      complaints
}

// complaints takes the log of a server, and keeps what it calls an error.
type complaints struct {
	mu    sync.Mutex
	lines []string
}

func (c *complaints) follow(lines *bufio.Scanner) {
	for lines.Scan() {
		if line := lines.Text(); strings.Contains(line, "level=ERROR") || strings.Contains(line, "panic") || strings.Contains(line, "DATA RACE") {
			c.mu.Lock()
			c.lines = append(c.lines, line)
			c.mu.Unlock()
		}
	}
}

func (c *complaints) all() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.lines)
}

var (
	servesOn = regexp.MustCompile(`nsdi serves on (http://\S+)/ `)
	account  = regexp.MustCompile(`^\s*account\s+(\S+)`)
	password = regexp.MustCompile(`^\s*password\s+(\S+)`)
)

// serve starts the server with the sample country on a free port and waits until it says where it serves.
func serve(t *testing.T, bin, data string) *running {
	t.Helper()
	return serveAt(t, bin, data, "127.0.0.1:0", "--sample")
}

// serveAt starts the server on an address.
func serveAt(t *testing.T, bin, data, address string, flags ...string) *running {
	t.Helper()
	return serving(t, command(bin, data, address, flags...))
}

// command is that of a server with a database of its own.
func command(bin, data, address string, flags ...string) *exec.Cmd {
	cmd := exec.Command(bin, append([]string{"serve"}, flags...)...)
	cmd.Env = append(os.Environ(), "NSDI_LISTEN="+address, "NSDI_DATA="+data, "DATABASE_URL=")
	return cmd
}

// serving starts the command of a server and waits until it says where it serves.
func serving(t testing.TB, cmd *exec.Cmd) *running {
	t.Helper()
	r := saying(t, cmd, servesOn)
	r.url = servesOn.FindStringSubmatch(r.output[len(r.output)-1])[1]
	return r
}

// saying starts the command of a server and waits for a line.
func saying(t testing.TB, cmd *exec.Cmd, what *regexp.Regexp) *running {
	t.Helper()
	started := time.Now()
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // a terminal signals the whole group
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	cmd.Stderr = cmd.Stdout
	require.NoError(t, cmd.Start())
	r := &running{cmd: cmd}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		line := lines.Text()
		r.output = append(r.output, line)
		if m := account.FindStringSubmatch(line); m != nil {
			r.login = m[1]
		}
		if m := password.FindStringSubmatch(line); m != nil {
			r.password = m[1]
		}
		if what.MatchString(line) {
			r.took = time.Since(started)
			go r.log.follow(lines)
			return r
		}
	}
	t.Fatalf("the server ended before it said %s:\n%s", what, strings.Join(r.output, "\n"))
	return nil
}

// interrupt is Ctrl-C in a terminal.
func (r *running) interrupt(t *testing.T) {
	t.Helper()
	require.NoError(t, syscall.Kill(-r.cmd.Process.Pid, syscall.SIGINT))
	require.NoError(t, r.cmd.Wait(), "Ctrl-C is a normal end")
}

func (r *running) status(t *testing.T, path string) int {
	t.Helper()
	resp, err := http.Get(r.url + path)
	require.NoError(t, err)
	resp.Body.Close()
	return resp.StatusCode
}

// What a person does first: start it, look, end it, start it again; and what goes wrong first: it is killed, while it takes in the sample country and afterwards.
func TestServeTheSampleCountry(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("starts a cluster and imports the sample country")
	}
	bin, data := program(t), filepath.Join(t.TempDir(), "var")
	t.Cleanup(func() { require.NoError(t, cluster.Remove(data)) })

	killed := saying(t, command(bin, data, "127.0.0.1:0", "--sample"), regexp.MustCompile("cadastre-urban"))
	require.Equal(t, "admin", killed.login)
	require.GreaterOrEqual(t, len(killed.password), 20)
	require.NoError(t, killed.cmd.Process.Kill())
	require.Error(t, killed.cmd.Wait())

	first := serve(t, bin, data)
	require.Contains(t, strings.Join(first.output, "\n"), "unchanged", "what was published before the kill is not published twice")
	require.Empty(t, first.password, "a password is shown once")
	require.Equal(t, http.StatusOK, first.status(t, "/"))
	require.Equal(t, http.StatusOK, first.status(t, "/readyz"))
	checkProgress(t, first.url)
	checkAnswers(t, first.url)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, first.url+"/v1/me", nil)
	require.NoError(t, err)
	req.SetBasicAuth(killed.login, killed.password)
	resp, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	resp.Body.Close()
	require.Equal(t, http.StatusOK, resp.StatusCode, "the printed account works")
	require.Equal(t, http.StatusUnauthorized, first.status(t, "/v1/me"))

	// Another server on the same data is told so, and does no harm.
	out, err := command(bin, data, "127.0.0.1:0").CombinedOutput()
	require.Error(t, err)
	require.Contains(t, string(out), "running")
	first.interrupt(t)
	require.Empty(t, postmasters(t, data), "the database ends with the server")

	second := serve(t, bin, data)
	require.NotContains(t, strings.Join(second.output, "\n"), "filling", "the data is there already")
	t.Logf("first start %s, second start %s", first.took.Round(time.Millisecond), second.took.Round(time.Millisecond))
	require.NoError(t, second.cmd.Process.Kill())
	_ = second.cmd.Wait()

	third := serve(t, bin, data)
	checkProgress(t, third.url)
	third.interrupt(t)
	require.Empty(t, postmasters(t, data))
}

// checkProgress looks at the country's figures: the sample is neither empty nor complete, and what cannot be known is not a number.
func checkProgress(t *testing.T, url string) {
	t.Helper()
	resp, err := http.Get(url + "/v1/progress?unit=IR")
	require.NoError(t, err)
	defer resp.Body.Close()
	var report struct {
		Obligations []struct {
			Code    string
			State   string
			Percent *float64
		}
		Children []struct{ Code string }
	}
	require.NoError(t, json.NewDecoder(resp.Body).Decode(&report))
	require.Len(t, report.Obligations, 12)
	require.Len(t, report.Children, 31)
	known := 0
	for _, o := range report.Obligations {
		if o.State == "unknown" {
			require.Nil(t, o.Percent, o.Code)
			continue
		}
		known++
		if strings.HasSuffix(o.Code, "-INQUIRY") {
			require.Zero(t, *o.Percent, "nobody has asked yet")
			continue
		}
		require.Greater(t, *o.Percent, 0.0, o.Code)
		require.Less(t, *o.Percent, 100.0, o.Code)
	}
	require.Equal(t, 12, known)
}

// checkAnswers holds every figure of every unit against what the generator says that it must be, to the two decimals that are shown.
func checkAnswers(t *testing.T, url string) {
	t.Helper()
	list, err := sample.Answers(t.Context(), sample.Options{Seed: defaultSeed}, time.Now().UTC().Year())
	require.NoError(t, err)
	answers, units := map[[3]string]sample.Answer{}, map[string]bool{}
	for _, a := range list {
		answers[[3]string{a.Unit, a.Obligation, a.Measure}], units[a.Unit] = a, true
	}
	for i := range 31 {
		units[fmt.Sprintf("IR-%02d", i)] = true
	}
	themes, err := catalogue.Load()
	require.NoError(t, err)
	type stage struct{ Value, Percent float64 }
	compared := 0
	for unit := range units {
		resp, err := http.Get(url + "/v1/progress?unit=" + unit)
		require.NoError(t, err)
		var report struct {
			Obligations []struct {
				Code, State                            string
				Denominator                            float64
				Delivered, Validated, Published, Fresh stage
				Beside                                 []struct {
					Measure, State                  string
					Denominator, Published, Percent float64
				}
			}
		}
		err = json.NewDecoder(resp.Body).Decode(&report)
		resp.Body.Close()
		require.NoError(t, err)
		require.Len(t, report.Obligations, 12, unit)
		for _, o := range report.Obligations {
			for _, b := range o.Beside {
				a, known := answers[[3]string{unit, o.Code, b.Measure}]
				if !known {
					continue
				}
				require.Equal(t, "known", b.State, "%s of %s in %s", b.Measure, o.Code, unit)
				require.InEpsilon(t, a.Denominator, b.Denominator, 1e-6, "%s of %s in %s", b.Measure, o.Code, unit)
				require.InDelta(t, 100*a.Published/a.Denominator, b.Percent, 0.005001, "%s of %s in %s", b.Measure, o.Code, unit)
				compared++
			}
			a, known := answers[[3]string{unit, o.Code, ""}]
			if !known {
				require.NotEqual(t, "known", o.State, "%s in %s", o.Code, unit)
				continue
			}
			require.Equal(t, "known", o.State, "%s in %s", o.Code, unit)
			if a.Denominator == 0 { // what the registers of the program say does not follow from the plan of the country
				require.Equal(t, a.Published, o.Published.Value, "%s in %s", o.Code, unit)
				if o.Code == "A23" {
					require.Equal(t, float64(len(themes)), o.Denominator)
				}
				a.Denominator = o.Denominator
			}
			require.InEpsilon(t, a.Denominator, o.Denominator, 1e-6, "%s in %s", o.Code, unit)
			for name, pair := range map[string][2]float64{
				"delivered": {a.Delivered, o.Delivered.Percent}, "validated": {a.Validated, o.Validated.Percent},
				"published": {a.Published, o.Published.Percent}, "fresh": {a.Fresh, o.Fresh.Percent},
			} {
				require.InDelta(t, 100*pair[0]/a.Denominator, pair[1], 0.005001, "%s of %s in %s", name, o.Code, unit)
				compared++
			}
		}
	}
	due := 0
	for _, a := range answers {
		due++
		if a.Measure == "" {
			due += 3 // each of its four stages
		}
	}
	require.Equal(t, due, compared)
}

// postmasters finds PostgreSQL servers that run on a data folder, or on the folder that it links to.
func postmasters(t *testing.T, data string) []string {
	t.Helper()
	home, err := filepath.EvalSymlinks(filepath.Join(data, "postgres"))
	require.NoError(t, err)
	procs, err := filepath.Glob("/proc/[0-9]*/cmdline")
	require.NoError(t, err)
	var found []string
	for _, p := range procs {
		if line, err := os.ReadFile(p); err == nil && strings.Contains(string(line), home) {
			found = append(found, strings.ReplaceAll(string(line), "\x00", " "))
		}
	}
	return found
}
