package archive

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/stretchr/testify/require"

	"nsdi/tiles/pmtiles"
)

func packed(t testing.TB, text string) []byte {
	if text == "" {
		return nil
	}
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	_, err := z.Write([]byte(text))
	require.NoError(t, err)
	require.NoError(t, z.Close())
	return out.Bytes()
}

func state(n int64) State {
	return State{Drawn: 7, Stamp: fmt.Sprint("publication ", n), Position: n, MinZoom: 0, MaxZoom: 8}
}

// country is what the tiles of a layer are after each of some publications.
type country struct {
	random *rand.Rand
	now    map[uint64]string
}

func (c *country) change(n int64) (changed []uint64) {
	for id := range uint64(300) {
		if c.random.IntN(10) > 0 {
			continue
		}
		changed = append(changed, id)
		if c.random.IntN(3) == 0 {
			delete(c.now, id)
		} else {
			c.now[id] = fmt.Sprintf("tile %d after %d, %s", id, n, strings.Repeat("x", c.random.IntN(40)))
		}
	}
	return changed
}

func (c *country) write(t testing.TB, s *Store, n int64, changed []uint64) {
	w, err := s.Begin("place", state(n), changed != nil)
	require.NoError(t, err)
	defer w.Close()
	if changed == nil {
		for id := range uint64(300) {
			changed = append(changed, id)
		}
	}
	for _, id := range changed {
		require.NoError(t, w.Add(id, packed(t, c.now[id])))
	}
	require.NoError(t, w.Commit(pmtiles.Description{Bounds: [4]float64{44, 25, 63, 39}, Metadata: map[string]any{"name": "مکان"}}))
}

// holds asks for every tile, and answers of which publication they are.
func holds(t testing.TB, s *Store, of map[int64]map[uint64]string) int64 {
	var is State
	packed := 0
	defer func() {
		if o := s.set("place"); o.Files[0].Brotli != "" {
			require.Greater(t, packed, 5)
		}
	}()
	for id := range uint64(300) {
		tile, err := s.Tile("place", id, func(st State) bool { is = st; return true })
		require.NoError(t, err)
		require.NotNil(t, tile)
		require.Equal(t, of[is.Position][id], string(tile.Raw), "tile %d of publication %d", id, is.Position)
		if tile.Brotli != nil {
			raw, err := unpackBrotli(tile.Brotli())
			require.NoError(t, err)
			require.Equal(t, string(tile.Raw), string(raw))
			packed++
		}
	}
	return is.Position
}

func copyOf(c map[uint64]string) map[uint64]string {
	out := map[uint64]string{}
	for k, v := range c {
		out[k] = v
	}
	return out
}

// After every publication, and after the files were made one, each tile is the one of the last publication; so it is for another process that shares the folder, and
// nothing is left behind.
func TestTilesOfTheLastPublication(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	s, err := Open(folder)
	require.NoError(t, err)
	defer s.Close()
	other, err := Open(folder)
	require.NoError(t, err)
	defer other.Close()
	c := &country{rand.New(rand.NewPCG(1, 2)), map[uint64]string{}}
	of := map[int64]map[uint64]string{}
	c.change(1)
	of[1] = copyOf(c.now)
	c.write(t, s, 1, nil)
	compacted := 0
	for n := int64(2); n < 12; n++ {
		require.EqualValues(t, n-1, holds(t, s, of))
		changed := c.change(n)
		of[n] = copyOf(c.now)
		c.write(t, s, n, changed)
		require.EqualValues(t, n, holds(t, s, of))
		if s.Scattered("place") {
			compacted++
			require.NoError(t, s.Compact("place", nil))
			require.EqualValues(t, n, holds(t, s, of))
		}
		require.NoError(t, s.Sweep())
		require.NoError(t, other.Refresh())
		tile, err := other.Tile("place", 5, func(State) bool { return true })
		require.NoError(t, err)
		require.Nil(t, tile, "nothing is read before it is certain that it is of this database")
		other.Verify("place", state(n))
		require.EqualValues(t, n, holds(t, other, of))
	}
	require.Equal(t, 1, compacted)
	require.NoError(t, s.Advance("place", state(99)))
	is, verified, ok := s.State("place")
	require.True(t, ok && verified)
	require.Equal(t, state(99), is)
	of[99] = of[11]
	require.Equal(t, []string{"place"}, s.Loose())
	require.NoError(t, s.Pack("place", func() bool { return false }))
	require.Equal(t, []string{"place"}, s.Loose(), "it was broken off")
	require.NoError(t, s.Pack("place", func() bool { return true }))
	require.Empty(t, s.Loose())
	require.EqualValues(t, 99, holds(t, s, of))

	// What is packed again when the files are made one is what has changed, and nothing else.
	anew := func() (bodies int) {
		s.hook = func(point string) {
			if point == "packed anew" {
				bodies++
			}
		}
		require.NoError(t, s.Compact("place", nil))
		require.NoError(t, s.Sweep())
		require.Equal(t, []string{"place"}, s.Loose())
		require.NoError(t, s.Pack("place", func() bool { return true }))
		require.NoError(t, s.Sweep())
		s.hook = nil
		return bodies
	}
	anew()
	require.Zero(t, anew())
	changed, there := c.change(100), 0
	of[100] = copyOf(c.now)
	for _, id := range changed {
		if _, ok := c.now[id]; ok {
			there++
		}
	}
	c.write(t, s, 100, changed)
	require.Equal(t, there, anew())
	require.EqualValues(t, 100, holds(t, s, of))
	layers, tiles, _, err := Inspect(folder)
	require.NoError(t, err)
	require.Equal(t, 1, layers)
	require.Greater(t, tiles, 100)
	left, err := os.ReadDir(folder)
	require.NoError(t, err)
	require.Len(t, left, len(s.set("place").Files)+2, "files of the layer, one by brotli and its manifest are there: %v", left)
}

// A killed process leaves the folder as it is at that moment. Whatever moment it is, who starts next has all tiles of one publication, and goes on from there.
func TestKilledAtAnyMoment(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	s, err := Open(folder)
	require.NoError(t, err)
	defer s.Close()
	points := map[string]int{}
	var images []string
	s.hook = func(point string) {
		if points[point]++; points[point]%97 != 1 && (point == "tile" || point == "packed anew") {
			return
		}
		image := filepath.Join(t.TempDir(), "image")
		require.NoError(t, os.CopyFS(image, os.DirFS(folder)))
		images = append(images, image)
	}
	c := &country{rand.New(rand.NewPCG(3, 4)), map[uint64]string{}}
	of := map[int64]map[uint64]string{}
	for n := int64(1); n < 5; n++ {
		changed := c.change(n)
		of[n] = copyOf(c.now)
		if n == 1 {
			changed = nil
		}
		c.write(t, s, n, changed)
		require.NoError(t, s.Sweep())
	}
	require.NoError(t, s.Pack("place", func() bool { return true }))
	require.NoError(t, s.Compact("place", nil))
	require.NoError(t, s.Pack("place", func() bool { return true }))
	require.NoError(t, s.Sweep())
	for _, point := range []string{"tile", "bodies", "file named", "manifest written", "manifest named", "before removing"} {
		require.Positive(t, points[point], point)
	}
	seen := map[int64]int{}
	for _, image := range images {
		again, err := Open(image)
		require.NoError(t, err)
		require.Empty(t, again.Summary().Failed)
		is, _, ok := again.State("place")
		if ok {
			again.Verify("place", is)
			require.Equal(t, is.Position, holds(t, again, of))
		}
		seen[is.Position]++
		c.now = copyOf(of[4])
		c.write(t, again, 4, nil)
		require.EqualValues(t, 4, holds(t, again, of))
		require.NoError(t, again.Sweep())
		left, err := os.ReadDir(image)
		require.NoError(t, err)
		there := 2
		if again.set("place").Files[0].Earlier != "" {
			there++
		}
		require.Len(t, left, there, "the file, its manifest, and what was packed before are left: %v", left)
		again.Close()
	}
	for n := int64(0); n < 5; n++ {
		require.Positive(t, seen[n], "publication %d", n)
	}
}

// What the disk has altered is never answered: a body, a directory, the manifest, a file of another state in the place of one. The layer is then as if it had no archive.
func TestDamage(t *testing.T) {
	t.Parallel()
	c := &country{rand.New(rand.NewPCG(5, 6)), map[uint64]string{}}
	for n := range int64(6) {
		c.change(n)
	}
	for name, spoil := range map[string]func(t *testing.T, folder string, file, manifest string){
		"manifest": func(t *testing.T, _, _, manifest string) {
			text, err := os.ReadFile(manifest)
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(manifest, bytes.Replace(text, []byte(`"position":1`), []byte(`"position":2`), 1), 0o644))
		},
		"cut off": func(t *testing.T, _, file, _ string) { require.NoError(t, os.Truncate(file, 17_000)) },
		"away":    func(t *testing.T, _, file, _ string) { require.NoError(t, os.Remove(file)) },
		"another state": func(t *testing.T, folder, file, _ string) {
			other, err := Open(t.TempDir())
			require.NoError(t, err)
			defer other.Close()
			c.write(t, other, 9, nil)
			require.NoError(t, os.Rename(filepath.Join(other.folder, other.set("place").Files[0].Name), file))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			folder := t.TempDir()
			s, err := Open(folder)
			require.NoError(t, err)
			c.write(t, s, 1, nil)
			file := filepath.Join(folder, s.set("place").Files[0].Name)
			s.Close()
			spoil(t, folder, file, filepath.Join(folder, "place.json"))
			s, err = Open(folder)
			require.NoError(t, err)
			defer s.Close()
			_, _, ok := s.State("place")
			require.False(t, ok)
			require.Contains(t, s.Summary().Failed, "place")
			_, _, _, err = Inspect(folder)
			require.Error(t, err)
			c.write(t, s, 1, nil)
			require.Empty(t, s.Summary().Failed)
			holds(t, s, map[int64]map[uint64]string{1: c.now})
		})
	}
	t.Run("any byte", func(t *testing.T) {
		t.Parallel()
		folder := t.TempDir()
		s, err := Open(folder)
		require.NoError(t, err)
		defer s.Close()
		c.write(t, s, 1, nil)
		path := filepath.Join(folder, s.set("place").Files[0].Name)
		whole, err := os.ReadFile(path)
		require.NoError(t, err)
		random := rand.New(rand.NewPCG(7, 8))
		told := 0
		for i := range 80 {
			at := 16384 + random.IntN(len(whole)-16384) // bodies, and what the file says of itself
			if i%4 == 0 {
				at = random.IntN(600) // header and directory
			}
			spoilt := bytes.Clone(whole)
			spoilt[at] ^= byte(1 + random.IntN(255))
			require.NoError(t, os.WriteFile(path, spoilt, 0o644))
			again, err := Open(folder)
			require.NoError(t, err)
			again.Verify("place", state(1))
			if _, _, ok := again.State("place"); !ok {
				told++
			}
			for id := range uint64(300) {
				tile, err := again.Tile("place", id, func(State) bool { return true })
				if err != nil {
					told++
					_, _, ok := again.State("place")
					require.False(t, ok)
					break
				}
				if tile != nil {
					require.Equal(t, c.now[id], string(tile.Raw))
				}
			}
			again.Close()
		}
		require.Greater(t, told, 40)
	})
}

// Where the file by brotli is damaged there is gzip.
func TestBrotliThatIsDamaged(t *testing.T) {
	t.Parallel()
	c := &country{rand.New(rand.NewPCG(9, 10)), map[uint64]string{}}
	for n := range int64(6) {
		c.change(n)
	}
	folder := t.TempDir()
	s, err := Open(folder)
	require.NoError(t, err)
	defer s.Close()
	c.write(t, s, 1, nil)
	require.NoError(t, s.Pack("place", func() bool { return true }))
	path := filepath.Join(folder, s.set("place").Files[0].Brotli)
	body, err := os.ReadFile(path)
	require.NoError(t, err)
	for i := 16384; i < 16384+200; i++ {
		body[i] ^= 0x10
	}
	require.NoError(t, os.WriteFile(path, body, 0o644))
	lost := 0
	for id, text := range c.now {
		tile, err := s.Tile("place", id, func(State) bool { return true })
		require.NoError(t, err)
		require.Equal(t, text, string(tile.Raw))
		if tile.Brotli() == nil {
			lost++
		}
	}
	require.Positive(t, lost)
	require.Less(t, lost, len(c.now))
	_, _, _, err = Inspect(folder)
	require.Error(t, err)
	require.NoError(t, os.Remove(path))
	again, err := Open(folder)
	require.NoError(t, err)
	defer again.Close()
	again.Verify("place", state(1))
	holds(t, again, map[int64]map[uint64]string{1: c.now})
	require.Equal(t, []string{"place"}, again.Loose())
}

func TestOneWritesAtATime(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	s, err := Open(folder)
	require.NoError(t, err)
	other, err := Open(folder)
	require.NoError(t, err)
	unlock, mine, err := s.Lock()
	require.NoError(t, err)
	require.True(t, mine)
	_, mine, err = other.Lock()
	require.NoError(t, err)
	require.False(t, mine)
	unlock()
	unlock, mine, err = other.Lock()
	require.NoError(t, err)
	require.True(t, mine)
	unlock()
}
