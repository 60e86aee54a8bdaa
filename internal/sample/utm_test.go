package sample

import (
	"bytes"
	"fmt"
	"math"
	"os/exec"
	"strings"
	"testing"
)

// TestUTMAgainstPROJ compares both directions with PROJ, through gdaltransform.
func TestUTMAgainstPROJ(t *testing.T) {
	t.Parallel()
	for zone := 38; zone <= 41; zone++ {
		r := stream(1, "utm", zone)
		var degrees, metres bytes.Buffer
		var points []xy
		for range 200 {
			p := xy{centralMeridian(zone) + between(r, -3.4, 3.4), between(r, 24, 40)}
			q := toUTM(zone, p)
			points = append(points, p)
			fmt.Fprintf(&degrees, "%.12f %.12f\n", p.X, p.Y)
			fmt.Fprintf(&metres, "%.6f %.6f\n", q.X, q.Y)
		}
		code := fmt.Sprintf("EPSG:%d", 32600+zone)
		forward := gdaltransform(t, &degrees, "-s_srs", "EPSG:4326", "-t_srs", code)
		inverse := gdaltransform(t, &metres, "-s_srs", code, "-t_srs", "EPSG:4326")
		for i, p := range points {
			q := toUTM(zone, p)
			if d := math.Hypot(q.X-forward[i].X, q.Y-forward[i].Y); d > 1e-4 {
				t.Fatalf("zone %d, %v: %v, PROJ says %v: %g m apart", zone, p, q, forward[i], d)
			}
			back := fromUTM(zone, q)
			if d := math.Hypot(back.X-p.X, back.Y-p.Y); d > 1e-10 {
				t.Fatalf("zone %d, %v: there and back is %v", zone, p, back)
			}
			if d := math.Hypot(inverse[i].X-p.X, inverse[i].Y-p.Y); d > 1e-9 {
				t.Fatalf("zone %d: PROJ reads %v as %v", zone, p, inverse[i])
			}
		}
	}
}

func gdaltransform(t *testing.T, in *bytes.Buffer, args ...string) []xy {
	t.Helper()
	cmd := exec.Command("gdaltransform", append([]string{"-output_xy"}, args...)...)
	cmd.Stdin = in
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("gdaltransform: %v", err)
	}
	var points []xy
	for line := range strings.Lines(string(out)) {
		var p xy
		if _, err := fmt.Sscan(line, &p.X, &p.Y); err != nil {
			t.Fatalf("gdaltransform answered %q", line)
		}
		points = append(points, p)
	}
	return points
}
