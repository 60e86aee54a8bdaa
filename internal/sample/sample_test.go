package sample

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// sampleSize is the number of addresses of the sample that the tests of content share.
const sampleSize = 3000

// TestSample writes one country and looks at it from several sides.
func TestSample(t *testing.T) {
	t.Parallel()
	d := writeSample(t, sampleSize, 3)
	for name, check := range map[string]func(*testing.T, *sampleDir){
		"clean deliveries have no defect":                 cleanDeliveriesHaveNoDefect,
		"addresses are distinct and carry valid codes":    addressesAreDistinctAndCarryValidCodes,
		"the shapefile is windows-1256":                   shapefileIsWindows1256,
		"the shapefile is in the right place":             shapefileIsInTheRightPlace,
		"no obligation is complete or empty":              nothingIsCompleteOrEmpty,
		"dirty deliveries have their defects and no more": dirtyDeliveriesHaveTheirDefects,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			check(t, d)
		})
	}
}

func TestFolderWithOtherContentIsRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	note := filepath.Join(dir, "note.txt")
	if err := os.WriteFile(note, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Write(t.Context(), Options{Dir: dir, Addresses: 100}); err == nil {
		t.Fatal("no error")
	}
	if got := listFiles(t, dir); !slices.Equal(got, []string{"note.txt"}) {
		t.Errorf("the folder now holds %v", got)
	}
}

func TestEarlierSampleIsReplaced(t *testing.T) {
	t.Parallel()
	d := writeSample(t, 300, 1)
	if _, err := Write(t.Context(), Options{Dir: d.dir, Addresses: 300, Seed: 2}); err != nil {
		t.Fatal(err)
	}
	fresh := writeSample(t, 300, 2)
	if a, b := listFiles(t, d.dir), listFiles(t, fresh.dir); !slices.Equal(a, b) {
		t.Errorf("%v, a fresh folder has %v", a, b)
	}
}

func TestCancelledRunLeavesNoManifest(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	dir := filepath.Join(t.TempDir(), "sample")
	_, err := Write(ctx, Options{Dir: dir, Addresses: 5000, Progress: func(done, _ int) {
		if done > 1000 {
			cancel()
		}
	}})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("error %v", err)
	}
	for _, file := range listFiles(t, dir) {
		if file == "manifest.json" || strings.HasPrefix(file, "work") {
			t.Errorf("%s is left", file)
		}
	}
}

func TestOptionsAreChecked(t *testing.T) {
	t.Parallel()
	for _, o := range []Options{{Dir: t.TempDir(), Addresses: 99}, {Dir: t.TempDir(), Addresses: MaxAddresses + 1}, {Addresses: 100}} {
		if _, err := Write(t.Context(), o); err == nil {
			t.Errorf("%+v is taken", o)
		}
	}
}
